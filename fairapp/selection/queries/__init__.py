"""Reads of selections. Here: the rank of a registration, as features above write it into letters."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.events.models import Stop
from fairapp.reference.queries import sectors
from fairapp.selection.domain.words import Proposal, RunState
from fairapp.selection.models import Rank, SelectionRun


@dataclass(frozen=True, slots=True)
class RankFacts:
    """The rank of a registration in the run that decisions were taken from, as it was recorded.

    `category` is the stop and sector group in which it competed, `S1:AGR` (`S1:` is all sectors);
    `category_ar`, `_fr` and `_en` say it in words, so that `localized(facts, "category")` does.
    `points_milli` are thousandths of 100 points. `stops` are the codes of the stops at which it was
    given a place. `by_draw`: others have the same points and the draw put them in order.
    `by_quota`: the kind of quota that moved it up, if one did; `gave_way_to_quota`: the kind for
    which it gave way.
    """

    run_code: str
    seed: str
    result_hash: str
    made_at: datetime
    decided_at: datetime | None
    category: str
    category_ar: str
    category_fr: str
    category_en: str
    rank: int
    of: int
    places: int | None
    overall: int
    points_milli: int
    proposal: Proposal
    reason_code: str | None
    overridden: bool
    stops: tuple[str, ...]
    by_draw: bool
    by_quota: str | None
    gave_way_to_quota: str | None


def rank_of(session: Session, *, registration_id: int) -> RankFacts | None:
    """Return the rank of a registration in the latest run that decisions were taken from; None without."""
    found = session.execute(
        select(Rank, SelectionRun)
        .join(SelectionRun, SelectionRun.id == Rank.run_id)
        .where(Rank.registration_id == registration_id, SelectionRun.state == RunState.DECIDED)
        .order_by(SelectionRun.decided_at.desc(), SelectionRun.id.desc())
        .limit(1)
    ).one_or_none()
    return None if found is None else _facts(session, found[0], found[1])


def _facts(session: Session, rank: Rank, run: SelectionRun) -> RankFacts:
    stop_code, _colon, _sector_code = rank.category.partition(":")
    stop = session.scalar(select(Stop).where(Stop.event_id == run.event_id, Stop.code == stop_code))
    words = category_words(rank.category, stop, only_stop=len(run.rules.get("stops", ())) < 2)
    explanation: dict[str, Any] = rank.explanation
    return RankFacts(
        run_code=run.code,
        seed=run.rules.get("seed", ""),
        result_hash=run.result_hash,
        made_at=run.made_at,
        decided_at=run.decided_at,
        category=rank.category,
        category_ar=words["ar"],
        category_fr=words["fr"],
        category_en=words["en"],
        rank=rank.rank,
        of=rank.of,
        places=rank.places,
        overall=rank.overall,
        points_milli=rank.points_milli,
        proposal=Proposal(rank.overridden_to) if rank.overridden_to else rank.proposal,
        reason_code=rank.override_reason_code if rank.overridden_to else rank.reason_code,
        overridden=rank.overridden_to is not None,
        stops=tuple(explanation.get("stops", ())),
        by_draw=bool(explanation.get("tied", False)),
        by_quota=explanation.get("lifted_by"),
        gave_way_to_quota=explanation.get("gave_way_to"),
    )


_ALL_SECTORS = {"ar": "جميع المنتوجات", "fr": "Tous les produits", "en": "All products"}


def category_words(category: str, stop: Stop | None, *, only_stop: bool) -> dict[str, str]:
    """Return a category in the three languages; the stop is left out where an event has only one."""
    _stop_code, _colon, sector_code = category.partition(":")
    sector = sectors().get(sector_code)
    words = {}
    for language in ("ar", "fr", "en"):
        kinds = sector.name(language) if sector else (sector_code or _ALL_SECTORS[language])
        place = (stop.place_ar if language == "ar" else stop.place_fr) if stop and not only_stop else ""
        words[language] = f"{kinds} – {place}" if place else kinds
    return words
