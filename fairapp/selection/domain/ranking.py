"""The ranking of an event's registrations and what it proposes for each.

Source: law 55-19 (reasons of refusals), the criteria, quotas and places published in the call; equal
points are put in order by SHA-256 of the published seed and the reference, as a notary's draw would
(Amsterdam's allocations record seed and input, wishes D20). The same rules and registrations give the
same ranking in any order and on any machine.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fairapp.selection.domain.quotas import Candidate, Choice, Move, QuotaReached, asked_places, choose
from fairapp.selection.domain.rules import ALL_SECTORS, EVERY_STOP, Entry, Rules, belongs_to
from fairapp.selection.domain.scoring import Points, points_of
from fairapp.selection.domain.words import Proposal

BY_RANK, SECTOR_FULL = "rank", "sector_full"  # reasons that every call has (contracts 3)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a registration stands in one category: a stop and a sector group (empty: all others).

    `places` is None where the call says nothing of them: then nothing is proposed. `lifted_by` and
    `gave_way_to` name the quota that moved it up, or for which it gave way.
    """

    stop: str
    sector: str
    rank: int
    of: int
    places: int | None
    proposal: Proposal | None
    tied_with: int
    lifted_by: str | None = None
    gave_way_to: str | None = None

    @property
    def category(self) -> str:
        """The category as it is recorded, `S1:AGR`."""
        return f"{self.stop}:{self.sector}"


@dataclass(frozen=True, slots=True)
class Ranked:
    """One registration of a ranking: its place among all, its points, and its standing at each stop.

    `standing` is the one that counts: where it gets a place, else where it came closest.
    """

    reference: str
    overall: int
    points: Points
    standing: Standing
    standings: tuple[Standing, ...]
    proposal: Proposal | None
    reason_code: str | None

    @property
    def stops(self) -> tuple[str, ...]:
        """The stops at which it gets a place."""
        return tuple(standing.stop for standing in self.standings if standing.proposal is Proposal.ACCEPT)


@dataclass(frozen=True, slots=True)
class StopResult:
    """What became of a stop's places and quotas. `places` is None where the call says nothing of them."""

    stop: str
    places: int | None
    taken: int
    candidates: int
    quotas: tuple[QuotaReached, ...]
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """A whole ranking, best first; `unscored` wait for a first review and are not ranked."""

    ranked: tuple[Ranked, ...]
    stops: tuple[StopResult, ...]
    unscored: tuple[str, ...]


def draw_key(seed: str, reference: str) -> str:
    """Return what puts equal points in order, smallest first: SHA-256 of seed and reference, hex."""
    return hashlib.sha256((seed + reference).encode()).hexdigest()


def places_at(rules: Rules, stop: str) -> dict[str, int] | None:
    """Return the places of a stop by sector group; the empty group takes all others. None: not said.

    What the call says of this stop goes before what it says of each stop. Places of sectors are part
    of the stop's total; where only sectors are named, there is no place for others.
    """
    given: dict[str, int] = {}
    for rule in sorted(rules.places, key=lambda rule: rule.stop != EVERY_STOP):
        if rule.stop in (EVERY_STOP, stop):
            given[rule.sector] = rule.places
    if not given:
        return None
    total = given.pop(ALL_SECTORS, None)
    rest = max(0, total - sum(given.values())) if total is not None else 0
    return {**given, ALL_SECTORS: rest}


def group_of(entry: Entry, places: Mapping[str, int] | None) -> str:
    """Return the sector group in which a registration competes: that of its first sector that has places."""
    return next((sector for sector in entry.sectors if sector in (places or {})), ALL_SECTORS)


def rank(entries: Iterable[Entry], rules: Rules, *, known: Mapping[str, Points] | None = None) -> Ranking:
    """Rank registrations by points, give the places of each stop, and propose a decision for each.

    `known` are points by reference that were computed by the same criteria already.
    """
    ordered, unscored = _ordered(entries, rules, known or {})
    standings: dict[str, list[Standing]] = {entry.reference: [] for entry, _points in ordered}
    results = []
    for stop in rules.stops:
        here = [(entry, points) for entry, points in ordered if stop in entry.stops]
        result, found = _at_stop(stop, here, rules)
        results.append(result)
        for reference, standing in found:
            standings[reference].append(standing)
    ranked = tuple(
        _ranked(entry.reference, overall, points, standings[entry.reference])
        for overall, (entry, points) in enumerate(ordered, 1)
        if standings[entry.reference]
    )
    return Ranking(ranked, tuple(results), unscored)


