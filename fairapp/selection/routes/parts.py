"""What selections add to the pages of features below."""

from collections.abc import Mapping
from typing import Any

from flask import Flask
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from fairapp.events.models import Event
from fairapp.events.queries import call_of
from fairapp.registrations.domain import RegistrationState
from fairapp.registrations.models import Registration
from fairapp.registrations.ordering import offer_rank
from fairapp.selection.domain.rules import belongs_to
from fairapp.selection.domain.scoring import points_of
from fairapp.selection.models import Rank
from fairapp.selection.queries import rank_of
from fairapp.selection.queries.balance import quotas_after
from fairapp.selection.queries.committee import progress_of
from fairapp.selection.queries.field import field_of, rules_of
from fairapp.selection.queries.runs import latest_run_id
from fairapp.selection.queries.shown import reviews_of
from fairapp.web.parts import PartOf, offer_part


def offer_parts(app: Flask) -> None:
    """Offer the seed for the public page, scores and rank for the review, what waits for the overview."""
    offer_part(app, PartOf.EVENT, "selection/parts/event.html", _of_event, order=60)
    offer_part(app, PartOf.REVIEW, "selection/parts/review.html", _of_review, order=40)
    offer_part(app, PartOf.OVERVIEW, "selection/parts/overview.html", _of_overview)
    offer_part(app, PartOf.BULK, "selection/parts/bulk.html", _of_bulk)
    offer_rank(app, _rank_in_latest_run)


def _of_bulk(
    session: Session, foreseen: tuple[Event, Mapping[int, RegistrationState]]
) -> dict[str, Any] | None:
    event, changing = foreseen
    shifts = quotas_after(session, event=event, changing=changing)
    return {"shifts": shifts} if shifts else None


def _rank_in_latest_run(session: Session, event_id: int) -> ColumnElement[int] | None:
    run_id = latest_run_id(session, event_id=event_id)
    if run_id is None:
        return None
    query = select(Rank.overall).where(Rank.run_id == run_id, Rank.registration_id == Registration.id)
    return query.correlate(Registration).scalar_subquery()


def _of_event(_session: Session, event: Event) -> dict[str, Any] | None:
    return {"seed": event.draw_seed} if event.draw_seed else None


def _of_review(session: Session, registration: Registration) -> dict[str, Any] | None:
    reviews = reviews_of(session, registration_id=registration.id)
    rank = rank_of(session, registration_id=registration.id)
    if not reviews and rank is None:
        return None
    event = registration.event
    rules = rules_of(session, event=event)
    field = field_of(session, event=event, rules=rules, registration_id=registration.id)
    [entry] = field.entries
    return {
        "reviews": reviews,
        "points": points_of(entry, rules.criteria) if entry.scores or not rules.has_committee else None,
        "criteria": {row.code: row for row in call_of(session, event=event).criteria},
        "quotas": [quota for quota in rules.quotas if belongs_to(entry, quota)],
        "rank": rank,
    }


def _of_overview(session: Session, event: Event) -> dict[str, Any] | None:
    progress = progress_of(session, event=event)
    left = progress.assigned - progress.scored
    return {"left": left} if left else None
