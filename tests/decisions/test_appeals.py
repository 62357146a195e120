"""Objections: in time, once, answered by another person, with a reason and what follows from it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.audit.domain import GUEST, Actor, Role
from fairapp.audit.models import AuditEntry
from fairapp.decisions.domain.appealing import AppealCounts
from fairapp.decisions.domain.states import AppealState
from fairapp.decisions.errors import (
    AnswerMissing,
    AppealAnswered,
    AppealTextMissing,
    AppealTooLate,
    AppealTwice,
    NothingToAppeal,
    SamePerson,
)
from fairapp.decisions.models import Appeal, DecisionLetter
from fairapp.decisions.queries.appeals import appeal_counts
from fairapp.decisions.services.appeals import file_appeal, reject_appeal, uphold_appeal, withdraw_appeal
from fairapp.foundation.errors import Refusal
from fairapp.messages.models import Message
from fairapp.registrations.domain import Decision, RegistrationState
from fairapp.registrations.errors import DecisionNotPossible, ReasonMissing
from fairapp.registrations.models import Registration
from fairapp.registrations.services.review import withdraw_registration
from tests import NOW
from tests.decisions.arrange import decided, letter
from tests.factories.accounts import make_account, make_actor
from tests.factories.registrations import make_registration

pytestmark = pytest.mark.usefixtures("app_context")

S = RegistrationState


@pytest.fixture
def decider(session: Session) -> Actor:
    return make_actor(Role.ORGANIZER, account=make_account(session, Role.ORGANIZER))


@pytest.fixture
def other(session: Session) -> Actor:
    return make_actor(Role.ORGANIZER, account=make_account(session, Role.ORGANIZER))


def _file(session: Session, registration: Registration, text: str = "We were first.", **more: Any) -> Appeal:
    values: dict[str, Any] = {
        "actor": GUEST,
        "registration_id": registration.id,
        "text": text,
        "now": NOW,
    } | more
    return file_appeal(session, **values)


def _reject(session: Session, actor: Actor, appeal: Appeal, answer: str = "The places are taken.") -> Appeal:
    return reject_appeal(
        session,
        actor=actor,
        slug=appeal.registration.event.slug,
        code=appeal.code,
        answer=answer,
        reason_code="sector_full",
        public_url="http://localhost",
        now=NOW + timedelta(days=2),
    )


def _uphold(session: Session, actor: Actor, appeal: Appeal, decision: Decision | None, **more: Any) -> Appeal:
    values: dict[str, Any] = {
        "actor": actor,
        "slug": more.get("slug") or appeal.registration.event.slug,
        "code": appeal.code,
        "answer": "The points were added up wrongly.",
        "decision": decision,
        "reason_code": None,
        "now": NOW + timedelta(days=2),
    } | more
    return uphold_appeal(session, **values)


def _notices(session: Session) -> list[str]:
    query = select(Message).where(Message.template == "decisions/notice").order_by(Message.id)
    return [message.context["state"] for message in session.scalars(query)]


def test_file_appeal_is_confirmed_and_recorded(session: Session, decider: Actor) -> None:
    registration = decided(session, actor=decider)
    appeal = _file(session, registration, "  We were first.\n")
    assert (appeal.state, appeal.text) == (AppealState.FILED, "We were first.")
    assert appeal.decided_by_id == decider.account_id
    assert _notices(session) == ["appeal_received"]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.subject_type == "appeal")).one()
    assert (entry.action, entry.details["registration"]) == ("decisions.appeal_filed", registration.id)


@pytest.mark.parametrize(
    "text, later, refusal",
    [
        ("", timedelta(), AppealTextMissing),
        ("why", timedelta(days=11), AppealTooLate),
    ],
    ids=["empty", "a day late"],
)
def test_file_appeal_refuses(session: Session, text: str, later: timedelta, refusal: type[Refusal]) -> None:
    registration = decided(session)
    with pytest.raises(refusal):
        _file(session, registration, text, now=NOW + later)
    assert session.scalars(select(Appeal)).all() == []


def test_file_appeal_on_the_last_day_is_in_time(session: Session) -> None:
    assert _file(session, decided(session), now=NOW + timedelta(days=10)).state is AppealState.FILED


def test_file_appeal_twice_is_refused(session: Session, other: Actor) -> None:
    registration = decided(session)
    appeal = _file(session, registration)
    with pytest.raises(AppealTwice):
        _file(session, registration)
    _reject(session, other, appeal)
    with pytest.raises(AppealTwice):
        _file(session, registration)


def test_file_appeal_needs_a_decision_to_object_to(session: Session) -> None:
    for registration in (make_registration(session), decided(session, Decision.ACCEPT)):
        with pytest.raises(NothingToAppeal):
            _file(session, registration)


def test_who_decided_may_not_answer(session: Session, decider: Actor) -> None:
    registration = decided(session, actor=decider)
    appeal = _file(session, registration)
    with pytest.raises(SamePerson):
        _reject(session, decider, appeal)
    with pytest.raises(SamePerson):
        _uphold(session, decider, appeal, Decision.ACCEPT)
    assert (appeal.state, appeal.answer, registration.state) == (AppealState.FILED, None, S.REFUSED)


def test_reject_appeal_writes_a_letter_and_leaves_the_decision(session: Session, other: Actor) -> None:
    registration = decided(session)
    appeal = _reject(session, other, _file(session, registration))
    assert (appeal.state, appeal.answered_by_id) == (AppealState.REJECTED, other.account_id)
    assert registration.state is S.REFUSED
    assert len(registration.history) == 2
    found = letter(session, registration)
    said = str(found.facts["words"]["en"])
    assert (found.appeal_id, found.object_until_on) == (appeal.id, None)
    assert "The places are taken." in said
    assert "Reason sector_full" in said
    assert "The decision stays as it was" in said
    assert _notices(session) == ["appeal_received", "appeal_rejected"]


def test_reject_appeal_without_a_reason_changes_nothing(session: Session, other: Actor) -> None:
    appeal = _file(session, decided(session))
    with pytest.raises(AnswerMissing):
        _reject(session, other, appeal, " ")
    assert appeal.state is AppealState.FILED
    assert len(session.scalars(select(DecisionLetter)).all()) == 1


def test_uphold_appeal_accepts_with_a_letter_that_says_so(session: Session, other: Actor) -> None:
    registration = decided(session)
    appeal = _uphold(session, other, _file(session, registration), Decision.ACCEPT)
    assert (appeal.state, registration.state) == (AppealState.UPHELD, S.ACCEPTED)
    said = str(letter(session, registration).facts["words"]["en"])
    assert "Your objection of 20 May 2027 was upheld." in said
    assert said.count("The points were added up wrongly.") == 1
    assert _notices(session) == ["appeal_received", "appeal_upheld"]


def test_uphold_appeal_to_the_waiting_list_needs_a_reason(session: Session, other: Actor) -> None:
    registration = decided(session)
    appeal = _file(session, registration)
    slug, savepoint = registration.event.slug, session.begin_nested()
    with pytest.raises(ReasonMissing):
        _uphold(session, other, appeal, Decision.WAITLIST, slug=slug)
    savepoint.rollback()
    assert appeal.state is AppealState.FILED
    _uphold(session, other, appeal, Decision.WAITLIST, reason_code="rank", slug=slug)
    assert registration.state is S.WAITLISTED


def test_uphold_appeal_to_what_it_is_already_is_not_possible(session: Session, other: Actor) -> None:
    registration = decided(session, Decision.WAITLIST)
    appeal = _file(session, registration)
    for decision in (Decision.WAITLIST, None):
        with pytest.raises(DecisionNotPossible):
            _uphold(session, other, appeal, decision)


def test_uphold_appeal_that_was_met_meanwhile(session: Session, decider: Actor, other: Actor) -> None:
    registration = decided(session, Decision.WAITLIST, actor=decider)
    appeal = _file(session, registration)
    decided(session, Decision.ACCEPT, registration=registration, actor=decider)
    _uphold(session, other, appeal, None)
    assert (appeal.state, registration.state) == (AppealState.UPHELD, S.ACCEPTED)


def test_an_appeal_is_answered_once(session: Session, other: Actor) -> None:
    appeal = _reject(session, other, _file(session, decided(session)))
    with pytest.raises(AppealAnswered):
        _uphold(session, other, appeal, Decision.ACCEPT)


def test_an_appeal_can_be_taken_back(session: Session) -> None:
    registration = decided(session)
    appeal = _file(session, registration)
    withdraw_appeal(session, actor=GUEST, registration_id=registration.id, now=NOW)
    assert appeal.state is AppealState.WITHDRAWN
    with pytest.raises(NothingToAppeal):
        withdraw_appeal(session, actor=GUEST, registration_id=registration.id, now=NOW)


def test_withdrawing_the_registration_takes_its_appeal_back(session: Session) -> None:
    registration = decided(session, Decision.WAITLIST)
    appeal = _file(session, registration)
    withdraw_registration(session, actor=GUEST, registration_id=registration.id, now=NOW)
    assert appeal.state is AppealState.WITHDRAWN


def test_appeals_are_counted(session: Session, other: Actor) -> None:
    registration = decided(session)
    assert appeal_counts(session, event_id=registration.event_id) == AppealCounts()
    _reject(session, other, _file(session, registration))
    assert appeal_counts(session, event_id=registration.event_id) == AppealCounts(
        filed=1, answered=1, upheld=0, open=0, median_days=3
    )
