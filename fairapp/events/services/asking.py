"""What a call asks beside its documents, how many places it offers, and by which rules it decides."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor
from fairapp.events import queries
from fairapp.events.counts import Count, read_counts
from fairapp.events.domain import QuestionKind
from fairapp.events.errors import SeedFixed
from fairapp.events.models import Capacity, Event, Question
from fairapp.events.services.calls import MANAGE, set_coded, set_hint, set_objections, set_title
from fairapp.events.services.changes import record_call_change, record_list_change
from fairapp.events.terms import (
    CallRules,
    CapacityTerms,
    QuestionTerms,
    check_capacities,
    check_questions,
    check_rules,
)
from fairapp.reference.queries import sectors

_RULES = (
    "objections_ar",
    "objections_fr",
    "objections_en",
    "objection_days",
    "reviews_wanted",
    "is_blind",
    "draw_seed",
    "offer_hours",
    "details_due_on",
)


def set_questions(
    session: Session, *, actor: Actor, slug: str, questions: Sequence[QuestionTerms], now: datetime
) -> None:
    """Set the questions of a call. Answers given to one that goes stay with their registration.

    Raises: EventNotFound, and the refusals of `check_questions`.
    """
    event = queries.event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    check_questions(questions)
    set_coded(
        session,
        actor=actor,
        event=event,
        model=Question,
        known=queries.questions_of(session, event=event),
        wanted=questions,
        fill=_question,
        action="events.questions_set",
        now=now,
    )


def set_capacities(
    session: Session, *, actor: Actor, slug: str, capacities: Sequence[CapacityTerms], now: datetime
) -> None:
    """Set how many places a call offers, by stop and sector.

    Raises: EventNotFound, StopNotFound, UnknownSector, CapacityTwice.
    """
    event = queries.event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    check_capacities(capacities, stops=[stop.code for stop in event.stops], sectors=sectors())
    rows = queries.capacities_of(session, event=event)
    before = {f"{row.stop_code or '*'} {row.sector_code}".strip(): row.places for row in rows}
    after = {f"{entry.stop_code or '*'} {entry.sector_code}".strip(): entry.places for entry in capacities}
    for row in rows:
        session.delete(row)
    session.flush()
    session.add_all(
        Capacity(
            event_id=event.id,
            stop_code=entry.stop_code,
            sector_code=entry.sector_code,
            places=entry.places,
        )
        for entry in capacities
    )
    session.flush()
    record_list_change(
        session,
        actor=actor,
        event=event,
        action="events.capacities_set",
        before=dict(sorted(before.items())),
        after=dict(sorted(after.items())),
        now=now,
    )


def set_rules(session: Session, *, actor: Actor, slug: str, rules: CallRules, now: datetime) -> Event:
    """Set how a call decides, lets object and fills places. The seed stays once scores are given.

    Raises: EventNotFound, SeedFixed, and the refusals of `check_rules`.
    """
    event = queries.event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    lasting = [stop.ends_on for stop in event.stops if stop.cancelled_at is None]
    check_rules(rules, last_day=max(lasting, default=None))
    if rules.draw_seed != event.draw_seed and seed_is_fixed(session, event=event):
        raise SeedFixed()
    before = _rules(event)
    set_objections(event, rules.objections)
    event.objection_days, event.offer_hours = rules.objection_days, rules.offer_hours
    event.reviews_wanted, event.is_blind = rules.reviews_wanted, rules.is_blind
    event.draw_seed, event.details_due_on = rules.draw_seed or None, rules.details_due_on
    if rules.waiting_list_stopped != (event.waiting_list_stopped_at is not None):
        event.waiting_list_stopped_at = now if rules.waiting_list_stopped else None
    session.flush()
    after = _rules(event)
    changed = [name for name, value in before.items() if after[name] != value]
    if changed:
        record_call_change(
            session,
            actor=actor,
            event=event,
            action="events.rules_set",
            details={"changed": changed},
            now=now,
        )
    return event


def seed_is_fixed(session: Session, *, event: Event) -> bool:
    """Tell whether the seed stays as it is: scores are known, or a ranking used it.

    Who knows the scores could choose the seed that favours somebody.
    """
    return any(read_counts(session, name, [event.id]).get(event.id) for name in (Count.SCORES, Count.RUNS))


def _question(row: Question, terms: QuestionTerms, position: int) -> Question:
    set_title(row, terms.titles)
    set_hint(row, terms.hints)
    is_choice, is_number = terms.kind is QuestionKind.CHOICE, terms.kind is QuestionKind.NUMBER
    row.phase, row.kind, row.optional, row.position = terms.phase, terms.kind, terms.optional, position
    row.least, row.most = (terms.least, terms.most) if is_number else (None, None)
    row.choices = [
        {
            "code": choice.code,
            "ar": choice.texts.ar,
            "fr": choice.texts.fr,
            "en": choice.texts.en or choice.texts.fr,
        }
        for choice in (terms.choices if is_choice else ())
    ]
    return row


def _rules(event: Event) -> dict[str, Any]:
    return {name: getattr(event, name) for name in _RULES} | {
        "waiting_list": event.waiting_list_stopped_at is None
    }
