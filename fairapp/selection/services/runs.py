"""Runs: recorded, overridden where a person answers for it, and decided from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor
from fairapp.audit.services import record
from fairapp.events.models import Event
from fairapp.events.queries import chain_of, event_for, reasons_of
from fairapp.foundation.ids import new_reference
from fairapp.foundation.text import clean
from fairapp.outbox.services import enqueue
from fairapp.registrations.domain import (
    LEADS_TO,
    POSSIBLE,
    Decision,
    RegistrationState,
    check_reason,
)
from fairapp.registrations.services.review import Choice, Outcome, decide_many
from fairapp.selection.domain.ranking import Ranked, Ranking, rank
from fairapp.selection.domain.record import explain, hash_of, write_entries, write_result, write_rules
from fairapp.selection.domain.words import Proposal, RunState
from fairapp.selection.errors import (
    NothingToDecide,
    NothingToRank,
    OverrideNeedsNote,
    PlacesMissing,
    RankingChanged,
    RunDecided,
    RunSuperseded,
    SameAsProposed,
    SeedMissing,
)
from fairapp.selection.models import Rank, SelectionRun
from fairapp.selection.queries import runs as queries
from fairapp.selection.queries.field import field_of, rules_of
from fairapp.selection.services.committee import MANAGE

DECIDE_PART = "selection.decide_part"
AT_ONCE = 25  # decided in one transaction; more go to the background in parts of this size
_DECISIONS = {
    Proposal.ACCEPT: Decision.ACCEPT,
    Proposal.WAITLIST: Decision.WAITLIST,
    Proposal.REFUSE: Decision.REFUSE,
}
_TOLD = (RegistrationState.ACCEPTED, RegistrationState.WAITLISTED, RegistrationState.REFUSED)


def record_run(
    session: Session, *, actor: Actor, slug: str, now: datetime, seen_hash: str | None = None
) -> SelectionRun:
    """Rank now and keep rules, input and result. From then on scores and seed of this run stay.

    `seen_hash` is that of the ranking that the person looked at.

    Raises: EventNotFound, SeedMissing, PlacesMissing, NothingToRank, RankingChanged.
    """
    event = event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    if not event.draw_seed:
        raise SeedMissing()
    rules = rules_of(session, event=event)
    field = field_of(session, event=event, rules=rules)
    ranking = rank(field.entries, rules)
    _check(ranking)
    result_hash = hash_of(write_result(ranking))
    if seen_hash and seen_hash != result_hash:
        raise RankingChanged()
    run = SelectionRun(
        code=new_reference(),
        event_id=event.id,
        state=RunState.PROPOSED,
        rules=write_rules(rules),
        input=write_entries(field.entries),
        result_hash=result_hash,
        made_at=now,
        made_by_id=actor.account_id,
    )
    session.add(run)
    session.flush()
    rows = [_row(run.id, field.ids[ranked.reference], ranked) for ranked in ranking.ranked]
    session.execute(insert(Rank), rows)
    _record(
        session, actor, event, run, "selection.run_recorded", now, {"hash": result_hash, "ranked": len(rows)}
    )
    return run


def _check(ranking: Ranking) -> None:
    if not ranking.ranked:
        raise NothingToRank()
    if any(result.places is None and result.candidates for result in ranking.stops):
        raise PlacesMissing()


def _row(run_id: int, registration_id: int, ranked: Ranked) -> dict[str, Any]:
    standing = ranked.standing
    return {
        "run_id": run_id,
        "registration_id": registration_id,
        "overall": ranked.overall,
        "category": standing.category,
        "rank": standing.rank,
        "of": standing.of,
        "places": standing.places,
        "points_milli": ranked.points.total_milli,
        "proposal": ranked.proposal,
        "reason_code": ranked.reason_code,
        "explanation": explain(ranked),
    }


@dataclass(frozen=True, slots=True)
class Override:
    """Another decision than the ranking proposes, and why: a reason of the call and words for the log."""

    proposal: Proposal
    note: str
    reason_code: str | None = None


def override_proposal(
    session: Session, *, actor: Actor, slug: str, code: str, reference: str, override: Override, now: datetime
) -> Rank:
    """Depart from the ranking for one registration, or go back to it. The reason stays with the run.

    Raises: EventNotFound, RunNotFound, RunSuperseded, RunDecided, RegistrationNotFound, SameAsProposed,
    OverrideNeedsNote, ReasonMissing, ReasonUnknown.
    """
    event = event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    run = _latest(session, event, code)
    if run.state is RunState.DECIDED:
        raise RunDecided()
    rank_row = queries.rank_for(session, run=run, reference=reference).rank
    before = queries.final_of(rank_row)
    if override.proposal is before:
        raise SameAsProposed()
    note = clean(override.note)
    if not note:
        raise OverrideNeedsNote()
    goes_back = override.proposal is rank_row.proposal
    reason_code = None if goes_back else (override.reason_code or None)
    if not goes_back:
        allowed = [reason.code for reason in reasons_of(session, event=event)]
        check_reason(_DECISIONS[override.proposal], reason_code, allowed)
    rank_row.overridden_to = None if goes_back else override.proposal.value
    rank_row.override_reason_code = reason_code
    rank_row.override_note = note
    rank_row.overridden_by_id = actor.account_id
    rank_row.overridden_at = now
    session.flush()
    details = {
        "registration": rank_row.registration_id,
        "from": before.value,
        "to": override.proposal.value,
        "reason": reason_code,
    }
    _record(session, actor, event, run, "selection.overridden", now, details)
    return rank_row


@dataclass(frozen=True, slots=True)
class Pending:
    """What deciding from a run would change. `skipped` were told another decision before."""

    choices: tuple[Choice, ...]
    skipped: int
    unchanged: int

    def count(self, decision: Decision) -> int:
        """Return how many would be decided so."""
        return sum(choice.decision == decision for choice in self.choices)


def pending_decisions(session: Session, *, run: SelectionRun, also_told: bool) -> Pending:
    """Return what deciding from a run would change; `also_told` includes those who had a decision before."""
    choices, skipped, unchanged = [], 0, 0
    for row in queries.all_ranks(session, run=run):
        decision = _DECISIONS[row.final]
        if LEADS_TO[decision] is row.state:
            unchanged += 1
        elif decision not in POSSIBLE[row.state] or (row.state in _TOLD and not also_told):
            skipped += 1
        else:
            choices.append(Choice(row.reference, decision, row.reason_code, None, row.state))
    return Pending(tuple(choices), skipped, unchanged)


def decide_from_run(
    session: Session, *, actor: Actor, slug: str, code: str, also_told: bool, now: datetime
) -> int:
    """Decide as the latest run proposes; return how many registrations that is.

    A few are decided at once, more in the background in parts. From then on the run is the one that
    letters tell of.

    Raises: EventNotFound, RunNotFound, RunSuperseded, NothingToDecide.
    """
    event = event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    run = _latest(session, event, code)
    pending = pending_decisions(session, run=run, also_told=also_told)
    if not pending.choices:
        raise NothingToDecide()
    run.state = RunState.DECIDED
    run.decided_at = run.decided_at or now
    session.flush()
    if len(pending.choices) <= AT_ONCE:
        decide_many(session, actor=actor, event=event, choices=pending.choices, now=now)
    else:
        for start in range(0, len(pending.choices), AT_ONCE):
            _ask_for_part(session, actor, run, pending.choices[start : start + AT_ONCE], now)
    details = {decision.value: pending.count(decision) for decision in _DECISIONS.values()}
    _record(session, actor, event, run, "selection.decided", now, details)
    return len(pending.choices)


def _ask_for_part(
    session: Session, actor: Actor, run: SelectionRun, choices: Sequence[Choice], now: datetime
) -> None:
    rows = [
        [choice.reference, choice.decision.value, choice.reason_code, choice.seen and choice.seen.value]
        for choice in choices
    ]
    enqueue(
        session,
        DECIDE_PART,
        payload={"event_id": run.event_id, "account_id": actor.account_id, "choices": rows},
        key=f"{DECIDE_PART}:{run.id}:{hash_of(rows)[:16]}",
        now=now,
    )


def decide_part(
    session: Session,
    *,
    actor: Actor,
    event: Event,
    choices: Sequence[Sequence[str | None]],
    now: datetime,
) -> list[Outcome]:
    """Decide a part of a run in the background; who was decided meanwhile is left as it is."""
    wanted = [
        Choice(
            str(reference),
            Decision(str(decision)),
            reason,
            None,
            RegistrationState(seen) if seen else None,
        )
        for reference, decision, reason, seen in choices
    ]
    return decide_many(session, actor=actor, event=event, choices=wanted, now=now)


def _latest(session: Session, event: Event, code: str) -> SelectionRun:
    run = queries.run_for(session, event=event, code=code, lock=True)
    if run.id != queries.latest_run_id(session, event_id=event.id):
        raise RunSuperseded()
    return run


def _record(
    session: Session,
    actor: Actor,
    event: Event,
    run: SelectionRun,
    action: str,
    now: datetime,
    details: dict[str, Any],
) -> None:
    record(
        session,
        actor=actor,
        action=action,
        subject_type="selection_run",
        subject_id=run.id,
        details={"run": run.code, **details},
        chain=chain_of(event),
        now=now,
    )
