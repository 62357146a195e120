"""What would be if: more places, another quota, a criterion left out. Nothing is saved.

Another seed is no question that can be asked: the draw is made once (a notary's draw is not repeated
until it pleases).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from fairapp.selection.domain.ranking import Ranked, Ranking, places_at
from fairapp.selection.domain.rules import ALL_SECTORS, PlaceRule, Rules
from fairapp.selection.domain.words import Proposal


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. `more` places in a category (`S1:AGR`; `S1:` is all other sectors); quotas by key."""

    more: int = 0
    category: str = ""
    quotas: Mapping[str, int] = field(default_factory=dict)
    without: frozenset[str] = frozenset()

    @property
    def asks(self) -> bool:
        """Whether anything would change."""
        return bool(self.more or self.quotas or self.without)


@dataclass(frozen=True, slots=True)
class Difference:
    """Who comes in and who falls out, best first as they stand in the second ranking."""

    comes_in: tuple[Ranked, ...]
    falls_out: tuple[Ranked, ...]


def changed(rules: Rules, question: Question) -> Rules:
    """Return the rules as a question would have them; the seed stays."""
    return replace(
        rules,
        criteria=tuple(rule for rule in rules.criteria if rule.code not in question.without),
        quotas=tuple(
            replace(rule, least_percent=question.quotas.get(rule.key, rule.least_percent))
            for rule in rules.quotas
        ),
        places=_places(rules, question) if question.more else rules.places,
    )


def _places(rules: Rules, question: Question) -> tuple[PlaceRule, ...]:
    stop, _colon, sector = question.category.partition(":")
    stop = stop if stop in rules.stops else rules.stops[0]
    known = places_at(rules, stop) or {ALL_SECTORS: 0}
    sector = sector if sector in known else ALL_SECTORS
    wanted = {**known, sector: max(0, known[sector] + question.more)}
    per_stop = {other: places_at(rules, other) for other in rules.stops} | {stop: wanted}
    return tuple(
        PlaceRule(other, sector_code, count)
        for other, places in per_stop.items()
        for sector_code, count in _whole(places).items()
    )


def _whole(places: Mapping[str, int] | None) -> dict[str, int]:
    """Return places by sector with the stop's total under the empty sector, as a call says them."""
    if places is None:
        return {}
    return {**places, ALL_SECTORS: sum(places.values())}


def difference(before: Ranking, after: Ranking) -> Difference:
    """Return who gets a place only in the second ranking, and who only in the first."""
    had, has = _accepted(before), _accepted(after)
    return Difference(
        comes_in=tuple(ranked for ranked in after.ranked if ranked.reference in has - had),
        falls_out=tuple(ranked for ranked in after.ranked if ranked.reference in had - has),
    )


def _accepted(ranking: Ranking) -> set[str]:
    return {ranked.reference for ranked in ranking.ranked if ranked.proposal is Proposal.ACCEPT}
