"""Registrations and rules for tests of the domain, as short as they can be written."""

from collections.abc import Mapping
from typing import Any

from fairapp.events.domain import CriterionSource, QuotaKind
from fairapp.selection.domain.rules import CriterionRule, Entry, PlaceRule, QuotaRule, Rules

QUALITY = CriterionRule("quality", 100, 10)


def entry(reference: str, points: int | Mapping[str, Any] | None = None, **facts: Any) -> Entry:
    """Return a registration for stop S1; `points` of one reviewer for quality, or whole scores."""
    if isinstance(points, int):
        points = {"r1": {"quality": points}}
    return Entry(reference, **({"stops": ("S1",), "scores": points or {}} | facts))


def rules(**overrides: Any) -> Rules:
    """Return rules: quality of 10 counts all, two places at S1, no quota."""
    values: dict[str, Any] = {
        "criteria": (QUALITY,),
        "quotas": (),
        "places": (PlaceRule("", "", 2),),
        "stops": ("S1",),
        "seed": "seed",
    }
    return Rules(**(values | overrides))


def quota(kind: str, percent: int, target: str = "") -> QuotaRule:
    """Return a quota."""
    return QuotaRule(QuotaKind(kind), percent, target)


def computed(code: str, weight: int, source: str) -> CriterionRule:
    """Return a criterion that is computed from a fact."""
    return CriterionRule(code, weight, 1, CriterionSource(source))
