"""Figures of an event: coverage, shares with their base, and who held a stand on which day.

No amount stands without its coverage, no share without its base, and what nobody measured is
None, never zero. Amounts are centimes.
"""

import enum
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from fairapp.events.domain import StopDates, begun_days, days_of

GOOD_FROM = 75  # percent of expected stand-days that were reported
PARTIAL_FROM = 50
_THREE_PLACES = Decimal("0.001")


class CoverageLevel(enum.StrEnum):
    """How far a total may be trusted; NONE when nothing was to be expected."""

    GOOD = "good"
    PARTIAL = "partial"
    INSUFFICIENT = "insufficient"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many stand-days were to report, did, and said that they took nothing."""

    expected: int = 0
    reported: int = 0
    zero_reports: int = 0

    def __add__(self, other: "Coverage") -> "Coverage":
        return Coverage(
            self.expected + other.expected,
            self.reported + other.reported,
            self.zero_reports + other.zero_reports,
        )

    @property
    def rate(self) -> Decimal | None:
        """Reported of expected, three places; None when nothing was to be expected."""
        return share_of(self.reported, self.expected)

    @property
    def percent(self) -> int | None:
        """Whole percent, rounded down, so that an incomplete total never reads as complete."""
        return 100 * self.reported // self.expected if self.expected else None

    @property
    def level(self) -> CoverageLevel:
        """Level by the percent that is shown: good from 75, partial from 50."""
        if self.percent is None:
            return CoverageLevel.NONE
        if self.percent >= GOOD_FROM:
            return CoverageLevel.GOOD
        return CoverageLevel.PARTIAL if self.percent >= PARTIAL_FROM else CoverageLevel.INSUFFICIENT


@dataclass(frozen=True, slots=True)
class Share:
    """A part of those who stated it, with the number who did not."""

    part: int = 0
    base: int = 0
    not_stated: int = 0

    def __add__(self, other: "Share") -> "Share":
        return Share(self.part + other.part, self.base + other.base, self.not_stated + other.not_stated)

    @property
    def total(self) -> int:
        """Everybody, those included who did not state it."""
        return self.base + self.not_stated

    @property
    def rate(self) -> Decimal | None:
        """The share on its base, three places; None without a base."""
        return share_of(self.part, self.base)


def share_of(part: int, base: int) -> Decimal | None:
    """Return part of base with three places, None for an empty base."""
    return (Decimal(part) / Decimal(base)).quantize(_THREE_PLACES) if base else None


@dataclass(frozen=True, slots=True)
class Holding:
    """A cooperative at a stand. `from_on` and `to_on` are None while it holds the stand."""

    stand_id: int
    stop_id: int
    stand_code: str
    cooperative_id: int
    women_led: bool | None
    from_on: date | None = None
    to_on: date | None = None

    @property
    def is_live(self) -> bool:
        """Whether the cooperative holds the stand now."""
        return self.to_on is None

    def covers(self, day: date) -> bool:
        """Tell whether a released holding reached a day, the day of its release included."""
        return self.from_on is not None and self.to_on is not None and self.from_on <= day <= self.to_on


def expected_days(holdings: Collection[Holding], stop: StopDates, today: date) -> set[date]:
    """Return the days on which one stand was to report.

    Every begun day of its stop while somebody holds it; of a stand that was given back, the
    days from its allocation to its release.
    """
    count = begun_days(stop, today)
    begun = list(days_of(stop))[:count]
    if any(holding.is_live for holding in holdings):
        return set(begun)
    return {day for day in begun if any(holding.covers(day) for holding in holdings)}


def holders_on(holdings: Collection[Holding], day: date) -> list[Holding]:
    """Return who held one stand on a day; several when it is shared.

    The day of a release belongs to the next holder, if there is one.
    """
    before = [held for held in holdings if held.covers(day) and held.to_on != day]
    if before:
        return before
    live = [held for held in holdings if held.is_live]
    return live or [held for held in holdings if held.covers(day)]


def changed_hands(holdings: Collection[Holding], stop: StopDates) -> bool:
    """Tell whether a stand was released on or after the first day of its stop."""
    return any(held.to_on is not None and held.to_on >= stop.starts_on for held in holdings)


def led_by_women(holders: Iterable[Holding]) -> bool | None:
    """Tell whether a stand-day is women-led; None where a holder did not state it or they differ."""
    stated = {holder.women_led for holder in holders}
    return stated.pop() if len(stated) == 1 else None


@dataclass(frozen=True, slots=True)
class WomenLed:
    """Turnover of women-led cooperatives, of all that stated it, and of the others."""

    turnover_minor: int = 0
    base_minor: int = 0
    not_stated_minor: int = 0

    @property
    def share(self) -> Decimal | None:
        """Share in the turnover of those who stated it."""
        return share_of(self.turnover_minor, self.base_minor) if self.base_minor > 0 else None

    def with_amount(self, amount_minor: int, *, women_led: bool | None) -> "WomenLed":
        """Return this with the turnover of one more stand-day."""
        if women_led is None:
            return WomenLed(self.turnover_minor, self.base_minor, self.not_stated_minor + amount_minor)
        of_women = amount_minor if women_led else 0
        return WomenLed(self.turnover_minor + of_women, self.base_minor + amount_minor, self.not_stated_minor)


@dataclass(frozen=True, slots=True)
class Counts:
    """The four counts of an event, of distinct cooperatives. `present` is None without any scan."""

    registered: int
    accepted: int
    present: int | None
    reported: int


@dataclass(frozen=True, slots=True)
class Figure:
    """Turnover of a part of an event, with its coverage. `turnover_minor` is None when not measured."""

    key: str
    turnover_minor: int | None
    sales: int
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class SectorFigure:
    """Turnover in one sector; the sector is empty where entries name none."""

    sector: str
    turnover_minor: int
    sales: int


@dataclass(frozen=True, slots=True)
class EventTurnover:
    """Everything that is said of an event's turnover. Keys: stop codes, ISO days."""

    event: str
    turnover_minor: int | None
    sales: int
    coverage: Coverage
    counts: Counts
    by_stop: tuple[Figure, ...]
    by_day: tuple[Figure, ...]
    by_sector: tuple[SectorFigure, ...]
    women_led: WomenLed
    exhibitors: Share
    currency: str = "MAD"


def is_measured(*, has_entries: bool, stops: Collection[StopDates], today: date) -> bool:
    """Tell whether an event's turnover is known at all.

    An event that is over, and of which neither a sale nor a day report ever arrived, was not
    measured: its turnover is absent, not zero. Before and while it runs the turnover is what
    has arrived so far, with its coverage beside it. Source: contracts 4, demonstration.
    """
    over = all(today > stop.ends_on for stop in stops if not stop.cancelled)
    return has_entries or not over
