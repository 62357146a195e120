"""A run as it is recorded: rules, input and result as plain JSON, and the hash of the result.

Canonical JSON (sorted keys, no spaces, UTF-8) under SHA-256, so that anybody can compute it again.
`version` names the rules of this package; a run keeps the one that it was made by.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from fairapp.events.domain import CriterionSource, QuotaKind
from fairapp.selection.domain.ranking import Ranked, Ranking, Standing, rank
from fairapp.selection.domain.rules import CriterionRule, Entry, PlaceRule, QuotaRule, Rules

VERSION = 1
_FACTS = ("women_led", "youth", "first_time", "rural", "complete")


def canonical(content: object) -> str:
    """Return the one way to write plain JSON."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def hash_of(content: object) -> str:
    """Return SHA-256 of the canonical JSON, hex."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def write_rules(rules: Rules) -> dict[str, Any]:
    """Return rules as plain JSON."""
    return {
        "version": VERSION,
        "criteria": [
            {"code": rule.code, "weight": rule.weight, "scale": rule.scale, "source": rule.source.value}
            for rule in rules.criteria
        ],
        "quotas": [
            {"kind": rule.kind.value, "target": rule.target, "least_percent": rule.least_percent}
            for rule in rules.quotas
        ],
        "places": [
            {"stop": rule.stop, "sector": rule.sector, "places": rule.places} for rule in rules.places
        ],
        "stops": list(rules.stops),
        "seed": rules.seed,
        "waiting_percent": rules.waiting_percent,
    }


def read_rules(content: dict[str, Any]) -> Rules:
    """Return the rules of a run. Raises: ValueError, for a version that this program does not know."""
    if content["version"] != VERSION:
        raise ValueError(content["version"])
    return Rules(
        criteria=tuple(
            CriterionRule(rule["code"], rule["weight"], rule["scale"], CriterionSource(rule["source"]))
            for rule in content["criteria"]
        ),
        quotas=tuple(
            QuotaRule(QuotaKind(rule["kind"]), rule["least_percent"], rule["target"])
            for rule in content["quotas"]
        ),
        places=tuple(PlaceRule(rule["stop"], rule["sector"], rule["places"]) for rule in content["places"]),
        stops=tuple(content["stops"]),
        seed=content["seed"],
        waiting_percent=content["waiting_percent"],
    )


def write_entries(entries: Iterable[Entry]) -> dict[str, Any]:
    """Return registrations as plain JSON, in the order of their references; no names."""
    return {
        "registrations": [
            {
                "reference": entry.reference,
                "stops": list(entry.stops),
                "sectors": list(entry.sectors),
                "province": entry.province,
                "facts": [fact for fact in _FACTS if getattr(entry, fact)],
                "scores": {reviewer: dict(points) for reviewer, points in entry.scores.items()},
            }
            for entry in sorted(entries, key=lambda entry: entry.reference)
        ]
    }


def read_entries(content: dict[str, Any]) -> list[Entry]:
    """Return the registrations of a run."""
    return [
        Entry(
            reference=row["reference"],
            stops=tuple(row["stops"]),
            sectors=tuple(row["sectors"]),
            province=row["province"],
            scores=row["scores"],
            **{fact: fact in row["facts"] for fact in _FACTS},
        )
        for row in content["registrations"]
    ]


def write_result(ranking: Ranking) -> dict[str, Any]:
    """Return what a ranking found, as plain JSON: what its hash is taken of."""
    return {
        "ranks": [_rank(ranked) for ranked in ranking.ranked],
        "stops": [
            {
                "stop": result.stop,
                "places": result.places,
                "taken": result.taken,
                "quotas": [
                    {"quota": quota.key, "asked": quota.asked, "reached": quota.reached}
                    for quota in result.quotas
                ],
            }
            for result in ranking.stops
        ],
        "unscored": list(ranking.unscored),
    }


def replay(rules: dict[str, Any], registrations: dict[str, Any]) -> dict[str, Any]:
    """Return the result of a run computed again from its record.

    Raises: ValueError, for a version that this program does not know.
    """
    return write_result(rank(read_entries(registrations), read_rules(rules)))


def explain(ranked: Ranked) -> dict[str, Any]:
    """Return what is kept beside a rank: points by criterion, mean and spread, standings, ties, quotas."""
    standing = ranked.standing
    return {
        "criteria": [
            {
                "code": part.code,
                "points": part.points_milli,
                "most": part.most_milli,
                "mean": part.mean_milli,
                "range": part.spread.range_milli,
                "deviation": part.spread.deviation_milli,
            }
            for part in ranked.points.criteria
        ],
        "reviews": ranked.points.reviews,
        "range": ranked.points.spread.range_milli,
        "deviation": ranked.points.spread.deviation_milli,
        "standings": [_standing(each) for each in ranked.standings],
        "stops": list(ranked.stops),
        "tied": standing.tied_with > 0,
        "tied_with": standing.tied_with,
        "lifted_by": standing.lifted_by,
        "gave_way_to": standing.gave_way_to,
    }


def _rank(ranked: Ranked) -> dict[str, Any]:
    return {
        "reference": ranked.reference,
        "overall": ranked.overall,
        "points": ranked.points.total_milli,
        "proposal": _value(ranked.proposal),
        "reason": ranked.reason_code,
        "standings": [_standing(standing) for standing in ranked.standings],
    }


def _standing(standing: Standing) -> dict[str, Any]:
    return {
        "category": standing.category,
        "rank": standing.rank,
        "of": standing.of,
        "places": standing.places,
        "proposal": _value(standing.proposal),
        "lifted_by": standing.lifted_by,
        "gave_way_to": standing.gave_way_to,
    }


def _value(proposal: Any) -> str | None:
    return None if proposal is None else proposal.value
