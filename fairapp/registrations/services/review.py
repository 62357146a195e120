"""Deciding on a registration, and withdrawing it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from fairapp.accounts.services.invitations import invite_cooperative
from fairapp.audit.domain import SYSTEM, Actor
from fairapp.audit.services import record
from fairapp.events.models import Event, Reason
from fairapp.events.queries import reasons_of
from fairapp.foundation.errors import Refusal
from fairapp.outbox.services import enqueue
from fairapp.registrations.domain import (
    WITHDRAWN_REASON,
    Decision,
    RegistrationState,
    check_reason,
    is_told,
    next_state,
)
from fairapp.registrations.errors import DecidedMeanwhile, DecisionNotPossible, RegistrationNotFound
from fairapp.registrations.following import Changed, tell_followers
from fairapp.registrations.models import Registration, StateChange
from fairapp.registrations.queries.many import registrations_for_update
from fairapp.registrations.queries.single import registration_by_id, registration_for, writer_names
from fairapp.registrations.services.letters import address_of, tell_decided

ISSUE_BADGES = "badges.issue_badges"
WITHDRAW_BADGES = "badges.withdraw_badges"
RELEASE_STANDS = "stands.release_of_registration"


@dataclass(frozen=True, slots=True)
class Choice:
    """What is decided on one registration of many; `seen` is the state that the person saw."""

    reference: str
    decision: Decision
    reason_code: str | None = None
    note: str | None = None
    seen: RegistrationState | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a choice: the change and whether it was told, or the refusal.

    Of a registration that somebody else decided, `change` is that person's. A registration that is
    not within reach is None.
    """

    choice: Choice
    registration: Registration | None
    change: StateChange | None
    is_told: bool = False
    refusal: Refusal | None = None


def decide_many(
    session: Session, *, actor: Actor, event: Event, choices: Sequence[Choice], now: datetime
) -> list[Outcome]:
    """Decide on many registrations of an event; those that cannot be are left out, and say why.

    A registration is decided and its cooperative told in the same transaction. Locks them in one
    order, so hand in some dozens at a time. Outcomes are in the order of the choices.
    """
    found = registrations_for_update(
        session,
        actor=actor,
        event_id=event.id,
        references=[choice.reference for choice in choices],
        action="registrations.decide",
    )
    reasons = {reason.code: reason for reason in reasons_of(session, event=event)}
    return [_settle(session, actor, found.get(choice.reference), choice, reasons, now) for choice in choices]


def _settle(
    session: Session,
    actor: Actor,
    registration: Registration | None,
    choice: Choice,
    reasons: dict[str, Reason],
    now: datetime,
) -> Outcome:
    if registration is None:
        return Outcome(choice, None, None, refusal=RegistrationNotFound())
    before = registration.state
    try:
        _check(session, registration, choice, reasons)
    except Refusal as refusal:
        last = registration.history[-1] if isinstance(refusal, DecidedMeanwhile) else None
        return Outcome(choice, registration, last, refusal=refusal)
    reason = reasons[choice.reason_code] if choice.reason_code is not None else None
    _change(session, actor, registration, choice.decision, reason, choice.note, now)
    told = is_told(before, choice.decision) and address_of(registration)[1] is not None
    return Outcome(choice, registration, registration.history[-1], is_told=told)


def _check(session: Session, registration: Registration, choice: Choice, reasons: dict[str, Reason]) -> None:
    if choice.seen is not None and registration.state is not choice.seen:
        raise _meanwhile(session, registration)
    next_state(registration.state, choice.decision)
    check_reason(choice.decision, choice.reason_code, reasons)


def _meanwhile(session: Session, registration: Registration) -> DecisionNotPossible:
    """Return the refusal that names who decided, what and when; the cooperative where nobody else did."""
    last = registration.history[-1] if registration.history else None
    if last is None:
        return DecisionNotPossible()
    ids = [last.account_id] if last.account_id is not None else []
    who = writer_names(session, account_ids=ids).get(ids[0]) if ids else None
    return DecidedMeanwhile(
        who=who or registration.cooperative.name_fr or registration.cooperative.name_ar,
        state=last.state.value,
        at=last.at,
    )


