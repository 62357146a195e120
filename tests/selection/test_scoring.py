"""Points, mean and spread."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from fairapp.selection.domain.rules import CriterionRule, Entry, is_led_by_youth
from fairapp.selection.domain.scoring import HUNDRED_POINTS, Spread, half_up, points_of, spread_of
from tests.selection.entries import QUALITY, computed, entry

INNOVATION = CriterionRule("innovation", 30, 5)
QUALITY_70 = CriterionRule("quality", 70, 10)


def test_points_are_weight_times_mean_over_scale() -> None:
    scores = {"r1": {"quality": 8, "innovation": 5}, "r2": {"quality": 7, "innovation": 2}}
    points = points_of(entry("A", scores), (QUALITY_70, INNOVATION))
    assert points.total_milli == 73_500  # 70 x 7.5/10 + 30 x 3.5/5
    assert [part.points_milli for part in points.criteria] == [52_500, 21_000]
    assert [part.mean_milli for part in points.criteria] == [7_500, 3_500]
    assert [part.spread for part in points.criteria] == [Spread(1_000, 500), Spread(3_000, 1_500)]
    # own totals: 86 and 61 of 100
    assert points.spread == Spread(25_000, 12_500)
    assert points.reviews == 2


def test_a_computed_criterion_gives_all_or_nothing() -> None:
    criteria = (QUALITY_70, computed("women", 30, "women_led"))
    assert points_of(entry("A", 10, women_led=True), criteria).total_milli == HUNDRED_POINTS
    assert points_of(entry("A", 10), criteria).total_milli == 70_000


def test_thirds_are_rounded_once_at_the_end() -> None:
    scores = {"r1": {"quality": 1}, "r2": {"quality": 0}, "r3": {"quality": 0}}
    points = points_of(entry("A", scores), (CriterionRule("quality", 100, 1),))
    assert points.total_milli == 33_333
    assert points.criteria[0].spread == Spread(1_000, 471)


def test_without_a_review_there_are_no_points() -> None:
    points = points_of(entry("A"), (QUALITY,))
    assert (points.total_milli, points.criteria[0].mean_milli, points.reviews) == (0, None, 0)


def test_without_criteria_all_have_none() -> None:
    assert points_of(entry("A", 10), ()).total_milli == 0


def test_weights_that_are_left_are_shares_of_their_sum() -> None:
    points = points_of(entry("A", 5), (CriterionRule("quality", 40, 10),))
    assert (points.total_milli, points.criteria[0].most_milli) == (50_000, HUNDRED_POINTS)


def test_one_review_has_no_spread() -> None:
    assert spread_of([7]) == Spread(0, 0)


def test_youth_is_more_than_half() -> None:
    assert [is_led_by_youth(10, youth) for youth in (5, 6, None)] == [False, True, False]
    assert not is_led_by_youth(None, 6)


@given(st.integers(0, 10**6), st.integers(1, 10**4))
def test_half_up_is_that_of_decimal(numerator: int, denominator: int) -> None:
    exact = Decimal(numerator) / Decimal(denominator)
    if Fraction(exact) == Fraction(numerator, denominator):
        assert half_up(numerator, denominator) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


@st.composite
def scored(draw: st.DrawFn) -> tuple[Entry, tuple[CriterionRule, ...]]:
    scales = draw(st.lists(st.integers(1, 20), min_size=1, max_size=4))
    weights = draw(st.lists(st.integers(0, 60), min_size=len(scales), max_size=len(scales)))
    criteria = tuple(
        CriterionRule(f"c{number}", weight, scale)
        for number, (weight, scale) in enumerate(zip(weights, scales, strict=True))
    )
    scores = {
        f"r{reviewer}": {rule.code: draw(st.integers(0, rule.scale)) for rule in criteria}
        for reviewer in range(draw(st.integers(1, 4)))
    }
    return entry("A", scores), criteria


@given(scored())
def test_points_equal_exact_fractions(case: tuple[Entry, tuple[CriterionRule, ...]]) -> None:
    found, criteria = case
    points = points_of(found, criteria)
    weights = sum(rule.weight for rule in criteria)
    if not weights:
        assert points.total_milli == 0
        return
    shares = [
        Fraction(
            rule.weight * sum(given[rule.code] for given in found.scores.values()),
            rule.scale * len(found.scores),
        )
        for rule in criteria
    ]
    exact = sum(shares, Fraction(0)) * HUNDRED_POINTS / weights
    assert points.total_milli == half_up(exact.numerator, exact.denominator)
    assert 0 <= points.total_milli <= HUNDRED_POINTS
    assert 0 <= points.spread.deviation_milli <= points.spread.range_milli <= HUNDRED_POINTS


@given(st.lists(st.integers(0, 20), min_size=2, max_size=6))
def test_deviation_is_that_of_the_definition(values: list[int]) -> None:
    mean = Fraction(sum(values), len(values))
    variance = sum(((value - mean) ** 2 for value in values), Fraction(0)) / len(values)
    found = spread_of(values).deviation_milli
    assert abs(Fraction(found, 1000) ** 2 - variance) <= Fraction(found, 1000) / 1000 + Fraction(1, 10**6)
