"""Filing appeals against decisions, and answering them by another person than the one who decided."""

from datetime import datetime

from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor
from fairapp.audit.services import record
from fairapp.decisions.domain.appealing import (
    APPEALABLE,
    AppealCase,
    check_answer,
    check_appeal,
    ways_to_uphold,
)
from fairapp.decisions.domain.states import AppealState
from fairapp.decisions.errors import AppealAnswered, NothingToAppeal
from fairapp.decisions.models import Appeal
from fairapp.decisions.queries import appeals, letters
from fairapp.decisions.services.letters import write_answer
from fairapp.decisions.services.telling import Notice, tell_appeal
from fairapp.events.models import Event
from fairapp.events.queries import chain_of, event_for
from fairapp.foundation.clock import local_date
from fairapp.foundation.ids import new_reference
from fairapp.registrations.domain import Decision, RegistrationState
from fairapp.registrations.errors import DecisionNotPossible
from fairapp.registrations.following import Changed
from fairapp.registrations.models import Registration
from fairapp.registrations.queries.single import registration_by_id
from fairapp.registrations.services.review import decide

ANSWER = "decisions.appeals"


def file_appeal(session: Session, *, actor: Actor, registration_id: int, text: str, now: datetime) -> Appeal:
    """File an appeal against the last decision on a registration, and confirm that it has arrived.

    The door has found the registration within what the person may see.

    Raises: RegistrationNotFound, NothingToAppeal, AppealTwice, AppealTooLate, AppealTextMissing.
    """
    registration = registration_by_id(session, registration_id=registration_id, lock=True)
    letter = appeals.appealable_letter(session, registration_id=registration.id)
    if letter is None:
        raise NothingToAppeal()
    case = AppealCase(
        state=registration.state,
        until=letter.object_until_on,
        today=local_date(now),
        filed_before=appeals.filed_against(session, state_change_id=letter.state_change_id),
    )
    check_appeal(case, text)
    appeal = Appeal(
        code=new_reference(),
        event_id=registration.event_id,
        registration_id=registration.id,
        state_change_id=letter.state_change_id,
        decided_by_id=appeals.decider_of(session, state_change_id=letter.state_change_id),
        state=AppealState.FILED,
        text=text.strip(),
        filed_at=now,
    )
    session.add(appeal)
    session.flush()
    tell_appeal(session, notice=Notice.APPEAL_RECEIVED, registration=registration, appeal=appeal, now=now)
    _record(session, actor, registration.event, appeal, now)
    return appeal


def withdraw_appeal(session: Session, *, actor: Actor, registration_id: int, now: datetime) -> Appeal:
    """Take an appeal back that waits for an answer, because the cooperative wants so.

    Raises: RegistrationNotFound, NothingToAppeal.
    """
    registration = registration_by_id(session, registration_id=registration_id, lock=True)
    appeal = appeals.open_appeal(session, registration_id=registration.id)
    if appeal is None:
        raise NothingToAppeal()
    _withdraw(session, actor, registration.event, appeal, now)
    return appeal


def reject_appeal(
    session: Session,
    *,
    actor: Actor,
    slug: str,
    code: str,
    answer: str,
    reason_code: str | None,
    public_url: str,
    now: datetime,
) -> Appeal:
    """Answer an appeal: the decision stays as it was. The reason goes out in a letter.

    Raises: EventNotFound, AppealNotFound, SamePerson, AppealAnswered, AnswerMissing.
    """
    registration, appeal = _answered(session, actor, slug, code, answer, now)
    reason = letters.reason_by_code(session, event_id=registration.event_id, code=reason_code)
    appeal.state, appeal.reason_code = AppealState.REJECTED, reason.code if reason else None
    session.flush()
    write_answer(
        session,
        actor=actor,
        registration=registration,
        appeal=appeal,
        reason=reason,
        public_url=public_url,
        now=now,
    )
    tell_appeal(session, notice=Notice.APPEAL_REJECTED, registration=registration, appeal=appeal, now=now)
    _record(session, actor, registration.event, appeal, now)
    return appeal


def uphold_appeal(
    session: Session,
    *,
    actor: Actor,
    slug: str,
    code: str,
    answer: str,
    decision: Decision | None,
    reason_code: str | None,
    now: datetime,
) -> Appeal:
    """Answer an appeal: it is right, and the new decision is taken at once.

    `decision` None: what the appeal asks for was decided meanwhile.

    Raises: EventNotFound, AppealNotFound, SamePerson, AppealAnswered, AnswerMissing,
    DecisionNotPossible, ReasonMissing, ReasonUnknown.
    """
    registration, appeal = _answered(session, actor, slug, code, answer, now)
    if decision not in (ways_to_uphold(registration.state) or (None,)):
        raise DecisionNotPossible()
    appeal.state, appeal.reason_code = AppealState.UPHELD, reason_code
    session.flush()
    tell_appeal(session, notice=Notice.APPEAL_UPHELD, registration=registration, appeal=appeal, now=now)
    if decision is not None:
        decide(
            session,
            actor=actor,
            reference=registration.reference,
            decision=decision,
            reason_code=reason_code,
            note=appeal.answer,
            now=now,
        )
    _record(session, actor, registration.event, appeal, now)
    return appeal


def follow_withdrawal(session: Session, changed: Changed) -> None:
    """Take back the appeal of a registration that is withdrawn: nobody needs an answer any more."""
    if changed.change.state is not RegistrationState.WITHDRAWN or changed.before not in APPEALABLE:
        return
    appeal = appeals.open_appeal(session, registration_id=changed.registration.id)
    if appeal is not None:
        _withdraw(session, changed.actor, changed.registration.event, appeal, changed.now)


def _answered(
    session: Session, actor: Actor, slug: str, code: str, answer: str, now: datetime
) -> tuple[Registration, Appeal]:
    """Lock event, registration and appeal, and write the answer of who may give it."""
    event = event_for(session, actor=actor, action=ANSWER, slug=slug, lock=True)
    found = appeals.appeal_for(session, event=event, code=code)
    registration = registration_by_id(session, registration_id=found.registration_id, lock=True)
    session.refresh(registration, ["state"])
    appeal = appeals.appeal_for_update(session, appeal_id=found.id)
    check_answer(appeal.state, decided_by=appeal.decided_by_id, account_id=actor.account_id, answer=answer)
    appeal.answer, appeal.answered_at, appeal.answered_by_id = answer.strip(), now, actor.account_id
    return registration, appeal


def _withdraw(session: Session, actor: Actor, event: Event, appeal: Appeal, now: datetime) -> None:
    appeal = appeals.appeal_for_update(session, appeal_id=appeal.id)
    if appeal.state is not AppealState.FILED:
        raise AppealAnswered()
    appeal.state, appeal.answered_at = AppealState.WITHDRAWN, now
    session.flush()
    _record(session, actor, event, appeal, now)


def _record(session: Session, actor: Actor, event: Event, appeal: Appeal, now: datetime) -> None:
    record(
        session,
        actor=actor,
        action=f"decisions.appeal_{appeal.state.value}",
        subject_type="appeal",
        subject_id=appeal.id,
        now=now,
        details={"registration": appeal.registration_id, "state_change": appeal.state_change_id},
        chain=chain_of(event),
    )
