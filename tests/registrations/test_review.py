"""Deciding and withdrawing: states, letters, what is asked of the features above."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.accounts.models import Invitation
from fairapp.audit.domain import GUEST, Actor, Role, ScopeKind
from fairapp.audit.models import AuditEntry
from fairapp.messages.letters import write_letter
from fairapp.messages.models import Message
from fairapp.outbox.models import OutboxRow
from fairapp.registrations.domain import Decision, RegistrationState
from fairapp.registrations.errors import (
    DecisionNotPossible,
    ReasonMissing,
    ReasonUnknown,
    RegistrationNotFound,
)
from fairapp.registrations.models import Registration
from fairapp.registrations.services.review import decide, withdraw_registration
from tests import NOW
from tests.factories.accounts import make_actor
from tests.factories.cooperatives import make_cooperative
from tests.factories.events import make_event
from tests.factories.registrations import make_accepted_registration, make_registration
from tests.registrations.mails import parts_of

pytestmark = pytest.mark.usefixtures("app_context")

ORGANIZER = make_actor(Role.ORGANIZER)
S = RegistrationState


def _decide(
    session: Session,
    registration: Registration,
    decision: Decision,
    reason: str | None = None,
    *,
    actor: Actor = ORGANIZER,
    note: str | None = None,
    seen: RegistrationState | None = None,
) -> Registration:
    return decide(
        session,
        actor=actor,
        reference=registration.reference,
        decision=decision,
        reason_code=reason,
        note=note,
        now=NOW,
        seen=seen,
    )


def _tasks(session: Session) -> list[str]:
    return sorted(
        set(session.scalars(select(OutboxRow.task))) - {"messages.send_message", "decisions.offer_place"}
    )


def _letters(session: Session) -> list[Message]:
    query = select(Message).where(Message.template == "registrations/decided")
    return list(session.scalars(query.order_by(Message.id)))


def test_decide_accept_asks_for_badges_and_invites(session: Session) -> None:
    registration = make_registration(session)
    _decide(session, registration, Decision.ACCEPT)
    assert registration.state is S.ACCEPTED
    assert [change.state for change in registration.history] == [S.RECEIVED, S.ACCEPTED]
    assert _tasks(session) == ["badges.issue_badges"]
    invitation = session.scalars(select(Invitation)).one()
    assert invitation.cooperative_id == registration.cooperative_id
    assert invitation.email == registration.cooperative.email
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "registrations.accepted")).one()
    assert entry.details == {"from": "received", "reason": None}


def test_decide_refuse_tells_the_reason_and_the_note(session: Session) -> None:
    registration = make_registration(session)
    _decide(session, registration, Decision.REFUSE, "sector_full", note="في السنة القادمة")
    letter = _letters(session)[0]
    assert letter.context["reason"]["text_ar"] == "سبب sector_full"
    assert (letter.context["state"], letter.context["note"]) == ("refused", "في السنة القادمة")
    assert _tasks(session) == []


@pytest.mark.parametrize("decision", [Decision.WAITLIST, Decision.REFUSE, Decision.REVIEW])
def test_decide_after_acceptance_takes_badges_and_stands_back(session: Session, decision: Decision) -> None:
    registration = make_accepted_registration(session)
    _decide(session, registration, decision, "rank")
    assert _tasks(session) == ["badges.withdraw_badges", "stands.release_of_registration"]


def test_decide_review_sends_nothing(session: Session) -> None:
    registration = make_registration(session)
    _decide(session, registration, Decision.REVIEW)
    assert registration.state is S.UNDER_REVIEW
    assert _letters(session) == []


@pytest.mark.parametrize(
    "reason, refusal", [(None, ReasonMissing), ("invented", ReasonUnknown)], ids=["none", "unknown"]
)
def test_decide_without_a_reason_of_the_call_changes_nothing(
    session: Session, reason: str | None, refusal: type[Exception]
) -> None:
    registration = make_registration(session)
    with pytest.raises(refusal):
        _decide(session, registration, Decision.REFUSE, reason)
    assert registration.state is S.RECEIVED
    assert _letters(session) == []


def test_decide_when_someone_was_faster_refuses(session: Session) -> None:
    registration = make_registration(session)
    _decide(session, registration, Decision.ACCEPT, seen=S.RECEIVED)
    with pytest.raises(DecisionNotPossible):
        _decide(session, registration, Decision.REFUSE, "rank", seen=S.RECEIVED)
    with pytest.raises(DecisionNotPossible):
        _decide(session, registration, Decision.ACCEPT)
    assert registration.state is S.ACCEPTED


@pytest.mark.parametrize(
    "actor",
    [
        pytest.param(make_actor(Role.ORGANIZER, ScopeKind.REGION, region_code="09"), id="elsewhere"),
        pytest.param(make_actor(Role.OFFICIAL), id="official"),
        pytest.param(GUEST, id="guest"),
    ],
)
def test_decide_outside_the_scope_finds_nothing(session: Session, actor: Actor) -> None:
    registration = make_registration(session)
    with pytest.raises(RegistrationNotFound):
        _decide(session, registration, Decision.ACCEPT, actor=actor)


def test_withdraw_registration_is_told_and_frees_the_place(session: Session) -> None:
    registration = make_accepted_registration(session)
    withdraw_registration(session, actor=GUEST, registration_id=registration.id, now=NOW)
    assert (registration.state, registration.history[-1].reason_code) == (S.WITHDRAWN, "withdrawn")
    assert _tasks(session) == ["badges.withdraw_badges", "stands.release_of_registration"]
    assert [letter.context["state"] for letter in _letters(session)] == ["withdrawn"]
    with pytest.raises(DecisionNotPossible):
        withdraw_registration(session, actor=GUEST, registration_id=registration.id, now=NOW)


def test_decide_without_any_address_sends_nothing(session: Session) -> None:
    nobody = make_cooperative(session, phone=None, email=None)
    registration = make_registration(session, cooperative=nobody)
    _decide(session, registration, Decision.ACCEPT)
    assert _letters(session) == []
    assert session.scalars(select(Invitation)).all() == []


@pytest.mark.parametrize("locale", ["ar", "fr", "en"])
@pytest.mark.parametrize(
    "decision, reason",
    [(Decision.ACCEPT, None), (Decision.ASK, "rank"), (Decision.WAITLIST, "rank"), (Decision.REFUSE, "rank")],
)
def test_letters_about_decisions_can_be_written(
    app: Flask, session: Session, locale: str, decision: Decision, reason: str | None
) -> None:
    event_title = "المعرض الجهوي الرابع لبني ملال – خنيفرة للاقتصاد الاجتماعي"
    titles: dict[str, Any] = {f"title_{language}": event_title for language in ("ar", "fr", "en")}
    event = make_event(session, organizer_phone="+212523000000", **titles)
    registration = make_registration(session, event=event, locale=locale)
    by_sms = make_registration(
        session, event=event, locale=locale, cooperative=make_cooperative(session, email=None), email=None
    )
    for one in (registration, by_sms):
        _decide(session, one, decision, reason, note="ملاحظة")
    letters = [write_letter(letter, [], app.extensions["settings"]) for letter in _letters(session)]
    parts = parts_of(letters[0].content)
    shown = f"{registration.reference[:4]}-{registration.reference[4:]}"
    assert shown in parts["text/plain"]
    assert shown in parts["text/html"]
    assert parts["subject"].endswith(event_title)
    assert "ملاحظة" in parts["text/plain"]
    assert event.title_ar in parts["text/plain"]  # both languages, or Arabic beside another
    assert f"{by_sms.reference[:4]}-{by_sms.reference[4:]}" in letters[1].content.decode()
    assert "ملاحظة" in letters[1].content.decode()
