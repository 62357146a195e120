"""Who gets the places of one stop: the best of each category, then quotas with the fewest changes.

Source: the quotas published in the call. A quota is never dropped in silence: what is missing is
told (wishes C3). Of one group always the best come first, so the choice is a count per profile: the
registrations of one category that count for the same quotas.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_MOST_EXCHANGES_IN_PAIRS = 300


@dataclass(frozen=True, slots=True)
class Candidate:
    """A registration at a stop: its category there and the quotas that it counts for."""

    reference: str
    category: str
    quotas: frozenset[str]


@dataclass(frozen=True, slots=True)
class Move:
    """For a quota one registration came in and another of its category gave way."""

    lifted: str
    gave_way: str
    quota: str


@dataclass(frozen=True, slots=True)
class QuotaReached:
    """What became of a quota. `plain` is what the ranking alone reaches, `candidates` who could count."""

    key: str
    asked: int
    plain: int
    reached: int
    candidates: int

    @property
    def missing(self) -> int:
        """How many places of the quota stay unmet."""
        return max(0, self.asked - self.reached)

    @property
    def lacks_candidates(self) -> bool:
        """Whether it cannot be met because too few registered, whatever is chosen."""
        return self.candidates < self.asked


@dataclass(frozen=True, slots=True)
class Choice:
    """Who gets a place at a stop, who came in for whom, and what became of the quotas."""

    chosen: frozenset[str]
    moves: tuple[Move, ...]
    quotas: tuple[QuotaReached, ...]


def asked_places(places: int, percent: int) -> int:
    """Return how many places a quota keeps: its percent of the places, rounded up."""
    return -(-places * percent // 100)


@dataclass(slots=True)
class _Profile:
    category: str
    quotas: frozenset[str]
    places: list[int]  # places in the ranking, best first
    taken: int = 0

    @property
    def last_in(self) -> int:
        return self.places[self.taken - 1]

    @property
    def first_out(self) -> int:
        return self.places[self.taken]

    @property
    def can_give(self) -> bool:
        return self.taken > 0

    @property
    def can_take(self) -> bool:
        return self.taken < len(self.places)


_Exchange = tuple[_Profile, _Profile]  # (who gives a place, who takes it)


class _Chooser:
    """The counts per profile while places are exchanged."""

    def __init__(self, profiles: Sequence[_Profile], asked: Mapping[str, int]) -> None:
        self.profiles, self.asked = profiles, asked
        self.counts = {
            key: sum(profile.taken for profile in profiles if key in profile.quotas) for key in asked
        }

    def missing(self) -> int:
        return sum(max(0, self.asked[key] - count) for key, count in self.counts.items())

    def gain(self, exchange: _Exchange) -> int:
        """Return by how much an exchange lowers what is missing; negative when it raises it."""
        give, take = exchange
        gained = 0
        for key in take.quotas - give.quotas:
            gained += 1 if self.counts[key] < self.asked[key] else 0
        for key in give.quotas - take.quotas:
            gained -= 1 if self.counts[key] <= self.asked[key] else 0
        return gained

    def apply(self, exchange: _Exchange) -> None:
        give, take = exchange
        give.taken -= 1
        take.taken += 1
        for key in take.quotas - give.quotas:
            self.counts[key] += 1
        for key in give.quotas - take.quotas:
            self.counts[key] -= 1

    def undo(self, exchange: _Exchange) -> None:
        self.apply((exchange[1], exchange[0]))

    def exchanges(self) -> Iterator[_Exchange]:
        for give in self.profiles:
            if give.can_give:
                for take in self.profiles:
                    if take is not give and take.category == give.category and take.can_take:
                        yield give, take

    def best_exchange(self) -> _Exchange | None:
        """Return the exchange that helps most; among equals the best comes in, the last gives way."""
        best, found = (0, 0, 0), None
        for exchange in self.exchanges():
            gain = self.gain(exchange)
            if gain > 0:
                merit = (gain, -exchange[1].first_out, exchange[0].last_in)
                if found is None or merit > best:
                    best, found = merit, exchange
        return found

    def best_pair(self) -> tuple[_Exchange, _Exchange] | None:
        """Return two exchanges that help together where none helps alone (quotas that overlap)."""
        firsts = list(self.exchanges())
        if len(firsts) > _MOST_EXCHANGES_IN_PAIRS:
            return None
        best, found = (0, 0, 0), None
        for first in firsts:
            loss = self.gain(first)
            self.apply(first)
            for second in self.exchanges():
                gain = loss + self.gain(second)
                if gain > 0:
                    merit = (gain, -first[1].last_in - second[1].first_out, second[0].last_in)
                    if found is None or merit > best:
                        best, found = merit, (first, second)
            self.undo(first)
        return found

    def take_back(self, plain: Mapping[int, int]) -> bool:
        """Undo an exchange that turned out not to be needed; False when all are."""
        for give, take in self.exchanges():
            over = give.taken > plain[id(give)] and take.taken < plain[id(take)]
            if over and self.gain((give, take)) >= 0:
                self.apply((give, take))
                return True
        return False


def choose(candidates: Sequence[Candidate], *, places: Mapping[str, int], asked: Mapping[str, int]) -> Choice:
    """Give the places of a stop: `candidates` best first, `places` by category, `asked` by quota.

    The best of each category get its places. Where a quota falls short, the best of its group come
    in and the last who are not needed for another quota give way, within their category, until it is
    met or nobody is left. One quota, or quotas whose groups do not overlap, are always met when they
    can be, with the fewest changes.
    """
    keys = frozenset(asked)
    profiles = _profiles(candidates, keys)
    for position, candidate in enumerate(candidates):
        profile = profiles[candidate.category, candidate.quotas & keys]
        profile.places.append(position)
    left = dict(places)
    for candidate in candidates:
        if left.get(candidate.category, 0) > 0:
            left[candidate.category] -= 1
            profiles[candidate.category, candidate.quotas & keys].taken += 1
    chooser = _Chooser(list(profiles.values()), asked)
    plain_counts = dict(chooser.counts)
    plain = {id(profile): profile.taken for profile in chooser.profiles}
    before = _chosen(chooser.profiles)
    _exchange(chooser, plain)
    after = _chosen(chooser.profiles)
    moves = _moves(candidates, before, after, plain_counts, asked)
    reached = tuple(
        QuotaReached(
            key,
            asked[key],
            plain_counts[key],
            chooser.counts[key],
            sum(1 for candidate in candidates if key in candidate.quotas),
        )
        for key in asked
    )
    return Choice(frozenset(candidates[position].reference for position in after), moves, reached)


def _profiles(
    candidates: Sequence[Candidate], keys: frozenset[str]
) -> dict[tuple[str, frozenset[str]], _Profile]:
    found = {(candidate.category, candidate.quotas & keys) for candidate in candidates}
    ordered = sorted(found, key=lambda name: (name[0], sorted(name[1])))
    return {name: _Profile(*name, places=[]) for name in ordered}


def _exchange(chooser: _Chooser, plain: Mapping[int, int]) -> None:
    while chooser.missing():
        if exchange := chooser.best_exchange():
            chooser.apply(exchange)
        elif pair := chooser.best_pair():
            chooser.apply(pair[0])
            chooser.apply(pair[1])
        else:
            break
    while chooser.take_back(plain):
        pass


def _chosen(profiles: Sequence[_Profile]) -> set[int]:
    return {position for profile in profiles for position in profile.places[: profile.taken]}


def _moves(
    candidates: Sequence[Candidate],
    before: set[int],
    after: set[int],
    counts: Mapping[str, int],
    asked: Mapping[str, int],
) -> tuple[Move, ...]:
    short = [key for key in asked if counts[key] < asked[key]]
    giving: dict[str, list[str]] = {}
    for position in sorted(before - after, reverse=True):
        giving.setdefault(candidates[position].category, []).append(candidates[position].reference)
    moves = []
    for position in sorted(after - before):
        lifted = candidates[position]
        quota = next((key for key in short if key in lifted.quotas), short[0])
        moves.append(Move(lifted.reference, giving[lifted.category].pop(0), quota))
    return tuple(moves)
