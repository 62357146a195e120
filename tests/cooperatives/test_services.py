"""Entering and changing cooperatives, and finding them again."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fairapp.accounts.models import RoleGrant
from fairapp.audit.domain import GUEST, Actor, Grant, Role, ScopeKind
from fairapp.audit.models import AuditEntry
from fairapp.cooperatives.domain import CooperativeProfile
from fairapp.cooperatives.errors import CooperativeNotFound, MoreWomenThanMembers
from fairapp.cooperatives.models import Cooperative
from fairapp.cooperatives.queries import cooperative_for, same_cooperative
from fairapp.cooperatives.services import create_cooperative, entering, update_cooperative
from tests import NOW
from tests.factories.accounts import make_account, make_actor
from tests.factories.cooperatives import make_cooperative

PROFILE = CooperativeProfile(
    name_ar="تعاونية النور",
    name_fr="",
    legal_kind="cooperative",
    province_code="05.301",
    commune="أجلموس",
    sectors=("AGR-HONEY", "AGR-HONEY", "COSM"),
    phone="+212612345678",
)


def test_create_cooperative_with_one_name_shows_it_in_both_languages(session: Session) -> None:
    made = create_cooperative(session, actor=GUEST, profile=PROFILE, now=NOW)
    assert (made.name_ar, made.name_fr, len(made.code)) == ("تعاونية النور", "تعاونية النور", 8)
    assert [sector.sector_code for sector in made.sectors] == ["AGR-HONEY", "COSM"]
    actions = session.scalars(select(AuditEntry.action).where(AuditEntry.subject_type == "cooperative")).all()
    assert actions == ["cooperatives.created"]


def test_create_cooperative_by_its_account_gives_the_account_its_role(session: Session) -> None:
    first = make_cooperative(session)
    account = make_account(session, Role.COOPERATIVE, ScopeKind.COOPERATIVE, cooperative_id=first.id)
    actor = make_actor(Role.COOPERATIVE, ScopeKind.COOPERATIVE, account, cooperative_id=first.id)
    made = create_cooperative(session, actor=actor, profile=PROFILE, now=NOW)
    reach = session.scalars(
        select(RoleGrant.cooperative_id).where(RoleGrant.account_id == account.id).order_by(RoleGrant.id)
    ).all()
    assert reach == [first.id, made.id]


def test_create_cooperative_when_refused_enters_nothing(session: Session) -> None:
    contradiction = CooperativeProfile("ا", "", "cooperative", "05.301", "ب", members=1, women_members=2)
    with pytest.raises(MoreWomenThanMembers):
        create_cooperative(session, actor=GUEST, profile=contradiction, now=NOW)
    assert session.scalar(select(func.count(Cooperative.id))) == 0


def test_update_cooperative_records_which_fields_changed(session: Session) -> None:
    made = create_cooperative(session, actor=GUEST, profile=PROFILE, now=NOW)
    changed = CooperativeProfile(
        "تعاونية النور", "", "cooperative", "05.301", "مريرت", phone="+212612345678", sectors=("CRAFT",)
    )
    update_cooperative(session, actor=GUEST, cooperative=made, profile=changed, now=NOW)
    update_cooperative(session, actor=GUEST, cooperative=made, profile=changed, now=NOW)
    details = session.scalars(
        select(AuditEntry.details).where(AuditEntry.action == "cooperatives.updated")
    ).all()
    assert details == [{"fields": ["commune"], "sectors_added": ["CRAFT"]}]
    assert made.commune == "مريرت"


def test_cooperative_for_finds_within_scope(session: Session) -> None:
    own, other = make_cooperative(session), make_cooperative(session)
    member = make_actor(Role.COOPERATIVE, ScopeKind.COOPERATIVE, cooperative_id=own.id)
    assert cooperative_for(session, actor=member, code=own.code.lower()).id == own.id
    assert cooperative_for(session, actor=make_actor(Role.DESK_AGENT), code=other.code).id == other.id
    with pytest.raises(CooperativeNotFound):
        cooperative_for(session, actor=member, code=other.code)
    with pytest.raises(CooperativeNotFound):
        cooperative_for(session, actor=make_actor(Role.ORGANIZER), code="nonsense")


def test_same_cooperative_needs_name_and_phone_and_kind(session: Session) -> None:
    known = make_cooperative(session, name_ar="تعاونية الأمل", phone="+212600000001")

    def found(name: str, phone: str, kind: str = "cooperative") -> Cooperative | None:
        return same_cooperative(session, name_ar=name, name_fr="", phone=phone, legal_kind=kind)

    assert found("تعاونيه الامل", "+212600000001") is known
    assert found("تعاونية الأمل", "+212600000002") is None
    assert found("تعاونية أخرى", "+212600000001") is None
    assert found("تعاونية الأمل", "+212600000001", "association") is None


def test_scope_of_nobody_finds_nothing(session: Session) -> None:
    known = make_cooperative(session)
    stranger = Actor(kind=GUEST.kind, grants=(Grant(Role.GATE, ScopeKind.NATION),))
    with pytest.raises(CooperativeNotFound):
        cooperative_for(session, actor=stranger, code=known.code)


def test_create_cooperative_leaves_out_codes_that_are_taken(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter([make_cooperative(session).code, "22222222"])
    monkeypatch.setattr(entering, "new_reference", lambda: next(drawn))
    assert create_cooperative(session, actor=GUEST, profile=PROFILE, now=NOW).code == "22222222"
