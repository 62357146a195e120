"""Changing a registration after it was sent: differences, at once or with consent."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.audit.domain import GUEST, Actor, Role, ScopeKind
from fairapp.audit.models import AuditEntry
from fairapp.cooperatives.domain import CooperativeProfile
from fairapp.cooperatives.models import Cooperative
from fairapp.messages.letters import write_letter
from fairapp.messages.models import Message
from fairapp.registrations.answers import answers_of_filing, filing_of
from fairapp.registrations.differences import Difference, differences
from fairapp.registrations.domain import (
    EditState,
    FiledAnswer,
    Filing,
    FilingChannel,
    Gender,
    NamedProduct,
    Person,
    RegistrationState,
    StandNeeds,
)
from fairapp.registrations.errors import ChangeNotPossible, ChangeSettled, NothingChanged, PersonHasBadge
from fairapp.registrations.models import EditRequest, Registration, RegistrationDraft, Representative
from fairapp.registrations.services.drafts import save_answers, send_draft, start_draft
from fairapp.registrations.services.edits import begin_edit, hand_in_edit, settle_edit
from tests import NOW
from tests.databases import make_settings
from tests.factories.accounts import make_account, make_actor
from tests.factories.cooperatives import make_cooperative
from tests.factories.events import make_market
from tests.factories.registrations import make_accepted_registration, make_registration
from tests.registrations.test_answers import ANSWERS

pytestmark = pytest.mark.usefixtures("app_context")

PROFILE = CooperativeProfile(
    name_ar="النور",
    name_fr="",
    legal_kind="cooperative",
    province_code="05.301",
    commune="أجلموس",
    members=24,
    phone="+212612345678",
)
FILING = Filing(
    cooperative_code=None,
    profile=PROFILE,
    people=(Person("فاطمة", Gender.WOMAN, None),),
    sectors=("CRAFT",),
    products=(NamedProduct("زربية", "CRAFT"),),
    stops=("S1",),
    needs=StandNeeds(300, power=True),
    remark="قرب الباب",
    answers=(FiledAnswer("kilos", "25"),),
)


def test_the_same_filing_has_no_differences() -> None:
    assert differences(FILING, replace(FILING, channel=FilingChannel.DESK, locale="fr")) == ()


def test_differences_name_each_field_once_in_the_order_of_the_journey() -> None:
    after = replace(
        FILING,
        profile=replace(PROFILE, commune="مريرت", phone="+212612345679"),
        needs=StandNeeds(400, power=False),
        people=(Person("فاطمة", Gender.WOMAN, None), Person("Ahmed", None, None)),
        answers=(FiledAnswer("kilos", "30"), FiledAnswer("story", "x")),
        remark=None,
    )
    found = differences(FILING, after)
    assert [one.field for one in found] == [
        "phone",
        "commune",
        "width_cm",
        "power",
        "answer:kilos",
        "remark",
        "people",
        "answer:story",
    ]
    assert found[1] == Difference("commune", "أجلموس", "مريرت")
    assert found[5] == Difference("remark", "قرب الباب", None)


def test_answers_of_a_filing_make_the_filing_again() -> None:
    again = filing_of(answers_of_filing(FILING), channel=FILING.channel, locale=FILING.locale)
    assert differences(FILING, again) == ()


def _sent(session: Session, **event: Any) -> Registration:
    """File a registration as a guest does, whose cooperative is new."""
    made = make_market(session, **event)
    draft = start_draft(session, event=made, token="secret", answers=ANSWERS, locale="ar", now=NOW)
    return send_draft(
        session,
        actor=GUEST,
        event=made,
        draft_id=draft.id,
        channel=FilingChannel.SELF,
        locale="ar",
        now=NOW,
    )


def _begin(session: Session, registration: Registration, actor: Actor = GUEST) -> RegistrationDraft:
    return begin_edit(session, actor=actor, registration_id=registration.id, locale="ar", now=NOW)


def _change(session: Session, draft: RegistrationDraft, step: str, **fields: Any) -> None:
    answers = {**draft.answers[step], **fields}
    save_answers(session, draft_id=draft.id, step=step, answers=answers, now=NOW)


def test_a_change_before_the_closing_day_is_applied_at_once(session: Session) -> None:
    registration = _sent(session)
    draft = _begin(session, registration)
    _change(session, draft, "stand", width_cm=200, names={"CRAFT": "حنبل"}, remark="x")
    _change(session, draft, "stops", stops=["S2", "S1"])
    _change(session, draft, "place", commune="مريرت", members=30)
    _change(session, draft, "cooperative", phone="+212698765432")
    people = [{"name": "فاطمة", "gender": "woman", "phone": ""}, {"name": "Ahmed", "gender": "", "phone": ""}]
    _change(session, draft, "people", people=people)
    edit = hand_in_edit(session, actor=GUEST, draft_id=draft.id, now=NOW)
    assert edit.state is EditState.APPLIED
    assert [one["field"] for one in edit.differences] == [
        "phone",
        "commune",
        "members",
        "products",
        "stops",
        "width_cm",
        "remark",
        "people",
    ]
    session.expire_all()
    again = session.get_one(Registration, registration.id)
    session.refresh(again, ["stops", "products", "representatives", "cooperative"])
    assert (again.stand_width_cm, again.remark, again.phone) == (200, "x", "+212698765432")
    assert [stop.code for stop in again.stops] == ["S1", "S2"]
    assert [one.name for one in again.products] == ["حنبل"]
    assert [one.name for one in again.representatives] == ["فاطمة", "Ahmed"]
    assert (again.cooperative.commune, again.cooperative.members) == ("مريرت", 30)
    assert "registrations.edit_applied" in session.scalars(select(AuditEntry.action)).all()
    assert session.scalars(select(Message.template)).all().count("registrations/edited") == 1


def test_handed_in_twice_it_is_one_change(session: Session) -> None:
    draft = _begin(session, _sent(session))
    _change(session, draft, "stand", width_cm=200)
    first = hand_in_edit(session, actor=GUEST, draft_id=draft.id, now=NOW)
    assert hand_in_edit(session, actor=GUEST, draft_id=draft.id, now=NOW).id == first.id
    assert len(session.scalars(select(EditRequest.id)).all()) == 1


def test_a_change_of_nothing_is_refused(session: Session) -> None:
    draft = _begin(session, _sent(session))
    with pytest.raises(NothingChanged):
        hand_in_edit(session, actor=GUEST, draft_id=draft.id, now=NOW)


def test_begun_twice_it_is_the_same_draft(session: Session) -> None:
    registration = _sent(session)
    draft = _begin(session, registration)
    _change(session, draft, "stand", width_cm=200)
    assert _begin(session, registration).id == draft.id


def test_after_the_closing_day_the_organizer_is_asked(session: Session) -> None:
    registration = _sent(session)
    draft = _begin(session, registration)
    _change(session, draft, "stand", width_cm=200)
    registration.event.closed_at = NOW
    session.flush()
    edit = hand_in_edit(session, actor=GUEST, draft_id=draft.id, now=NOW)
    assert (edit.state, registration.stand_width_cm) == (EditState.ASKED, 400)
    organizer = make_actor(Role.ADMINISTRATOR, account=make_account(session))
    done = settle_edit(
        session,
        actor=organizer,
        reference=registration.reference,
        edit_id=edit.id,
        is_agreed=True,
        note=None,
        now=NOW + timedelta(days=1),
    )
    assert (done.state, done.settled_by_id) == (EditState.APPLIED, organizer.account_id)
    assert registration.stand_width_cm == 200
    with pytest.raises(ChangeSettled):
        settle_edit(
            session,
            actor=organizer,
            reference=registration.reference,
            edit_id=edit.id,
            is_agreed=False,
            note="x",
            now=NOW,
        )


def test_a_refused_change_changes_nothing_and_is_told(session: Session) -> None:
    registration = make_accepted_registration(session)
    draft = _begin(session, registration)
    _change(session, draft, "stand", width_cm=200)
    edit = hand_in_edit(session, actor=GUEST, draft_id=draft.id, now=NOW)
    assert edit.state is EditState.ASKED
    settle_edit(
        session,
        actor=make_actor(Role.ADMINISTRATOR, account=make_account(session)),
        reference=registration.reference,
        edit_id=edit.id,
        is_agreed=False,
        note="المخطط جاهز",
        now=NOW,
    )
    assert registration.stand_width_cm == 300
    told = session.scalars(select(Message).where(Message.template == "registrations/edited")).all()
    assert [(one.context["state"], one.context["note"]) for one in told] == [
        ("asked", None),
        ("refused", "المخطط جاهز"),
    ]


def test_a_guest_asks_for_a_change_of_a_record_that_was_there_before(session: Session) -> None:
    cooperative = make_cooperative(session, created_at=NOW - timedelta(days=400))
    registration = make_registration(session, cooperative=cooperative)
    draft = _begin(session, registration)
    _change(session, draft, "place", members=77)
    edit = hand_in_edit(session, actor=GUEST, draft_id=draft.id, now=NOW)
    assert edit.state is EditState.ASKED
    own = make_actor(
        Role.COOPERATIVE, ScopeKind.COOPERATIVE, make_account(session), cooperative_id=cooperative.id
    )
    mine = _begin(session, registration, own)
    _change(session, mine, "place", members=78)
    assert hand_in_edit(session, actor=own, draft_id=mine.id, now=NOW).state is EditState.APPLIED
    session.expire_all()
    assert session.get_one(Cooperative, cooperative.id).members == 78
    assert session.get_one(EditRequest, edit.id).state is EditState.REFUSED  # the newer took its place


@pytest.mark.parametrize("state", [RegistrationState.REFUSED, RegistrationState.WITHDRAWN])
def test_what_is_over_is_not_changed(session: Session, state: RegistrationState) -> None:
    registration = make_registration(session)
    draft = _begin(session, registration)
    _change(session, draft, "stand", width_cm=200)
    registration.state = state
    session.flush()
    with pytest.raises(ChangeNotPossible):
        hand_in_edit(session, actor=GUEST, draft_id=draft.id, now=NOW)
    with pytest.raises(ChangeNotPossible):
        _begin(session, registration)


def test_who_has_a_badge_is_replaced_but_not_left_out(session: Session) -> None:
    registration = make_accepted_registration(session, representatives=2)
    ids = [one.id for one in registration.representatives]
    draft = _begin(session, registration)
    _change(session, draft, "people", people=[{"name": "Wahid", "gender": "", "phone": ""}])
    edit = hand_in_edit(session, actor=GUEST, draft_id=draft.id, now=NOW)
    organizer = make_actor(Role.ADMINISTRATOR, account=make_account(session))
    settle: dict[str, Any] = {
        "actor": organizer,
        "reference": registration.reference,
        "is_agreed": True,
        "note": None,
    }
    with pytest.raises(PersonHasBadge), session.begin_nested():
        settle_edit(session, edit_id=edit.id, now=NOW, **settle)
    both = [{"name": name, "gender": "", "phone": ""} for name in ("Wahid", "Itnan")]
    again = _begin(session, registration)
    _change(session, again, "people", people=both)
    newer = hand_in_edit(session, actor=GUEST, draft_id=again.id, now=NOW)
    settle_edit(session, edit_id=newer.id, now=NOW, **settle)
    rows = session.scalars(select(Representative).order_by(Representative.position)).all()
    assert [(row.id, row.name) for row in rows] == list(zip(ids, ("Wahid", "Itnan"), strict=True))


def test_a_change_asked_for_is_looked_at_again(session: Session) -> None:
    registration = _sent(session)
    registration.state = RegistrationState.INCOMPLETE
    session.flush()
    draft = _begin(session, registration)
    _change(session, draft, "stand", width_cm=200)
    hand_in_edit(session, actor=GUEST, draft_id=draft.id, now=NOW)
    assert registration.state is RegistrationState.UNDER_REVIEW


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
@pytest.mark.parametrize("email", ["a@example.com", None])
def test_the_letter_about_a_change_can_be_read(
    app_context: Any, session: Session, tmp_path: Any, language: str, email: str | None
) -> None:
    cooperative = make_cooperative(session, email=email)
    registration = make_accepted_registration(session, cooperative=cooperative, locale=language)
    draft = _begin(session, registration)
    _change(session, draft, "stand", width_cm=200)
    hand_in_edit(session, actor=GUEST, draft_id=draft.id, now=NOW)
    message = session.scalars(select(Message).where(Message.template == "registrations/edited")).one()
    letter = write_letter(message, (), make_settings(tmp_path, "sqlite://"))
    assert registration.reference[:4].encode() in letter.content
