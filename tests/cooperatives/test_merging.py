"""Two entries become one, with all that they hold, and two again exactly as they were."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from fairapp.accounts.models import RoleGrant
from fairapp.audit.domain import Role, ScopeKind
from fairapp.cooperatives.errors import (
    BothRegistered,
    CooperativeNotFound,
    MergedLater,
    MergeNotFound,
    SameEntry,
    UndoneAlready,
)
from fairapp.cooperatives.models import CatalogueProduct, Cooperative, Membership, Merge
from fairapp.cooperatives.services.merging import merge_cooperatives, say_distinct, undo_merge
from fairapp.foundation.database import Base
from fairapp.foundation.ids import new_reference
from fairapp.registrations.domain import RegistrationState
from fairapp.registrations.models import Registration
from fairapp.statistics.domain.national import nation
from fairapp.statistics.queries.national import events_in_scope
from tests import NOW
from tests.factories.accounts import make_account, make_actor
from tests.factories.cooperatives import make_cooperative
from tests.factories.events import make_event
from tests.factories.networks import make_membership, make_network, make_programme, make_support
from tests.factories.registrations import make_accepted_registration, make_registration

pytestmark = pytest.mark.usefixtures("app_context")
APART = {"audit_chains", "audit_entries", "merges"}  # what is remembered of merging
ORGANIZER = make_actor(Role.ORGANIZER)


def dump(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of all tables, but for what is remembered of merging."""
    tables: list[Table] = [table for name, table in Base.metadata.tables.items() if name not in APART]
    return {table.name: sorted(map(tuple, session.execute(select(table))), key=repr) for table in tables}


def merge(session: Session, kept: Cooperative, merged: Cooperative, **values: Any) -> Merge:
    wanted: dict[str, Any] = {
        "taken": (),
        "sectors": ("AGR-HONEY",),
        "reason": "one chair",
        "now": NOW,
    } | values
    return merge_cooperatives(
        session, actor=ORGANIZER, kept_code=kept.code, merged_code=merged.code, **wanted
    )


def full(session: Session) -> tuple[Cooperative, Cooperative]:
    """Two entries that hold something of everything, some of it twice."""
    kept = make_cooperative(session, name_ar="الأمل", phone=None, members=None)
    merged = make_cooperative(
        session,
        name_ar="تعاونية الأمل",
        name_fr="Espoir",
        members=20,
        women_members=15,
        founded_on=date(2015, 3, 1),
        ice="001561191000066",
        sectors=("AGR-FIG", "COSM"),
    )
    event, other = make_event(session), make_event(session)
    make_registration(session, event=event, cooperative=kept, state=RegistrationState.WITHDRAWN)
    make_registration(session, event=event, cooperative=merged)
    make_registration(session, event=other, cooperative=merged, state=RegistrationState.ACCEPTED)
    shared, single = make_network(session), make_network(session, body_id=merged.id)
    make_membership(session, kept, shared)
    make_membership(session, merged, shared)
    make_membership(session, merged, single)
    make_support(session, merged, make_programme(session))
    both = make_account(session, Role.COOPERATIVE, ScopeKind.COOPERATIVE, cooperative_id=kept.id)
    session.add(_grant(both.id, merged.id))
    make_account(session, Role.COOPERATIVE, ScopeKind.COOPERATIVE, cooperative_id=merged.id)
    session.add(
        CatalogueProduct(
            code=new_reference(),
            cooperative_id=merged.id,
            position=1,
            name_ar="عسل",
            name_fr="Miel",
            sector_code="AGR-HONEY",
            created_at=NOW,
        )
    )
    session.flush()
    return kept, merged


def _grant(account_id: int, cooperative_id: int) -> RoleGrant:
    return RoleGrant(
        account_id=account_id,
        role=Role.COOPERATIVE,
        scope=ScopeKind.COOPERATIVE,
        cooperative_id=cooperative_id,
        granted_at=NOW,
    )


def owners(session: Session, model: Any) -> list[int]:
    return list(session.scalars(select(model.cooperative_id).order_by(model.id)))


def test_merge_moves_what_the_other_holds_and_takes_what_was_chosen(session: Session) -> None:
    kept, merged = full(session)
    made = merge(
        session, kept, merged, taken={"name_fr", "members", "founded_on"}, sectors={"AGR-HONEY", "COSM"}
    )
    session.expire_all()
    assert merged.merged_into_id == kept.id
    assert owners(session, Registration) == [kept.id] * 3
    assert owners(session, CatalogueProduct) == [kept.id]
    # twice in one network, and one account in both: those rows stay, they would stand twice
    assert owners(session, Membership) == [kept.id, merged.id, kept.id]
    assert owners(session, RoleGrant) == [kept.id, merged.id, kept.id]
    assert (kept.name_ar, kept.name_fr, kept.members, kept.women_members) == ("الأمل", "Espoir", 20, 15)
    assert (kept.words_fr, kept.founded_on, kept.ice) == ("espoir", date(2015, 3, 1), None)
    session.refresh(kept, ["sectors"])
    assert [sector.sector_code for sector in kept.sectors] == ["AGR-HONEY", "COSM"]
    assert made.moved["rows"]["registrations"] == sorted(made.moved["rows"]["registrations"])


