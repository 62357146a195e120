"""Writing the parts of a registration anew, after a change of it."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor
from fairapp.outbox.services import enqueue
from fairapp.registrations.domain import Decision, Filing, Person, RegistrationState, next_state
from fairapp.registrations.errors import PersonHasBadge
from fairapp.registrations.following import Changed, tell_followers
from fairapp.registrations.models import (
    Registration,
    RegistrationProduct,
    RegistrationSector,
    RegistrationStop,
    Representative,
    StateChange,
)
from fairapp.registrations.queries.drafts import asked_questions
from fairapp.registrations.services.questions import file_answers

ISSUE_BADGES = "badges.issue_badges"


def replace_parts(session: Session, *, registration: Registration, filing: Filing, now: datetime) -> None:
    """Write what a filing says over a whole registration: needs, stops, sectors, products, people, answers.

    Documents stay: they have a page of their own. Loaded parts are read again.

    Raises: PersonHasBadge.
    """
    assert filing.profile is not None
    registration.phone = filing.profile.phone
    registration.email = filing.profile.email
    registration.stand_width_cm = filing.needs.width_cm
    registration.needs_power = filing.needs.power
    registration.needs_water = filing.needs.water
    registration.needs_step_free = filing.needs.step_free
    registration.remark = filing.remark
    for table in (RegistrationStop, RegistrationSector, RegistrationProduct):
        session.execute(delete(table).where(table.registration_id == registration.id))
    codes = {code.casefold() for code in filing.stops}
    session.add_all(
        RegistrationStop(registration_id=registration.id, stop_id=stop.id)
        for stop in registration.event.stops
        if stop.code.casefold() in codes
    )
    session.add_all(
        RegistrationSector(registration_id=registration.id, sector_code=code) for code in filing.all_sectors()
    )
    session.add_all(
        RegistrationProduct(
            registration_id=registration.id, position=place, name=one.name, sector_code=one.sector_code
        )
        for place, one in enumerate(filing.products, start=1)
    )
    _replace_people(session, registration, filing.people, now)
    questions = asked_questions(session, event=registration.event)
    if questions:
        file_answers(session, registration=registration, questions=questions, answers=filing.answers, now=now)
    session.flush()
    session.refresh(registration, ["stops", "sectors", "products", "representatives"])


def look_again(session: Session, *, actor: Actor, registration: Registration, now: datetime) -> None:
    """Put a registration that was asked for something under review again."""
    if registration.state is not RegistrationState.INCOMPLETE:
        return
    before = registration.state
    registration.state = next_state(before, Decision.REVIEW)
    change = StateChange(
        registration_id=registration.id, at=now, state=registration.state, account_id=actor.account_id
    )
    registration.history.append(change)
    session.flush()
    tell_followers(session, Changed(registration, change, before, actor, now))


def _replace_people(
    session: Session, registration: Registration, people: tuple[Person, ...], now: datetime
) -> None:
    """Write people over those at their place: a badge stays with its place, a new person gets one."""
    known = list(registration.representatives)
    had_badges = any(change.state is RegistrationState.ACCEPTED for change in registration.history)
    if had_badges and len(people) < len(known):
        raise PersonHasBadge()
    for person, row in zip(people, known, strict=False):
        row.name, row.gender, row.phone = person.name, person.gender, person.phone
    for row in known[len(people) :]:
        session.delete(row)
    last = max((row.position for row in known), default=0)
    added = people[len(known) :]
    session.add_all(
        Representative(
            registration_id=registration.id,
            position=last + place,
            name=person.name,
            gender=person.gender,
            phone=person.phone,
        )
        for place, person in enumerate(added, start=1)
    )
    if added and registration.state is RegistrationState.ACCEPTED:
        key = f"{ISSUE_BADGES}:edited:{registration.id}:{last + len(added)}"
        enqueue(session, ISSUE_BADGES, payload={"registration_id": registration.id}, key=key, now=now)
