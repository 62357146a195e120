"""What a reviewer does: give points, and step aside."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor
from fairapp.audit.services import record
from fairapp.events.domain import CriterionSource
from fairapp.events.models import Criterion, Event
from fairapp.events.queries import chain_of
from fairapp.foundation.text import clean
from fairapp.selection.errors import PointsMissing, ScoringClosed
from fairapp.selection.models import Assignment, ConflictOfInterest, Score
from fairapp.selection.queries import reviewing as queries
from fairapp.selection.services.committee import note_conflict


def give_scores(
    session: Session,
    *,
    actor: Actor,
    slug: str,
    number: int,
    points: Mapping[str, int],
    note: str | None,
    now: datetime,
) -> Assignment:
    """Give a file its points for each criterion of the committee; may be changed until a run is recorded.

    Raises: AssignmentNotFound, PointsMissing, ScoringClosed.
    """
    event, reviewer = queries.reviewed_event(session, actor=actor, slug=slug)
    # Shared with other reviewers, excluded by the recording of a run, which locks the event.
    session.execute(select(Event.id).where(Event.id == event.id).with_for_update(read=True))
    assignment, registration = queries.assignment_for(session, reviewer=reviewer, number=number, lock=True)
    if queries.is_closed(session, event_id=event.id, assignment=assignment):
        raise ScoringClosed()
    criteria = session.scalars(
        select(Criterion).where(Criterion.event_id == event.id, Criterion.source == CriterionSource.COMMITTEE)
    ).all()
    if any(not 0 <= points.get(criterion.code, -1) <= criterion.scale for criterion in criteria):
        raise PointsMissing()
    known = {
        score.criterion_code: score
        for score in session.scalars(select(Score).where(Score.assignment_id == assignment.id))
    }
    for criterion in criteria:
        score = known.get(criterion.code) or Score(assignment_id=assignment.id, criterion_code=criterion.code)
        score.points, score.given_at = points[criterion.code], now
        session.add(score)
    is_change = assignment.scored_at is not None
    assignment.scored_at, assignment.note = now, clean(note or "") or None
    session.flush()
    record(
        session,
        actor=actor,
        action="selection.score_changed" if is_change else "selection.scored",
        subject_type="registration",
        subject_id=registration.id,
        details={"assignment": assignment.id, "points": {each.code: points[each.code] for each in criteria}},
        chain=chain_of(event),
        now=now,
    )
    return assignment


def step_aside(
    session: Session, *, actor: Actor, slug: str, number: int, reason: str, now: datetime
) -> ConflictOfInterest:
    """Declare that one may not judge a file; it goes to another reviewer, and own points for it are void.

    Raises: AssignmentNotFound, ScoringClosed.
    """
    event, reviewer = queries.reviewed_event(session, actor=actor, slug=slug)
    # FOR NO KEY UPDATE: files are given to others, one after the other.
    session.execute(select(Event.id).where(Event.id == event.id).with_for_update(key_share=True))
    assignment, registration = queries.assignment_for(session, reviewer=reviewer, number=number, lock=True)
    if queries.is_closed(session, event_id=event.id, assignment=assignment):
        raise ScoringClosed()
    return note_conflict(
        session,
        actor=actor,
        event=event,
        reviewer=reviewer,
        registration=registration,
        reason=reason,
        now=now,
    )
