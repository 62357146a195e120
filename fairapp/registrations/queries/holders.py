"""Who holds a reference: the phones that prove it, whether it was sent or not."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from fairapp.events.models import Event
from fairapp.registrations.answers import said_of_itself
from fairapp.registrations.models import Registration, RegistrationDraft

_NO_PHONE = "+000000000000"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a reference. Phones are in the stored form, the one that was given first."""

    reference: str
    phones: tuple[str, ...]
    email: str | None
    locale: str
    closes_on: date | None
    titles: Mapping[str, str]

    def place_of(self, phone: str) -> int | None:
        """Return which of the phones this is; None for another. The time it takes tells nothing."""
        matches = [hmac.compare_digest(phone.encode(), known.encode()) for known in self.phones]
        return matches.index(True) if any(matches) else None


NOBODY = Holder("", (_NO_PHONE, _NO_PHONE), None, "ar", None, {})


def holder_of(session: Session, *, reference: str) -> Holder:
    """Return the holder of a stored reference, of a draft or of a registration; NOBODY without one.

    Both are always looked for, so that what exists cannot be told by the time it takes.
    """
    registration = session.scalar(
        select(Registration)
        .options(joinedload(Registration.event), joinedload(Registration.cooperative))
        .where(Registration.reference == reference)
    )
    draft = session.execute(
        select(RegistrationDraft, Event)
        .join(Event, Event.id == RegistrationDraft.event_id)
        .where(RegistrationDraft.reference == reference, RegistrationDraft.edits_id.is_(None))
    ).one_or_none()
    if registration is not None:
        phones = (registration.phone, registration.cooperative.phone)
        email = registration.email or registration.cooperative.email
        return _holder(reference, phones, email, registration.locale, registration.event)
    if draft is not None:
        said: dict[str, Any] = said_of_itself(draft[0].answers)
        return _holder(reference, (said.get("phone"), None), said.get("email"), draft[0].locale, draft[1])
    return NOBODY


def _holder(
    reference: str, phones: tuple[str | None, str | None], email: str | None, locale: str, event: Event
) -> Holder:
    return Holder(
        reference=reference,
        phones=tuple(phone or _NO_PHONE for phone in phones),
        email=email or None,
        locale=locale,
        closes_on=event.registration_closes_on,
        titles={f"title_{one}": getattr(event, f"title_{one}") for one in ("ar", "fr", "en")},
    )
