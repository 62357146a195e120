"""Deciding on many registrations at once: prepared and looked at first, then made in parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.orm import Session

from fairapp.accounts.queries.actors import account_actor
from fairapp.audit.domain import Actor
from fairapp.audit.services import record
from fairapp.events.models import Event
from fairapp.events.queries import chain_of, reasons_of
from fairapp.foundation.ids import new_reference
from fairapp.outbox.services import enqueue
from fairapp.registrations.domain import (
    LEADS_TO,
    BulkOutcome,
    BulkState,
    Decision,
    RegistrationState,
    check_reason,
    is_told,
)
from fairapp.registrations.errors import (
    DecidedMeanwhile,
    NoteMissing,
    NothingChosen,
    ReasonMissing,
    RegistrationNotFound,
)
from fairapp.registrations.models import BulkDecision, BulkItem, Registration
from fairapp.registrations.queries.bulk import bulk_for, decided_in, open_items
from fairapp.registrations.services.review import Choice, Outcome, decide_many

DECIDE_PART = "registrations.decide_part"
_Chosen = Row[int, RegistrationState, str]
AT_ONCE = 25  # one transaction: on SQLite nobody else writes meanwhile


@dataclass(frozen=True, slots=True)
class BulkTerms:
    """What is decided on all: notes by language, `query` the filter that chose them."""

    decision: Decision
    reason_code: str | None = None
    note_ar: str | None = None
    note_fr: str | None = None
    query: str = ""


def prepare_bulk(
    session: Session,
    *,
    actor: Actor,
    event: Event,
    terms: BulkTerms,
    registration_ids: Sequence[int],
    now: datetime,
    reverses: BulkDecision | None = None,
) -> BulkDecision:
    """Write down a decision on many registrations with the states seen now, to be looked at first.

    Nothing is decided yet. What the same person prepared before and never made is forgotten.

    Raises: NothingChosen, ReasonMissing, ReasonUnknown, NoteMissing.
    """
    rows = _chosen(session, event, registration_ids)
    if not rows:
        raise NothingChosen()
    check_reason(
        terms.decision, terms.reason_code, [reason.code for reason in reasons_of(session, event=event)]
    )
    if reverses is not None and terms.reason_code is None:
        raise ReasonMissing()
    _check_notes(terms, rows)
    _forget_prepared(session, event, actor)
    bulk = BulkDecision(
        code=new_reference(),
        event_id=event.id,
        state=BulkState.PREPARED,
        decision=terms.decision,
        reason_code=terms.reason_code,
        note_ar=terms.note_ar or None,
        note_fr=terms.note_fr or None,
        query=terms.query,
        reverses_id=reverses.id if reverses is not None else None,
        prepared_at=now,
        prepared_by_id=actor.account_id,
    )
    session.add(bulk)
    session.flush()
    expected = LEADS_TO[reverses.decision] if reverses is not None else None
    items = [
        {"bulk_id": bulk.id, "registration_id": row.id, "seen": expected or row.state, "is_told": False}
        for row in rows
    ]
    session.execute(insert(BulkItem), items)
    return bulk


def prepare_reversal(
    session: Session, *, actor: Actor, event: Event, code: str, terms: BulkTerms, now: datetime
) -> BulkDecision:
    """Prepare taking a bulk decision back, as a new decision with a reason on those that it changed.

    Whoever was decided on again since then will be left out.

    Raises: BulkNotFound, NothingChosen, ReasonMissing, ReasonUnknown, NoteMissing.
    """
    reversed_ = bulk_for(session, event_id=event.id, code=code)
    return prepare_bulk(
        session,
        actor=actor,
        event=event,
        terms=terms,
        registration_ids=decided_in(session, bulk_id=reversed_.id),
        reverses=reversed_,
        now=now,
    )


def make_bulk(session: Session, *, actor: Actor, event: Event, code: str, now: datetime) -> BulkDecision:
    """Make a prepared bulk decision: the first registrations at once, the others in the background.

    Asked for twice, it is made once.

    Raises: BulkNotFound.
    """
    bulk = bulk_for(session, event_id=event.id, code=code, lock=True)
    if bulk.state is not BulkState.PREPARED:
        return bulk
    bulk.state, bulk.started_at = BulkState.RUNNING, now
    bulk.prepared_by_id = actor.account_id
    session.flush()
    _decide_next(session, actor, event, bulk, now)
    record(
        session,
        actor=actor,
        action="registrations.decide_bulk",
        subject_type="bulk_decision",
        subject_id=bulk.code,
        now=now,
        details={"decision": bulk.decision.value, "reason": bulk.reason_code, "query": bool(bulk.query)},
        chain=chain_of(event),
    )
    return bulk


def decide_part(session: Session, *, bulk_id: int, now: datetime) -> None:
    """Decide on the next registrations of a bulk decision, as the person who made it."""
    bulk = session.scalar(select(BulkDecision).where(BulkDecision.id == bulk_id).with_for_update())
    if bulk is None or bulk.state is not BulkState.RUNNING or bulk.prepared_by_id is None:
        return
    actor = account_actor(session, account_id=bulk.prepared_by_id)
    event = session.get_one(Event, bulk.event_id)
    if actor is None:  # the account was closed in between: nothing is decided in its name
        for item in open_items(session, bulk_id=bulk.id, most=100_000):
            item.outcome = BulkOutcome.MISSING
        bulk.state, bulk.finished_at = BulkState.DONE, now
        return
    _decide_next(session, actor, event, bulk, now)


def _decide_next(session: Session, actor: Actor, event: Event, bulk: BulkDecision, now: datetime) -> None:
    items = open_items(session, bulk_id=bulk.id, most=AT_ONCE + 1)
    part, is_last = items[:AT_ONCE], len(items) <= AT_ONCE
    query = select(Registration.id, Registration.reference, Registration.locale).where(
        Registration.id.in_([item.registration_id for item in part])
    )
    known = {row.id: row for row in session.execute(query)}
    choices = [
        Choice(
            reference=known[item.registration_id].reference,
            decision=bulk.decision,
            reason_code=bulk.reason_code,
            note=bulk.note_ar if known[item.registration_id].locale == "ar" else bulk.note_fr,
            seen=item.seen,
        )
        for item in part
    ]
    outcomes = decide_many(session, actor=actor, event=event, choices=choices, now=now)
    for item, outcome in zip(part, outcomes, strict=True):
        item.outcome = _named(outcome)
        item.is_told = outcome.is_told
        item.change_id = outcome.change.id if outcome.change is not None else None
    if is_last:
        bulk.state, bulk.finished_at = BulkState.DONE, now
    else:
        key = f"{DECIDE_PART}:{bulk.code}:{items[AT_ONCE].id}"
        enqueue(session, DECIDE_PART, payload={"bulk_id": bulk.id}, key=key, now=now)
    session.flush()


def _named(outcome: Outcome) -> BulkOutcome:
    if outcome.refusal is None:
        return BulkOutcome.DECIDED
    if isinstance(outcome.refusal, RegistrationNotFound):
        return BulkOutcome.MISSING
    return BulkOutcome.CHANGED if isinstance(outcome.refusal, DecidedMeanwhile) else BulkOutcome.IMPOSSIBLE


def _chosen(session: Session, event: Event, ids: Sequence[int]) -> list[_Chosen]:
    found: dict[int, _Chosen] = {}
    for start in range(0, len(ids), 500):
        query = select(Registration.id, Registration.state, Registration.locale).where(
            Registration.event_id == event.id, Registration.id.in_(ids[start : start + 500])
        )
        found |= {row.id: row for row in session.execute(query)}
    return [found[id_] for id_ in dict.fromkeys(ids) if id_ in found]


def _check_notes(terms: BulkTerms, rows: Sequence[_Chosen]) -> None:
    told = {row.locale == "ar" for row in rows if is_told(row.state, terms.decision)}
    missing = {is_arabic for is_arabic in told if not (terms.note_ar if is_arabic else terms.note_fr)}
    if missing and (terms.note_ar or terms.note_fr):
        refusal = NoteMissing()
        refusal.field = "note_ar" if True in missing else "note_fr"
        raise refusal


def _forget_prepared(session: Session, event: Event, actor: Actor) -> None:
    session.execute(
        delete(BulkDecision).where(
            BulkDecision.event_id == event.id,
            BulkDecision.prepared_by_id == actor.account_id,
            BulkDecision.state == BulkState.PREPARED,
        )
    )
