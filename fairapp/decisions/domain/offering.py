"""To whom a freed place is offered, and until when it may be answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from fairapp.foundation.clock import from_local, to_local
from fairapp.selection.domain.quotas import asked_places
from fairapp.selection.domain.ranking import group_of, places_at
from fairapp.selection.domain.rules import Entry, QuotaRule, Rules, belongs_to

MOST_PLACES = 50  # offered by hand at once
_MORNING, _EVENING, _AWAKE = time(8), time(20), time(10)


class Passed(StrEnum):
    """Why somebody ahead on the waiting list was passed over."""

    HAS_OFFER = "has_offer"
    SKIPPED = "skipped"
    DECLINED = "declined"
    EXPIRED = "expired"
    STOPPED = "stopped"
    LEFT_IT = "left_it"
    OTHER_STOP = "other_stop"
    STOP_FULL = "stop_full"
    SECTOR_FULL = "sector_full"
    QUOTA = "quota"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A registration on the waiting list. `rank`: overall, in the run that decided; None: not in it.

    `barred` says why the list passes it over whatever the place is.
    """

    entry: Entry
    rank: int | None
    received_at: datetime
    barred: Passed | None = None


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A registration ahead of the chosen one, and why the place is not for it. `quota`: its key."""

    reference: str
    why: Passed
    quota: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """To whom the place goes, its position on the list from 1, and who was passed over, in order."""

    reference: str | None
    position: int
    passed: tuple[PassedOver, ...]


def in_order(waiting: Sequence[Waiting]) -> list[Waiting]:
    """Return the waiting list: by rank in the run that decided, then by the day of receipt.

    Who is in no run comes after those who are.
    """
    return sorted(
        waiting, key=lambda one: (one.rank is None, one.rank or 0, one.received_at, one.entry.reference)
    )


def next_to_offer(
    stops: Sequence[str],
    waiting: Sequence[Waiting],
    *,
    holding: Sequence[Entry],
    rules: Rules,
) -> Choice:
    """Choose who is offered a place that became free at some stops, and say why.

    `rules` are the places and quotas of the call as they are now, `holding` those who have a place
    or an open offer. It goes to the first on the list whose stops are among those of the place, and
    for whose stops and sector the call still has room. Where a quota of a stop is not met by those
    who hold places, it goes to the first of that group, as long as one of them waits; otherwise to
    the first of all, so that no place stays empty.

    Source: the places, quotas and ranking published in the call.
    """
    ordered = in_order(waiting)
    reasons = {one.entry.reference: _hindrance(one, stops, holding, rules) for one in ordered}
    fitting = [one for one in ordered if reasons[one.entry.reference] is None]
    owed = _owed(stops, holding, rules)
    members = [one for one in fitting if any(belongs_to(one.entry, quota) for quota in owed)]
    chosen = next(iter(members or fitting), None)
    passed: list[PassedOver] = []
    for position, one in enumerate(ordered, start=1):
        if one is chosen:
            return Choice(one.entry.reference, position, tuple(passed))
        why = reasons[one.entry.reference]
        passed.append(PassedOver(one.entry.reference, why or Passed.QUOTA, None if why else owed[0].key))
    return Choice(None, 0, tuple(passed))


def check_fits(entry: Entry, stops: Sequence[str]) -> bool:
    """Tell whether all the stops that a registration asks for are among those of a place."""
    return bool(entry.stops) and set(entry.stops) <= set(stops)


def deadline_of(now: datetime, *, hours: int) -> datetime:
    """Return until when an offer may be answered.

    A deadline between eight in the evening and eight in the morning is put off to ten in the
    morning: nobody loses a place while asleep.
    """
    due = to_local(now + timedelta(hours=hours))
    if due.time() >= _EVENING:
        return from_local(due.date() + timedelta(days=1), _AWAKE)
    if due.time() < _MORNING:
        return from_local(due.date(), _AWAKE)
    return now + timedelta(hours=hours)


def _hindrance(one: Waiting, stops: Sequence[str], holding: Sequence[Entry], rules: Rules) -> Passed | None:
    if one.barred is not None:
        return one.barred
    if not check_fits(one.entry, stops):
        return Passed.OTHER_STOP
    for stop in one.entry.stops:
        places = places_at(rules, stop)
        if places is None:
            continue
        there = [entry for entry in holding if stop in entry.stops]
        if len(there) >= sum(places.values()):
            return Passed.STOP_FULL
        group = group_of(one.entry, places)
        if sum(group_of(entry, places) == group for entry in there) >= places[group]:
            return Passed.SECTOR_FULL
    return None


def _owed(stops: Sequence[str], holding: Sequence[Entry], rules: Rules) -> list[QuotaRule]:
    """Return the quotas that those who hold places do not meet at one of the stops.

    Where the call says no number of places, those that are held and the free one are taken for it.
    """
    owed = []
    for quota in rules.quotas:
        for stop in stops:
            there = [entry for entry in holding if stop in entry.stops]
            places = places_at(rules, stop)
            seats = sum(places.values()) if places is not None else len(there) + 1
            asked = asked_places(seats, quota.least_percent)
            if sum(belongs_to(entry, quota) for entry in there) < asked:
                owed.append(quota)
                break
    return owed
