"""How a cooperative agreed that another files for it, and whether it may still say yes or no. Pure."""

import enum

from fairapp.registrations.domain import FilingChannel, RegistrationState


class Consent(enum.StrEnum):
    """How a cooperative agreed when another filed for it (law 09-08: consent can be shown)."""

    IN_PERSON = "in_person"
    BY_PHONE = "by_phone"
    ON_PAPER = "on_paper"


def channel_by(consent: Consent) -> FilingChannel:
    """Return the channel of a registration that another typed in."""
    return FilingChannel.PAPER if consent is Consent.ON_PAPER else FilingChannel.DESK


class Ownership(enum.StrEnum):
    """What a cooperative said of a registration that another filed for it."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"


def can_answer(channel: FilingChannel, state: RegistrationState) -> bool:
    """Tell whether the cooperative is asked if a registration is its own: filed by another, still alive."""
    return channel is not FilingChannel.SELF and state is not RegistrationState.WITHDRAWN
