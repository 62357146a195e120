"""Letters to a cooperative about its registration: by mail, or by SMS when it gave no address."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fairapp.events.calendars import calendar_of
from fairapp.events.models import Event, Reason, Stop
from fairapp.messages.domain import Attachment, Channel
from fairapp.messages.services import write_message
from fairapp.registrations.models import EditRequest, Registration, StateChange

RECEIVED = "registrations/received"
DECIDED = "registrations/decided"
EDITED = "registrations/edited"
DETAILS = "registrations/details"


def tell_received(session: Session, *, registration: Registration, now: datetime) -> None:
    """Write the confirmation that a registration was received, with the event's days as calendar file."""
    language = registration.locale
    calendar = Attachment(
        filename=f"{registration.event.slug}.ics",
        media_type="text/calendar",
        content=calendar_of(registration.event, language, now),
    )
    _write(
        session,
        registration=registration,
        template=RECEIVED,
        context=letter_context(registration),
        key=f"{RECEIVED}:{registration.id}",
        now=now,
        attachments=(calendar,),
    )


def tell_decided(
    session: Session,
    *,
    registration: Registration,
    change: StateChange,
    reason: Reason | None,
    now: datetime,
) -> None:
    """Write what was decided, with the reason of the call and the organizer's note."""
    _write(
        session,
        registration=registration,
        template=DECIDED,
        context=decided_context(registration, state=change.state, reason=reason, note=change.note),
        key=f"{DECIDED}:{change.id}",
        now=now,
    )


def tell_details(session: Session, *, registration: Registration, reminder: int, now: datetime) -> None:
    """Ask an accepted registration for its details; `reminder` counts how often it was asked before."""
    due_on = registration.event.details_due_on
    _write(
        session,
        registration=registration,
        template=DETAILS,
        context=letter_context(registration)
        | {"due_on": due_on.isoformat() if due_on else None, "reminder": reminder},
        key=f"{DETAILS}:{registration.id}:{due_on}:{reminder}",
        now=now,
    )


def tell_edited(session: Session, *, registration: Registration, edit: EditRequest, now: datetime) -> None:
    """Write what became of a change that the cooperative asked for; also that it waits for an answer."""
    _write(
        session,
        registration=registration,
        template=EDITED,
        context=letter_context(registration) | {"state": edit.state.value, "note": edit.note},
        key=f"{EDITED}:{edit.id}:{edit.state.value}",
        now=now,
    )


def letter_context(registration: Registration) -> dict[str, Any]:
    """Return what letters say of a registration, as plain JSON. Days are ISO text."""
    event, cooperative = registration.event, registration.cooperative
    return {
        "reference": registration.reference,
        "slug": event.slug,
        "event": _texts(event, "title"),
        "cooperative": {"name_ar": cooperative.name_ar, "name_fr": cooperative.name_fr},
        "stops": [_stop(stop) for stop in registration.stops],
        "received_at": registration.received_at.isoformat(),
        "answer_by_on": event.answer_by_on.isoformat() if event.answer_by_on else None,
        "organizer": {
            "organizer_ar": event.organizer_ar,
            "organizer_fr": event.organizer_fr,
            "phone": event.organizer_phone,
        },
    }


def decided_context(
    registration: Registration, *, state: str, reason: Reason | None, note: str | None
) -> dict[str, Any]:
    """Return what the letter about a decision says, as plain JSON; also for its preview."""
    return letter_context(registration) | {
        "state": str(state),
        "reason": _texts(reason, "text") if reason is not None else None,
        "note": note or None,
    }


def _texts(thing: Event | Reason, field: str) -> dict[str, str]:
    return {f"{field}_{language}": getattr(thing, f"{field}_{language}") for language in ("ar", "fr", "en")}


def _stop(stop: Stop) -> dict[str, str | None]:
    return {
        "place_ar": stop.place_ar,
        "place_fr": stop.place_fr,
        "venue_ar": stop.venue_ar,
        "venue_fr": stop.venue_fr,
        "starts_on": stop.starts_on.isoformat(),
        "ends_on": stop.ends_on.isoformat(),
    }


def _write(
    session: Session,
    *,
    registration: Registration,
    template: str,
    context: dict[str, Any],
    key: str,
    now: datetime,
    attachments: Sequence[Attachment] = (),
) -> None:
    channel, recipient = address_of(registration)
    if recipient is None:
        return  # nobody to write to: the receipt and the tracking page say the same
    write_message(
        session,
        channel=channel,
        recipient=recipient,
        locale=registration.locale,
        template=template,
        context=context,
        key=key,
        now=now,
        attachments=attachments if channel is Channel.MAIL else (),
        subject_type="registration",
        subject_id=registration.id,
    )


def address_of(registration: Registration) -> tuple[Channel, str | None]:
    """Return how and where a cooperative is written to; no address: it cannot be."""
    email = registration.email or registration.cooperative.email
    if email:
        return Channel.MAIL, email
    return Channel.SMS, registration.phone or registration.cooperative.phone
