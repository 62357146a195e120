"""States of what follows a decision."""

import enum


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
