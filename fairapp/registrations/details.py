"""The second, short form: who is asked it, when it is asked again. Pure."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from fairapp.registrations.domain import Person

REMIND_DAYS_BEFORE = (7, 2)  # the due day, in this order
QUIET_AFTER_ASKING = timedelta(days=2)
MOST_WATTS = 50_000
LONGEST_APPLIANCES = 200


class Transport(enum.StrEnum):
    """How the goods come to the fair; what unloads needs room and a time."""

    CAR = "car"
    VAN = "van"
    TRUCK = "truck"
    PUBLIC = "public"
    SHARED = "shared"


@dataclass(frozen=True, slots=True)
class AnsweredDetails:
    """What the accepted say: who comes, how the goods come, what is plugged in."""

    people: tuple[Person, ...]
    transport: Transport | None
    watts: int | None
    appliances: str | None

    def as_json(self) -> dict[str, Any]:
        """Return what is kept beside the representatives, as plain JSON."""
        return {
            "transport": self.transport.value if self.transport else None,
            "watts": self.watts,
            "appliances": self.appliances,
        }


def transport_of(answers: Mapping[str, Any]) -> Transport | None:
    """Return the transport that was answered, if any."""
    known = answers.get("transport")
    return Transport(known) if known in tuple(Transport) else None


def reminders_due(due_on: date, today: date, *, asked_on: date) -> int:
    """Return how many reminders should have gone out by a day: none after it, none just after asking."""
    if today > due_on or today < asked_on + QUIET_AFTER_ASKING:
        return 0
    return sum(today >= due_on - timedelta(days=days) for days in REMIND_DAYS_BEFORE)
