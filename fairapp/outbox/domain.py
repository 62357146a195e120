"""States of background work and when it is sent again."""

import enum
from datetime import timedelta

MOST_TRIES = 8
_FIRST_LEASE = timedelta(seconds=30)
_LONGEST_LEASE = timedelta(minutes=30)


class WorkState(enum.StrEnum):
    """State of one piece of background work."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


def lease(tries: int) -> timedelta:
    """Return how long a sent row may stay undone before it is sent again; doubles each try."""
    return min(_FIRST_LEASE * (1 << max(tries - 1, 0)), _LONGEST_LEASE)