def decide(
    session: Session,
    *,
    actor: Actor,
    reference: str,
    decision: Decision,
    reason_code: str | None,
    note: str | None,
    now: datetime,
    seen: RegistrationState | None = None,
) -> Registration:
    """Decide on a registration, tell the cooperative, and ask for what follows.

    `seen` is the state that the person saw when deciding; another one by now is refused, so that
    of two people one decides and the other is told by whom and what.

    Raises: RegistrationNotFound, DecidedMeanwhile, DecisionNotPossible, ReasonMissing, ReasonUnknown.
    """
    registration = registration_for(
        session, actor=actor, reference=reference, action="registrations.decide", lock=True
    )
    reasons = {reason.code: reason for reason in reasons_of(session, event=registration.event)}
    _check(session, registration, Choice(reference, decision, reason_code, note, seen), reasons)
    reason = reasons[reason_code] if reason_code is not None else None
    return _change(session, actor, registration, decision, reason, note, now)


def withdraw_registration(
    session: Session, *, actor: Actor, registration_id: int, now: datetime, note: str | None = None
) -> Registration:
    """Withdraw a registration because the cooperative wants so; the place goes to another.

    The door has found the registration within what the person may see: by its account, or by
    reference and phone.

    Raises: RegistrationNotFound, DecisionNotPossible.
    """
    registration = registration_by_id(session, registration_id=registration_id, lock=True)
    next_state(registration.state, Decision.WITHDRAW)
    reasons = {reason.code: reason for reason in reasons_of(session, event=registration.event)}
    reason = reasons.get(WITHDRAWN_REASON)
    return _change(session, actor, registration, Decision.WITHDRAW, reason, note, now)


def accept_offered(
    session: Session, *, registration_id: int, note: str | None, now: datetime
) -> Registration:
    """Accept a waiting registration that took the place offered to it; by the list, not by a person.

    Raises: RegistrationNotFound, DecisionNotPossible.
    """
    registration = registration_by_id(session, registration_id=registration_id, lock=True)
    if registration.state is not RegistrationState.WAITLISTED:
        raise DecisionNotPossible()
    return _change(session, SYSTEM, registration, Decision.ACCEPT, None, note, now)


def _change(
    session: Session,
    actor: Actor,
    registration: Registration,
    decision: Decision,
    reason: Reason | None,
    note: str | None,
    now: datetime,
) -> Registration:
    before, after = registration.state, next_state(registration.state, decision)
    change = StateChange(
        registration_id=registration.id,
        at=now,
        state=after,
        reason_code=reason.code if reason else None,
        note=note or None,
        account_id=actor.account_id,
    )
    registration.history.append(change)
    registration.state = after
    registration.changed_at = now
    session.flush()
    if is_told(before, decision):
        tell_decided(session, registration=registration, change=change, reason=reason, now=now)
    _ask_for_consequences(session, actor, registration, change, before, now)
    tell_followers(session, Changed(registration, change, before, actor, now))
    record(
        session,
        actor=actor,
        action=f"registrations.{after.value}",
        subject_type="registration",
        subject_id=registration.id,
        now=now,
        details={"from": before.value, "reason": change.reason_code},
        chain=f"event:{registration.event.slug}",
    )
    return registration


def _ask_for_consequences(
    session: Session,
    actor: Actor,
    registration: Registration,
    change: StateChange,
    before: RegistrationState,
    now: datetime,
) -> None:
    payload = {"registration_id": registration.id}
    if change.state is RegistrationState.ACCEPTED:
        # Badges come once a stand is held as well; whichever of the two is later asks for them.
        enqueue(session, ISSUE_BADGES, payload=payload, key=f"{ISSUE_BADGES}:accepted:{change.id}", now=now)
        _invite(session, actor, registration, now)
    elif before is RegistrationState.ACCEPTED:
        enqueue(session, WITHDRAW_BADGES, payload=payload, key=f"{WITHDRAW_BADGES}:{change.id}", now=now)
        enqueue(session, RELEASE_STANDS, payload=payload, key=f"{RELEASE_STANDS}:{change.id}", now=now)


def _invite(session: Session, actor: Actor, registration: Registration, now: datetime) -> None:
    cooperative = registration.cooperative
    # Only to the directory's own address: who filed without an account is not proven to be it.
    if cooperative.email or cooperative.phone:
        invite_cooperative(
            session,
            actor=actor,
            cooperative_id=cooperative.id,
            email=cooperative.email,
            phone=cooperative.phone,
            locale=registration.locale,
            now=now,
        )