def _ordered(
    entries: Iterable[Entry], rules: Rules, known: Mapping[str, Points]
) -> tuple[list[tuple[Entry, Points]], tuple[str, ...]]:
    offered = set(rules.stops)
    scored, unscored = [], []
    for entry in entries:
        if not offered.intersection(entry.stops):
            continue  # all its stops are cancelled
        if rules.has_committee and not entry.scores:
            unscored.append(entry.reference)
        else:
            points = known.get(entry.reference) or points_of(entry, rules.criteria)
            scored.append((entry, points))
    scored.sort(
        key=lambda found: (
            -found[1].total_milli,
            draw_key(rules.seed, found[0].reference),
            found[0].reference,
        )
    )
    return scored, tuple(sorted(unscored))


def _at_stop(
    stop: str, here: Sequence[tuple[Entry, Points]], rules: Rules
) -> tuple[StopResult, list[tuple[str, Standing]]]:
    places = places_at(rules, stop)
    candidates = [
        Candidate(
            entry.reference,
            group_of(entry, places),
            frozenset(quota.key for quota in rules.quotas if belongs_to(entry, quota)),
        )
        for entry, _points in here
    ]
    total = sum(places.values()) if places is not None else None
    asked = {quota.key: asked_places(total or 0, quota.least_percent) for quota in rules.quotas}
    choice = choose(candidates, places=places or {}, asked=asked)
    result = StopResult(
        stop=stop,
        places=total,
        taken=len(choice.chosen),
        candidates=len(candidates),
        quotas=choice.quotas,
        moves=choice.moves,
    )
    return result, _standings(stop, here, candidates, places, choice, rules.waiting_percent)


def _standings(
    stop: str,
    here: Sequence[tuple[Entry, Points]],
    candidates: Sequence[Candidate],
    places: Mapping[str, int] | None,
    choice: Choice,
    waiting_percent: int,
) -> list[tuple[str, Standing]]:
    sizes = Counter(candidate.category for candidate in candidates)
    equals = Counter(
        (candidate.category, points.total_milli)
        for candidate, (_entry, points) in zip(candidates, here, strict=True)
    )
    lifted = {move.lifted: move.quota for move in choice.moves}
    gave_way = {move.gave_way: move.quota for move in choice.moves}
    ranks: Counter[str] = Counter()
    waiting: Counter[str] = Counter()
    found = []
    for candidate, (_entry, points) in zip(candidates, here, strict=True):
        category, reference = candidate.category, candidate.reference
        ranks[category] += 1
        proposal = None
        if places is not None:
            proposal = Proposal.ACCEPT if reference in choice.chosen else Proposal.REFUSE
            if proposal is Proposal.REFUSE:
                waiting[category] += 1
                if waiting[category] <= asked_places(places[category], waiting_percent):
                    proposal = Proposal.WAITLIST
        standing = Standing(
            stop=stop,
            sector=category,
            rank=ranks[category],
            of=sizes[category],
            places=None if places is None else places[category],
            proposal=proposal,
            tied_with=equals[category, points.total_milli] - 1,
            lifted_by=lifted.get(reference),
            gave_way_to=gave_way.get(reference),
        )
        found.append((reference, standing))
    return found


_BEST_FIRST = {Proposal.ACCEPT: 0, Proposal.WAITLIST: 1, Proposal.REFUSE: 2, None: 3}


def _ranked(reference: str, overall: int, points: Points, standings: Sequence[Standing]) -> Ranked:
    best = min(
        standings,
        key=lambda standing: (
            _BEST_FIRST[standing.proposal],
            0 if standing.proposal is Proposal.ACCEPT else standing.rank - (standing.places or 0),
        ),
    )
    reason = None
    if best.proposal in (Proposal.WAITLIST, Proposal.REFUSE):
        reason = SECTOR_FULL if best.sector != ALL_SECTORS else BY_RANK
    return Ranked(reference, overall, points, best, tuple(standings), best.proposal, reason)
