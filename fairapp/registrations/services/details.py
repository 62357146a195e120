"""Asking the accepted for what only they are asked, reminding them, and keeping what they answer."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from fairapp.audit.domain import SYSTEM, Actor
from fairapp.audit.services import record
from fairapp.events.queries import chain_of
from fairapp.files.domain import PreparedFile
from fairapp.files.services import keep_file
from fairapp.foundation.clock import local_date
from fairapp.outbox.services import enqueue
from fairapp.registrations.details import AnsweredDetails, reminders_due
from fairapp.registrations.domain import FiledAnswer, Person, RegistrationState
from fairapp.registrations.errors import DetailsNotAsked, PersonHasBadge
from fairapp.registrations.following import Changed
from fairapp.registrations.models import Details, Registration, Representative
from fairapp.registrations.placement import placement_of
from fairapp.registrations.queries.details import (
    details_of,
    details_questions,
    registrations_to_ask,
    registrations_to_remind,
)
from fairapp.registrations.queries.documents import owner_of
from fairapp.registrations.queries.single import registration_by_id
from fairapp.registrations.services.letters import tell_details
from fairapp.registrations.services.questions import file_answers

ASK_DETAILS = "registrations.ask_details"
REMIND_DETAILS = "registrations.remind_details"
ISSUE_BADGES = "badges.issue_badges"
REPLACE_BADGES = "badges.replace_badges"


def ask_when_accepted(session: Session, changed: Changed) -> None:
    """Ask at the acceptance, where the call has a due day that is still to come."""
    due_on = changed.registration.event.details_due_on
    if changed.change.state is not RegistrationState.ACCEPTED or due_on is None:
        return
    if due_on >= local_date(changed.now):
        _ask(session, changed.registration, changed.now)


def ask_for_work(session: Session, *, now: datetime) -> int:
    """Ask for one message for each accepted registration that is to be asked or reminded; return how many."""
    today = local_date(now)
    to_ask = registrations_to_ask(session, today=today)
    for registration_id in to_ask:
        enqueue(
            session,
            ASK_DETAILS,
            payload={"registration_id": registration_id},
            key=f"{ASK_DETAILS}:{registration_id}",
            now=now,
        )
    asked = 0
    for details, due_on in registrations_to_remind(session, today=today):
        number = reminders_due(due_on, today, asked_on=local_date(details.asked_at))
        if number > details.reminders:
            asked += 1
            enqueue(
                session,
                REMIND_DETAILS,
                payload={"registration_id": details.registration_id, "number": number},
                key=f"{REMIND_DETAILS}:{details.registration_id}:{due_on.isoformat()}:{number}",
                now=now,
            )
    return len(to_ask) + asked


def ask_details(session: Session, *, registration_id: int, now: datetime) -> Details | None:
    """Ask an accepted registration, once; None where it is not accepted any more.

    Raises: RegistrationNotFound.
    """
    registration = registration_by_id(session, registration_id=registration_id, lock=True)
    if registration.state is not RegistrationState.ACCEPTED:
        return None
    return _ask(session, registration, now)


def remind_details(session: Session, *, registration_id: int, number: int, now: datetime) -> bool:
    """Remind who has not answered; the same reminder never goes out twice. Tells whether it went out.

    Raises: RegistrationNotFound.
    """
    registration = registration_by_id(session, registration_id=registration_id, lock=True)
    details = details_of(session, registration_id=registration_id, lock=True)
    if registration.state is not RegistrationState.ACCEPTED or details is None:
        return False
    if details.answered_at is not None or details.reminders >= number:
        return False
    details.reminders, details.reminded_at = number, now
    tell_details(session, registration=registration, reminder=number, now=now)
    return True


def save_details(
    session: Session,
    *,
    actor: Actor,
    registration_id: int,
    answered: AnsweredDetails,
    answers: Sequence[FiledAnswer],
    received: Mapping[str, PreparedFile],
    now: datetime,
) -> Details:
    """Keep what an accepted registration answers; it may answer anew. Changed names get new badges.

    The door has found the registration within what the person may see. `received` are files that
    came with it, by the code of their question.

    Raises: DetailsNotAsked, PersonHasBadge, TooManyFiles, NoRoomLeft.
    """
    registration = registration_by_id(session, registration_id=registration_id, lock=True)
    details = details_of(session, registration_id=registration_id, lock=True)
    if registration.state is not RegistrationState.ACCEPTED or details is None:
        raise DetailsNotAsked()
    renamed, added = _change_people(session, registration, answered.people)
    owner = owner_of(registration.reference)
    with_files = [one for one in answers if one.code not in received]
    for code, prepared in received.items():
        file = keep_file(session, prepared=prepared, owner=owner, now=now)
        with_files.append(FiledAnswer(code, file.name, file.token))
    questions = details_questions(session, event_id=registration.event_id)
    file_answers(session, registration=registration, questions=questions, answers=with_files, now=now)
    details.answers = answered.as_json()
    details.answered_at = now
    registration.changed_at = now
    session.flush()
    _ask_for_badges(session, registration, renamed, added, now)
    record(
        session,
        actor=actor,
        action="registrations.details_answered",
        subject_type="registration",
        subject_id=registration.id,
        now=now,
        details={"renamed": len(renamed), "added": added},
        chain=chain_of(registration.event),
    )
    return details


def _ask(session: Session, registration: Registration, now: datetime) -> Details:
    known = details_of(session, registration_id=registration.id)
    if known is not None:
        return known
    details = Details(registration_id=registration.id, answers={}, asked_at=now)
    session.add(details)
    session.flush()
    tell_details(session, registration=registration, reminder=0, now=now)
    record(
        session,
        actor=SYSTEM,
        action="registrations.details_asked",
        subject_type="registration",
        subject_id=registration.id,
        now=now,
        chain=chain_of(registration.event),
    )
    return details


def _change_people(
    session: Session, registration: Registration, people: Sequence[Person]
) -> tuple[list[int], int]:
    """Put the named people in the places of the representatives; return who changed, and how many are new."""
    before = list(registration.representatives)
    if len(people) < len(before):
        if placement_of(session, registration.id).badges:
            raise PersonHasBadge()
        for left in before[len(people) :]:
            registration.representatives.remove(left)
            session.delete(left)
    renamed = []
    for representative, person in zip(before, people, strict=False):
        if representative.name != person.name:
            renamed.append(representative.id)
        representative.name, representative.gender = person.name, person.gender
        representative.phone = person.phone
    first_free = max((one.position for one in before), default=0) + 1
    added = people[len(before) :]
    for position, person in enumerate(added, start=first_free):
        registration.representatives.append(
            Representative(position=position, name=person.name, gender=person.gender, phone=person.phone)
        )
    session.flush()
    return renamed, len(added)


def _ask_for_badges(
    session: Session, registration: Registration, renamed: Sequence[int], added: int, now: datetime
) -> None:
    moment = now.isoformat()
    if renamed:
        enqueue(
            session,
            REPLACE_BADGES,
            payload={"registration_id": registration.id, "representative_ids": list(renamed)},
            key=f"{REPLACE_BADGES}:{registration.id}:{moment}",
            now=now,
        )
    elif added:
        enqueue(
            session,
            ISSUE_BADGES,
            payload={"registration_id": registration.id},
            key=f"{ISSUE_BADGES}:{registration.id}:details:{moment}",
            now=now,
        )