def test_merge_undone_leaves_all_rows_as_they_were(session: Session) -> None:
    kept, merged = full(session)
    before = dump(session)
    made = merge(
        session,
        kept,
        merged,
        taken={"name_ar", "name_fr", "members", "founded_on", "ice", "phone"},
        sectors={"COSM"},
    )
    assert dump(session) != before
    undo_merge(session, actor=ORGANIZER, code=made.code, now=NOW)
    assert dump(session) == before
    assert made.undone_at == NOW


def test_merge_when_both_are_registered_for_one_event_is_refused_and_changes_nothing(
    session: Session,
) -> None:
    event = make_event(session, title_ar="معرض خنيفرة")
    kept, merged = make_cooperative(session), make_cooperative(session)
    for cooperative in (kept, merged):
        make_registration(session, event=event, cooperative=cooperative)
    before = dump(session)
    with pytest.raises(BothRegistered) as refused:
        merge(session, kept, merged)
    assert "معرض خنيفرة" in str(refused.value)
    assert dump(session) == before


def test_merge_of_an_entry_with_itself_or_of_none_is_refused(session: Session) -> None:
    one = make_cooperative(session)
    gone = make_cooperative(session, merged_into_id=one.id)
    with pytest.raises(SameEntry):
        merge(session, one, one)
    with pytest.raises(SameEntry):
        merge(session, one, gone)
    with pytest.raises(CooperativeNotFound):
        merge_cooperatives(
            session,
            actor=ORGANIZER,
            kept_code=one.code,
            merged_code="nothing",
            taken=(),
            sectors=(),
            reason="",
            now=NOW,
        )
    with pytest.raises(SameEntry):
        say_distinct(session, actor=ORGANIZER, code=one.code, other_code=gone.code, now=NOW)


def test_undo_goes_back_from_the_last_merging_on(session: Session) -> None:
    first, second, third = (make_cooperative(session) for _ in range(3))
    before = dump(session)
    one = merge(session, second, first)
    two = merge(session, third, second)
    with pytest.raises(MergedLater):
        undo_merge(session, actor=ORGANIZER, code=one.code, now=NOW)
    undo_merge(session, actor=ORGANIZER, code=two.code, now=NOW)
    undo_merge(session, actor=ORGANIZER, code=one.code, now=NOW)
    assert dump(session) == before
    with pytest.raises(UndoneAlready):
        undo_merge(session, actor=ORGANIZER, code=one.code, now=NOW)
    with pytest.raises(MergeNotFound):
        undo_merge(session, actor=ORGANIZER, code="nothing", now=NOW)


def test_figures_count_two_entries_of_one_cooperative_once(session: Session) -> None:
    kept, merged = make_cooperative(session), make_cooperative(session)
    for cooperative in (kept, merged):
        make_accepted_registration(session, event=make_event(session), cooperative=cooperative)

    def counted() -> tuple[int, int]:
        session.expire_all()
        events = events_in_scope(session, actor=make_actor(Role.OFFICIAL), today=date(2030, 1, 1))
        found = nation(events, first_year=2000, last_year=2030)
        return found.fairs.cooperatives, found.fairs.distinct_cooperatives

    assert counted() == (2, 2)
    made = merge(session, kept, merged)
    assert counted() == (2, 1)
    undo_merge(session, actor=ORGANIZER, code=made.code, now=NOW)
    assert counted() == (2, 2)


def test_undo_keeps_what_a_person_wrote_since(session: Session) -> None:
    kept = make_cooperative(session, name_ar="ا", phone="+212600000001")
    merged = make_cooperative(session, name_ar="ب", phone="+212600000002")
    made = merge(session, kept, merged, taken={"name_ar", "phone"})
    kept.phone = "+212600000003"
    session.flush()
    undo_merge(session, actor=ORGANIZER, code=made.code, now=NOW)
    assert (kept.name_ar, kept.phone) == ("ا", "+212600000003")


def test_movers_are_offered_for_all_that_names_a_cooperative(app: Flask) -> None:
    offered = app.extensions["cooperatives.movers"]
    moved = {(mover.model.__tablename__, mover.column) for mover in offered.values()}
    named = {
        (table.name, key.parent.name)
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == "cooperatives"
    }
    own = {
        ("cooperatives", "merged_into_id"),
        ("cooperative_sectors", "cooperative_id"),  # chosen by a person
        ("merges", "kept_id"),
        ("merges", "merged_id"),
        ("distinct_cooperatives", "first_id"),
        ("distinct_cooperatives", "second_id"),
    }
    assert named - own == moved
