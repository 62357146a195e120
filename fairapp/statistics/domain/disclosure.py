"""Which cells of an event's figures stay hidden from the public.

No public figure may come from fewer than three sellers, nor be found by adding and subtracting
public figures, within one table or across several (promises A84; docs/decisions/0006).

A turnover is the sum of contributions, each of one seller at one place in every table: a stop,
a day, a sector, a group of women-led cooperatives. A public cell adds up the contributions of its
place. What a reader can compute are linear combinations of public cells; such a combination is
about at most two sellers when it gives nothing to all others. One exists exactly when leaving
these two sellers out lowers the rank of the system of public cells.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

LEAST_SELLERS = 3
TABLES = ("stop", "day", "sector", "women_led")
_PRIME = (1 << 61) - 1  # greater than any minor of our 0/1 systems, so ranks are exact

Cell = tuple[str, str]  # table and key
Place = tuple[str, ...]  # one key a table, in the order of TABLES
_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one seller sold at one place of all tables."""

    seller: int
    place: Place
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Hidden:
    """What stays hidden: the total (and with it everything), or some cells."""

    total: bool
    cells: frozenset[Cell]

    def hides(self, table: str, key: str) -> bool:
        """Tell whether a cell is hidden."""
        return self.total or (table, key) in self.cells


@dataclass(slots=True)
class _Ground:
    sellers_of_place: dict[Place, frozenset[int]]
    sellers_of_cell: dict[Cell, frozenset[int]]
    size_of_cell: dict[Cell, int]


def cells_to_hide(contributions: Iterable[Contribution]) -> Hidden:
    """Return what to hide: cells of too few sellers, then the fewest others that give them away.

    The choice is greedy: the smallest cell first. It ends, since with all cells hidden only the
    total is left, which has three sellers or is hidden itself.
    """
    ground = _survey(contributions)
    everyone = (
        frozenset().union(*ground.sellers_of_place.values()) if ground.sellers_of_place else frozenset()
    )
    if len(everyone) < LEAST_SELLERS:
        return Hidden(total=True, cells=frozenset(ground.sellers_of_cell))
    hidden = {cell for cell, sellers in ground.sellers_of_cell.items() if len(sellers) < LEAST_SELLERS}
    while (place := _given_away(ground, hidden)) is not None:
        hidden.add(_smallest(ground, _candidates(ground, hidden, place)))
    return Hidden(total=False, cells=frozenset(hidden))


def _survey(contributions: Iterable[Contribution]) -> _Ground:
    places: dict[Place, set[int]] = defaultdict(set)
    cells: dict[Cell, set[int]] = defaultdict(set)
    sizes: dict[Cell, int] = defaultdict(int)
    for given in contributions:
        if given.amount_minor == 0:
            continue  # who sold nothing hides nobody
        places[given.place].add(given.seller)
        for cell in zip(TABLES, given.place, strict=True):
            cells[cell].add(given.seller)
            sizes[cell] += abs(given.amount_minor)
    return _Ground(_frozen(places), _frozen(cells), sizes)


def _given_away(ground: _Ground, hidden: set[Cell]) -> Place | None:
    """Return a place whose figure can be computed although at most two sellers stand there.

    Only groups that hold the place of some basis vector to themselves can lower the rank, so
    only these are tried.
    """
    system = _System(ground, hidden)
    for alone in system.pillars(frozenset()):
        if place := system.lost_without(alone):
            return place
        if len(alone) == 1:
            for pair in system.pillars(alone):
                if len(pair) <= 2 and (place := system.lost_without(pair)):
                    return place
    return None


