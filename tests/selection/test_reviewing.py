"""Scores that reviewers give, and files that they step aside from."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor, Role, ScopeKind
from fairapp.audit.models import AuditEntry
from fairapp.events.models import Event
from fairapp.selection.errors import AssignmentNotFound, PointsMissing, ScoringClosed
from fairapp.selection.models import Assignment, Reviewer, Score
from fairapp.selection.queries.reviewing import (
    committee_of,
    desks_of,
    files_on_list,
    next_number,
    reviewed_event,
)
from fairapp.selection.services.reviewing import give_scores, step_aside
from fairapp.selection.services.runs import record_run
from tests import NOW
from tests.factories.accounts import make_actor
from tests.factories.events import make_event
from tests.factories.registrations import make_registration
from tests.factories.selection import make_assignment, make_criterion, make_places, make_reviewer

ORGANIZER = make_actor(Role.ORGANIZER, ScopeKind.REGION, region_code="05")


@pytest.fixture
def event(session: Session) -> Event:
    event = make_event(session, slug="fair", draw_seed="seed", reviews_wanted=1)
    make_criterion(session, event, "quality", 70)
    make_criterion(session, event, "women", 30, source="women_led")
    make_places(session, event, 1)
    return event


@pytest.fixture
def reviewer(session: Session, event: Event) -> Reviewer:
    return make_reviewer(session, event)


def as_actor(reviewer: Reviewer) -> Actor:
    return make_actor(Role.REVIEWER, ScopeKind.EVENT, reviewer.account, event_id=reviewer.event_id)


def give(session: Session, reviewer: Reviewer, points: dict[str, int], **overrides: object) -> Assignment:
    values: dict = {"slug": "fair", "number": 1, "note": None, "now": NOW}
    return give_scores(session, actor=as_actor(reviewer), points=points, **(values | overrides))


def test_points_are_kept_and_audited(session: Session, event: Event, reviewer: Reviewer) -> None:
    assignment = make_assignment(session, reviewer, make_registration(session, event=event))
    give(session, reviewer, {"quality": 7, "unknown": 3}, note=" good oil ")
    assert (assignment.scored_at, assignment.note) == (NOW, "good oil")
    assert session.execute(select(Score.criterion_code, Score.points)).all() == [("quality", 7)]
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.details) == (
        "selection.scored",
        {"assignment": assignment.id, "points": {"quality": 7}},
    )
    give(session, reviewer, {"quality": 8})
    assert session.scalars(select(Score.points)).all() == [8]


@pytest.mark.parametrize("points", [{}, {"quality": 11}, {"quality": -1}, {"women": 1}])
def test_points_off_the_scale_are_refused(
    session: Session, event: Event, reviewer: Reviewer, points: dict[str, int]
) -> None:
    assignment = make_assignment(session, reviewer, make_registration(session, event=event))
    with pytest.raises(PointsMissing):
        give(session, reviewer, points)
    assert (assignment.scored_at, session.scalar(select(Score))) == (None, None)


def test_files_of_others_are_not_found(session: Session, event: Event, reviewer: Reviewer) -> None:
    other = make_reviewer(session, event)
    make_assignment(session, other, make_registration(session, event=event))
    with pytest.raises(AssignmentNotFound):
        give(session, reviewer, {"quality": 5})
    stranger = make_reviewer(session, make_event(session))
    with pytest.raises(AssignmentNotFound):
        give(session, stranger, {"quality": 5})


def test_a_role_that_was_taken_back_opens_nothing(session: Session, event: Event, reviewer: Reviewer) -> None:
    make_assignment(session, reviewer, make_registration(session, event=event))
    nobody = make_actor(Role.TILL, ScopeKind.EVENT, reviewer.account, event_id=event.id)
    with pytest.raises(AssignmentNotFound):
        reviewed_event(session, actor=nobody, slug="fair")


def test_a_recorded_run_closes_its_scores_and_not_the_others(
    session: Session, event: Event, reviewer: Reviewer
) -> None:
    for _ in range(2):
        make_assignment(session, reviewer, make_registration(session, event=event))
    give(session, reviewer, {"quality": 5})
    record_run(session, actor=ORGANIZER, slug="fair", now=NOW + timedelta(hours=1))
    with pytest.raises(ScoringClosed):
        give(session, reviewer, {"quality": 9}, now=NOW + timedelta(hours=2))
    with pytest.raises(ScoringClosed):
        step_aside(session, actor=as_actor(reviewer), slug="fair", number=1, reason="cousin", now=NOW)
    give(session, reviewer, {"quality": 9}, number=2, now=NOW + timedelta(hours=2))


def test_stepping_aside_gives_the_file_to_another(session: Session, event: Event, reviewer: Reviewer) -> None:
    other = make_reviewer(session, event)
    file = make_registration(session, event=event)
    make_assignment(session, reviewer, file)
    step_aside(session, actor=as_actor(reviewer), slug="fair", number=1, reason="cousin", now=NOW)
    assert files_on_list(session, reviewer=reviewer) == []
    [row] = files_on_list(session, reviewer=other)
    assert (row.registration_id, row.number, row.is_done) == (file.id, 1, False)


def test_desks_and_the_next_file(session: Session, event: Event, reviewer: Reviewer) -> None:
    assert [(desk.total, desk.done) for desk in desks_of(session, actor=as_actor(reviewer))] == [(0, 0)]
    for points in ({"quality": 5}, None, None):
        make_assignment(session, reviewer, make_registration(session, event=event), points)
    [desk] = desks_of(session, actor=as_actor(reviewer))
    assert (desk.event.slug, desk.total, desk.done) == ("fair", 3, 1)
    assert [row.number for row in files_on_list(session, reviewer=reviewer)] == [2, 3, 1]
    assert [next_number(session, reviewer=reviewer, after=after) for after in (0, 2, 3)] == [2, 3, 2]


def test_the_committee_is_seen_as_sums(session: Session, event: Event, reviewer: Reviewer) -> None:
    file = make_registration(session, event=event)
    make_assignment(session, reviewer, file, {"quality": 5})
    make_assignment(session, make_reviewer(session, event), file, {"quality": 8})
    make_assignment(session, make_reviewer(session, event), file)
    found = committee_of(session, registration_id=file.id)
    assert (found.reviews, found.sums) == (2, {"quality": 13})
