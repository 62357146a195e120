"""Deciding on a registration, and withdrawing it."""

from datetime import datetime

from sqlalchemy.orm import Session

from fairapp.accounts.services.invitations import invite_cooperative
from fairapp.audit.domain import Actor
from fairapp.audit.services import record
from fairapp.events.models import Reason
from fairapp.events.queries import reasons_of
from fairapp.outbox.services import enqueue
from fairapp.registrations.domain import (
    TOLD,
    WITHDRAWN_REASON,
    Decision,
    RegistrationState,
    check_reason,
    next_state,
)
from fairapp.registrations.errors import DecisionNotPossible
from fairapp.registrations.following import Changed, tell_followers
from fairapp.registrations.models import Registration, StateChange
from fairapp.registrations.queries.single import registration_by_id, registration_for
from fairapp.registrations.services.letters import tell_decided

ISSUE_BADGES = "badges.issue_badges"
WITHDRAW_BADGES = "badges.withdraw_badges"
RELEASE_STANDS = "stands.release_of_registration"


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
    of two people one decides and the other is told.

    Raises: RegistrationNotFound, DecisionNotPossible, ReasonMissing, ReasonUnknown.
    """
    registration = registration_for(
        session, actor=actor, reference=reference, action="registrations.decide", lock=True
    )
    if seen is not None and registration.state is not seen:
        raise DecisionNotPossible()
    reasons = {reason.code: reason for reason in reasons_of(session, event=registration.event)}
    next_state(registration.state, decision)
    check_reason(decision, reason_code, reasons)
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
    if decision in TOLD:
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
