"""What a selection goes by: criteria, quotas, places and the seed; and what is known of each registration."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fairapp.events.domain import CriterionSource, QuotaKind

EVERY_STOP = ""
ALL_SECTORS = ""


@dataclass(frozen=True, slots=True)
class CriterionRule:
    """A criterion: its weight in points, and the scale on which reviewers give theirs."""

    code: str
    weight: int
    scale: int = 5
    source: CriterionSource = CriterionSource.COMMITTEE


@dataclass(frozen=True, slots=True)
class QuotaRule:
    """A share of the places of each stop, in percent, kept at least for a group."""

    kind: QuotaKind
    least_percent: int
    target: str = ""

    @property
    def key(self) -> str:
        """The name of the quota in addresses and records: `women_led`, `province:05.301`."""
        return f"{self.kind.value}:{self.target}" if self.target else self.kind.value


@dataclass(frozen=True, slots=True)
class PlaceRule:
    """How many places there are, at a stop (empty: at each) and in a sector (empty: of any)."""

    stop: str
    sector: str
    places: int


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything a ranking depends on beside the registrations.

    `stops` are the codes of the event, in order. `waiting_percent` is the length of the waiting list
    of a category, in percent of its places.
    """

    criteria: tuple[CriterionRule, ...]
    quotas: tuple[QuotaRule, ...]
    places: tuple[PlaceRule, ...]
    stops: tuple[str, ...]
    seed: str
    waiting_percent: int = 100

    @property
    def has_committee(self) -> bool:
        """Whether any criterion is scored by people."""
        return any(rule.source is CriterionSource.COMMITTEE for rule in self.criteria)


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of a registration, by its reference; no names.

    `sectors` come in the order of its products, each followed by its main sector. `scores` are the
    points by criterion, by reviewer (a pseudonym).
    """

    reference: str
    stops: tuple[str, ...]
    sectors: tuple[str, ...] = ()
    province: str = ""
    women_led: bool = False
    youth: bool = False
    first_time: bool = False
    rural: bool = False
    complete: bool = False
    scores: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def is_led_by_youth(members: int | None, youth_members: int | None) -> bool:
    """Tell whether more than half of the members are under 35; what is not stated does not count.

    Source: calls of the human-development initiative ask for a majority of women or young people.
    """
    return bool(members) and youth_members is not None and 2 * youth_members > (members or 0)


def fact_of(entry: Entry, kind: CriterionSource | QuotaKind) -> bool:
    """Return a stated fact of a registration; committee, province and sector are no facts."""
    return {
        "women_led": entry.women_led,
        "youth": entry.youth,
        "first_time": entry.first_time,
        "rural": entry.rural,
        "complete": entry.complete,
    }[kind.value]


def belongs_to(entry: Entry, quota: QuotaRule) -> bool:
    """Tell whether a registration counts for a quota."""
    if quota.kind is QuotaKind.PROVINCE:
        return entry.province == quota.target
    if quota.kind is QuotaKind.SECTOR:
        return quota.target in entry.sectors
    return fact_of(entry, quota.kind)
