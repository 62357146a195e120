"""A decision taken, and what belongs to it."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor, Role
from fairapp.decisions.models import DecisionLetter
from fairapp.events.models import Event
from fairapp.foundation.ids import new_reference
from fairapp.registrations.domain import Decision
from fairapp.registrations.models import Registration
from fairapp.registrations.services.review import decide
from fairapp.selection.domain.words import Proposal, RunState
from fairapp.selection.models import Rank, SelectionRun
from tests import NOW
from tests.factories.accounts import make_actor
from tests.factories.registrations import make_registration

ORGANIZER = make_actor(Role.ORGANIZER)


def decided(
    session: Session,
    decision: Decision = Decision.REFUSE,
    reason: str | None = "rank",
    *,
    registration: Registration | None = None,
    actor: Actor = ORGANIZER,
    note: str | None = None,
    **overrides: Any,
) -> Registration:
    """Make a registration, or take one, and decide on it through the service."""
    registration = registration or make_registration(session, **overrides)
    return decide(
        session,
        actor=actor,
        reference=registration.reference,
        decision=decision,
        reason_code=None if decision is Decision.ACCEPT else reason,
        note=note,
        now=NOW,
    )


def letter(session: Session, registration: Registration) -> DecisionLetter:
    """Return the newest letter of a registration."""
    found = session.scalars(
        select(DecisionLetter)
        .where(DecisionLetter.registration_id == registration.id)
        .order_by(DecisionLetter.id.desc())
    ).first()
    assert found is not None
    return found


def make_run(session: Session, event: Event, **overrides: Any) -> SelectionRun:
    """Make a recorded run that decisions were taken from."""
    values = {
        "code": new_reference(),
        "event_id": event.id,
        "state": RunState.DECIDED,
        "rules": {"seed": "4711", "stops": ["S1"]},
        "input": {},
        "result_hash": "a" * 64,
        "made_at": NOW,
        "decided_at": NOW,
    }
    run = SelectionRun(**(values | overrides))
    session.add(run)
    session.flush()
    return run


def make_rank(session: Session, run: SelectionRun, registration: Registration, **overrides: Any) -> Rank:
    """Give a registration the 17th rank of 40 in a run."""
    values = {
        "run_id": run.id,
        "registration_id": registration.id,
        "overall": 17,
        "category": "S1:AGR",
        "rank": 17,
        "of": 40,
        "places": 12,
        "points_milli": 71_500,
        "proposal": Proposal.REFUSE,
        "reason_code": "rank",
        "explanation": {"stops": [], "tied": True},
    }
    rank = Rank(**(values | overrides))
    session.add(rank)
    session.flush()
    return rank
