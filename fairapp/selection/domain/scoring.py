"""Points of a registration, their mean and their spread, in whole thousandths of 100 points.

Source: the criteria and weights published in the call; contracts 3, weights are points of 100.
Whole numbers and one rounding at the end (half up), so that every machine finds the same.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from fairapp.events.domain import CriterionSource
from fairapp.selection.domain.rules import CriterionRule, Entry, fact_of

HUNDRED_POINTS = 100_000  # thousandths


@dataclass(frozen=True, slots=True)
class Spread:
    """How far reviewers are apart: difference of highest and lowest, and standard deviation."""

    range_milli: int = 0
    deviation_milli: int = 0


@dataclass(frozen=True, slots=True)
class CriterionPoints:
    """Points for one criterion: what counts in the total, out of `most_milli`.

    `mean_milli` is the mean of the reviewers' points on the criterion's scale, its spread beside it;
    None for a criterion that is computed.
    """

    code: str
    points_milli: int
    most_milli: int
    mean_milli: int | None
    spread: Spread


@dataclass(frozen=True, slots=True)
class Points:
    """All points of a registration; `spread` is that of the reviewers' own totals."""

    total_milli: int
    criteria: tuple[CriterionPoints, ...]
    reviews: int
    spread: Spread


def half_up(numerator: int, denominator: int) -> int:
    """Return a fraction rounded to the nearest whole number, halves upwards."""
    return (2 * numerator + denominator) // (2 * denominator)


def spread_of(values: Sequence[int], denominator: int = 1) -> Spread:
    """Return how far `values / denominator` lie apart, in thousandths; the deviation is that of all."""
    count = len(values)
    if count < 2:
        return Spread()
    # n·Σx² − (Σx)² is n² times the variance; four times the square, so that its root is rounded.
    variance = count * sum(value * value for value in values) - sum(values) ** 2
    deviation = (math.isqrt(4_000_000 * variance // (count * denominator) ** 2) + 1) // 2
    return Spread(half_up((max(values) - min(values)) * 1000, denominator), deviation)


def points_of(entry: Entry, criteria: Sequence[CriterionRule]) -> Points:
    """Return the points of a registration.

    A criterion of the committee gives weight × mean of the reviewers' points ÷ scale, a computed one
    its whole weight or nothing. Without any review a criterion of the committee gives nothing. Where
    weights do not add up to 100 (a criterion left out), they are taken as shares of their sum.
    """
    weights = sum(rule.weight for rule in criteria)
    if not weights:
        return Points(0, (), len(entry.scores), Spread())
    total, below = 0, 1
    found = []
    for rule in criteria:
        criterion, share, of = _criterion(entry, rule, weights)
        total, below = total * of + rule.weight * share * below, below * of
        found.append(criterion)
    total_milli = half_up(total * HUNDRED_POINTS, below * weights)
    return Points(total_milli, tuple(found), len(entry.scores), _spread_of_totals(entry, criteria, weights))


def _criterion(entry: Entry, rule: CriterionRule, weights: int) -> tuple[CriterionPoints, int, int]:
    """Return the points for a criterion, and the share of its weight that is reached as a fraction."""
    most = half_up(HUNDRED_POINTS * rule.weight, weights)
    if rule.source is not CriterionSource.COMMITTEE:
        met = fact_of(entry, rule.source)
        return CriterionPoints(rule.code, most if met else 0, most, None, Spread()), int(met), 1
    given = [points[rule.code] for points in entry.scores.values() if rule.code in points]
    if not given:
        return CriterionPoints(rule.code, 0, most, None, Spread()), 0, 1
    share, of = sum(given), rule.scale * len(given)
    points = half_up(HUNDRED_POINTS * rule.weight * share, weights * of)
    mean = half_up(1000 * share, len(given))
    return CriterionPoints(rule.code, points, most, mean, spread_of(given)), share, of


def _spread_of_totals(entry: Entry, criteria: Sequence[CriterionRule], weights: int) -> Spread:
    # What is computed is the same in every reviewer's total, so it does not change the spread.
    scored = [rule for rule in criteria if rule.source is CriterionSource.COMMITTEE]
    if len(entry.scores) < 2 or not scored:
        return Spread()
    common = math.lcm(*(rule.scale for rule in scored))
    totals = [
        sum(rule.weight * given.get(rule.code, 0) * (common // rule.scale) for rule in scored)
        for given in entry.scores.values()
    ]
    hundred = HUNDRED_POINTS // 1000
    return spread_of([total * hundred for total in totals], common * weights)
