"""States of what follows a decision."""

import enum
from collections.abc import Sequence

from fairapp.registrations.domain import RegistrationState

_SETTLED = (
    RegistrationState.ACCEPTED,
    RegistrationState.WAITLISTED,
    RegistrationState.REFUSED,
    RegistrationState.WITHDRAWN,
)


class OfferState(enum.StrEnum):
    """State of a place offered to the next of the waiting list."""

    OPEN = "open"
    TAKEN = "taken"
    DECLINED = "declined"
    EXPIRED = "expired"
    STOPPED = "stopped"


class AppealState(enum.StrEnum):
    """State of an appeal."""

    FILED = "filed"
    UPHELD = "upheld"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


def held_place(states: Sequence[RegistrationState]) -> bool:
    """Tell whether a registration holds a place after these states: its last decision is acceptance.

    While it is looked at again it keeps the place.
    """
    settled = [state for state in states if state in _SETTLED]
    return bool(settled) and settled[-1] is RegistrationState.ACCEPTED