class _System:
    """The public figures as vectors, one a place, and what of them hangs on few sellers."""

    def __init__(self, ground: _Ground, hidden: set[Cell]) -> None:
        places = sorted(ground.sellers_of_place.items(), key=lambda item: (-len(item[1]), item[0]))
        self._crowd = _Span()
        self._few: list[tuple[Place, frozenset[int], frozenset[str]]] = []
        for place, sellers in places:
            vector = _vector(place, hidden)
            if len(sellers) >= LEAST_SELLERS:
                self._crowd.add(vector)
            elif vector not in self._crowd:
                self._few.append((place, sellers, vector))

    def pillars(self, without: frozenset[int]) -> list[frozenset[int]]:
        """Return the seller sets, each joined with `without`, on which a basis of the rest stands."""
        span = self._crowd.copy()
        found = {
            sellers | without
            for _, sellers, vector in self._few
            if not sellers <= without and span.add(vector)
        }
        return sorted(found, key=sorted)

    def lost_without(self, group: frozenset[int]) -> Place | None:
        """Return a place that nobody else's places make up for, when a group is left out."""
        span = self._crowd.copy()
        for _, sellers, vector in self._few:
            if not sellers <= group:
                span.add(vector)
        return next(
            (place for place, sellers, vector in self._few if sellers <= group and vector not in span), None
        )


def _vector(place: Place, hidden: set[Cell]) -> frozenset[str]:
    """Return the public figures that a place adds to: the hidden of a table count as one."""
    return frozenset(
        f"{table}:*" if (table, key) in hidden else f"{table}={key}"
        for table, key in zip(TABLES, place, strict=True)
    )


def _candidates(ground: _Ground, hidden: set[Cell], place: Place) -> list[Cell]:
    own = [cell for cell in zip(TABLES, place, strict=True) if cell not in hidden]
    crowded = [cell for cell in own if _has_company(ground, cell)]
    if crowded:
        return crowded
    tables = {table for table, key in zip(TABLES, place, strict=True) if (table, key) in hidden}
    beside = [cell for cell in ground.sellers_of_cell if cell[0] in tables and cell not in hidden]
    return beside or [cell for cell in ground.sellers_of_cell if cell not in hidden]


def _has_company(ground: _Ground, cell: Cell) -> bool:
    """Tell whether the table of a cell has others: hiding its only cell would hide nothing."""
    return any(other != cell and other[0] == cell[0] for other in ground.sellers_of_cell)


def _smallest(ground: _Ground, cells: list[Cell]) -> Cell:
    return min(cells, key=lambda cell: (ground.size_of_cell[cell], cell))


def _frozen(sets: Mapping[_Key, set[int]]) -> dict[_Key, frozenset[int]]:
    return {key: frozenset(members) for key, members in sets.items()}


class _Span:
    """A growing span of 0/1 vectors, given as the sets of their ones, modulo a large prime.

    Rows are kept fully reduced, so that a vector with few ones is tested in as many steps.
    """

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, int]] = {}
        self._seen: set[frozenset[str]] = set()

    def copy(self) -> "_Span":
        """Return a span that grows on its own."""
        twin = _Span()
        twin._rows = {pivot: dict(row) for pivot, row in self._rows.items()}
        twin._seen = set(self._seen)
        return twin

    def add(self, vector: frozenset[str]) -> bool:
        """Add a vector; tell whether it was not in the span yet."""
        if vector in self._seen:
            return False
        self._seen.add(vector)
        rest = self._reduced(vector)
        if not rest:
            return False
        pivot = min(rest)
        inverse = pow(rest[pivot], -1, _PRIME)
        row = {key: value * inverse % _PRIME for key, value in rest.items()}
        for other in self._rows.values():
            if pivot in other:
                _subtract(other, row, other[pivot])
        self._rows[pivot] = row
        return True

    def __contains__(self, vector: frozenset[str]) -> bool:
        return vector in self._seen or not self._reduced(vector)

    def _reduced(self, vector: frozenset[str]) -> dict[str, int]:
        rest = dict.fromkeys(vector, 1)
        for pivot in vector:
            if pivot in self._rows:
                _subtract(rest, self._rows[pivot], 1)
        return rest


def _subtract(row: dict[str, int], other: Mapping[str, int], factor: int) -> None:
    for key, value in other.items():
        left = (row.get(key, 0) - factor * value) % _PRIME
        if left:
            row[key] = left
        else:
            row.pop(key, None)
