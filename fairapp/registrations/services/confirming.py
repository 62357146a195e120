"""Asking a cooperative whether what another filed for it is its own, and keeping what it says."""

from datetime import datetime

from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor
from fairapp.audit.services import record
from fairapp.events.queries import chain_of
from fairapp.messages.domain import Channel
from fairapp.messages.services import write_message
from fairapp.registrations.confirm_links import confirm_secret
from fairapp.registrations.consent import can_answer
from fairapp.registrations.errors import NothingToConfirm
from fairapp.registrations.models import Registration
from fairapp.registrations.queries.single import registration_by_id
from fairapp.registrations.services.letters import letter_context

CONFIRM = "registrations/confirm"
DISPUTED = "registrations/disputed"


def ask_to_confirm(session: Session, *, registration: Registration, now: datetime) -> None:
    """Write to the cooperative, by SMS and by mail, with a link that only it gets.

    One without phone and address confirms with the code that is printed on its receipt.
    """
    cooperative = registration.cooperative
    places = (
        (Channel.SMS, registration.phone or cooperative.phone),
        (Channel.MAIL, registration.email or cooperative.email),
    )
    for channel, recipient in places:
        if recipient:
            write_message(
                session,
                channel=channel,
                recipient=recipient,
                locale=registration.locale,
                template=CONFIRM,
                context=letter_context(registration) | {"secret": confirm_secret(registration.reference)},
                key=f"{CONFIRM}:{registration.id}:{channel.value}",
                now=now,
                subject_type="registration",
                subject_id=registration.id,
            )


def confirm_filing(
    session: Session, *, actor: Actor, registration_id: int, by: str, now: datetime
) -> Registration:
    """Keep that the cooperative calls the registration its own. Said twice, the first time counts.

    `by` is how it proved to be the cooperative: `link` or `code`.

    Raises: RegistrationNotFound, NothingToConfirm.
    """
    registration = _open(session, registration_id)
    if registration.confirmed_at is None:
        registration.confirmed_at, registration.disputed_at = now, None
        _record(session, actor, registration, "registrations.confirmed", by, now)
    return registration


def dispute_filing(
    session: Session, *, actor: Actor, registration_id: int, by: str, now: datetime
) -> Registration:
    """Keep that the cooperative does not call the registration its own, and tell the organizer.

    Raises: RegistrationNotFound, NothingToConfirm.
    """
    registration = _open(session, registration_id)
    if registration.disputed_at is None:
        registration.disputed_at, registration.confirmed_at = now, None
        _tell_organizer(session, registration, now)
        _record(session, actor, registration, "registrations.disputed", by, now)
    return registration


def _open(session: Session, registration_id: int) -> Registration:
    registration = registration_by_id(session, registration_id=registration_id, lock=True)
    if not can_answer(registration.channel, registration.state):
        raise NothingToConfirm()
    return registration


def _tell_organizer(session: Session, registration: Registration, now: datetime) -> None:
    recipient = registration.event.organizer_email
    if recipient:  # without an address the page of the registration and the overview say it
        write_message(
            session,
            channel=Channel.MAIL,
            recipient=recipient,
            locale="ar",
            template=DISPUTED,
            context=letter_context(registration),
            key=f"{DISPUTED}:{registration.id}:{now.isoformat()}",
            now=now,
            subject_type="registration",
            subject_id=registration.id,
        )


def _record(
    session: Session, actor: Actor, registration: Registration, action: str, by: str, now: datetime
) -> None:
    session.flush()
    record(
        session,
        actor=actor,
        action=action,
        subject_type="registration",
        subject_id=registration.id,
        details={"by": by},
        chain=chain_of(registration.event),
        now=now,
    )
