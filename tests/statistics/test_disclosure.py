"""The disclosure rule, against a second opinion that solves the whole system of public cells."""

from fractions import Fraction
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from fairapp.statistics.domain.disclosure import TABLES, Cell, Contribution, Hidden, cells_to_hide

_keys = st.tuples(*(st.sampled_from("abc"[:size]) for size in (2, 3, 3, 2)))
_contributions = st.lists(
    st.builds(Contribution, st.integers(1, 7), _keys, st.integers(-50, 900)), min_size=1, max_size=24
)


def _public_sums(places: list[tuple[str, ...]], hidden: Hidden) -> list[list[int]]:
    """Return what a reader can know of each place: one row a public sum, its ones at its places."""
    rows = [[1] * len(places)] if not hidden.total else []
    for index, table in enumerate(TABLES):
        shown = [key for key in {place[index] for place in places} if not hidden.hides(table, key)]
        rows.extend([int(place[index] == key) for place in places] for key in shown)
    return rows


def _rank(rows: list[list[int]]) -> int:
    matrix = [[Fraction(value) for value in row] for row in rows]
    rank = 0
    for column in range(len(matrix[0]) if matrix else 0):
        pivot = next((row for row in range(rank, len(matrix)) if matrix[row][column]), None)
        if pivot is None:
            continue
        matrix[rank], matrix[pivot] = matrix[pivot], matrix[rank]
        for row in range(len(matrix)):
            if row != rank and matrix[row][column]:
                factor = matrix[row][column] / matrix[rank][column]
                matrix[row] = [a - factor * b for a, b in zip(matrix[row], matrix[rank], strict=True)]
        rank += 1
    return rank


def _singled_out(contributions: list[Contribution], hidden: Hidden) -> bool:
    """Tell whether public sums can be combined so that only one or two sellers are left in them."""
    given_ = [each for each in contributions if each.amount_minor]
    rows = _public_sums([each.place for each in given_], hidden)
    sellers = sorted({each.seller for each in given_})
    for size in (1, 2):
        for group in combinations(sellers, size):
            others = [
                [v for v, each in zip(row, given_, strict=True) if each.seller not in group] for row in rows
            ]
            if _rank(rows) > _rank(others):
                return True
    return False


@settings(max_examples=300, deadline=None)
@given(_contributions)
def test_nothing_about_fewer_than_three_sellers_can_be_computed(contributions: list[Contribution]) -> None:
    hidden = cells_to_hide(contributions)

    assert not _singled_out(contributions, hidden)


@settings(max_examples=100, deadline=None)
@given(_contributions)
def test_no_shown_cell_has_fewer_than_three_sellers(contributions: list[Contribution]) -> None:
    hidden = cells_to_hide(contributions)

    sellers: dict[Cell, set[int]] = {}
    for each in contributions:
        if each.amount_minor:
            for cell in zip(TABLES, each.place, strict=True):
                sellers.setdefault(cell, set()).add(each.seller)
    assert all(len(who) >= 3 for cell, who in sellers.items() if not hidden.hides(*cell))


def _sold(seller: int, stop: str, day: str, sector: str = "AGR", group: str = "yes") -> Contribution:
    return Contribution(seller, (stop, day, sector, group), 100 + seller)


def test_two_sellers_hide_everything() -> None:
    assert cells_to_hide([_sold(1, "S1", "1"), _sold(2, "S1", "1")]).total


def test_three_sellers_in_one_cell_show_everything() -> None:
    assert cells_to_hide([_sold(n, "S1", "1") for n in (1, 2, 3)]) == Hidden(False, frozenset())


def test_a_lonely_sector_takes_a_second_one_with_it() -> None:
    crowd = [_sold(n, "S1", "1", sector) for sector in ("AGR", "TEX") for n in range(1, 6)]

    hidden = cells_to_hide([*crowd, _sold(9, "S1", "1", "JEW")])

    assert hidden.hides("sector", "JEW")
    assert len(hidden.cells) == 2


def test_a_stop_is_not_found_from_the_days_of_the_others() -> None:
    crowd = [_sold(n, "S1", day) for day in ("1", "2") for n in range(1, 6)]
    few = [_sold(n, "S2", "9") for n in (7, 8)]

    hidden = cells_to_hide(crowd + few)

    assert hidden.hides("stop", "S1")
    assert hidden.hides("stop", "S2")
    assert hidden.hides("day", "9")
