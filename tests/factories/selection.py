"""Criteria, quotas, places, committees with files and scores."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fairapp.accounts.models import Account
from fairapp.audit.domain import Role, ScopeKind
from fairapp.events.domain import CriterionSource, QuotaKind
from fairapp.events.models import Capacity, Criterion, Event, Quota
from fairapp.registrations.models import Registration
from fairapp.selection.models import Assignment, Reviewer, Score
from tests import NOW
from tests.factories.accounts import make_account


def make_criterion(
    session: Session, event: Event, code: str = "quality", weight: int = 100, **overrides: Any
) -> Criterion:
    """Make a criterion of the committee on a scale of 10."""
    position = session.scalar(select(func.count()).where(Criterion.event_id == event.id)) or 0
    values = {
        "code": code,
        "position": position,
        "title_ar": f"معيار {code}",
        "title_fr": f"Critère {code}",
        "title_en": f"Criterion {code}",
        "guide_ar": f"دليل {code}",
        "guide_fr": f"Guide {code}",
        "guide_en": f"Guide {code}",
        "weight": weight,
        "scale": 10,
        "source": CriterionSource.COMMITTEE,
    }
    criterion = Criterion(event_id=event.id, **(values | overrides))
    session.add(criterion)
    session.flush()
    return criterion


def make_quota(session: Session, event: Event, kind: str, percent: int, target: str = "") -> Quota:
    """Make a quota."""
    quota = Quota(event_id=event.id, kind=QuotaKind(kind), target=target, least_percent=percent)
    session.add(quota)
    session.flush()
    return quota


def make_places(session: Session, event: Event, places: int, *, stop: str = "", sector: str = "") -> Capacity:
    """Make places."""
    capacity = Capacity(event_id=event.id, stop_code=stop, sector_code=sector, places=places)
    session.add(capacity)
    session.flush()
    return capacity


def make_reviewer(
    session: Session, event: Event, account: Account | None = None, **overrides: Any
) -> Reviewer:
    """Make a member of an event's committee, with its role."""
    account = account or make_account(session, Role.REVIEWER, ScopeKind.EVENT, event_id=event.id)
    reviewer = Reviewer(**({"event_id": event.id, "account_id": account.id, "added_at": NOW} | overrides))
    reviewer.account = account
    session.add(reviewer)
    session.flush()
    return reviewer


def make_assignment(
    session: Session,
    reviewer: Reviewer,
    registration: Registration,
    scores: Mapping[str, int] | None = None,
    **overrides: Any,
) -> Assignment:
    """Give a file to a reviewer under the next number; with scores it is done."""
    last = session.scalar(select(func.max(Assignment.number)).where(Assignment.reviewer_id == reviewer.id))
    values = {
        "registration_id": registration.id,
        "reviewer_id": reviewer.id,
        "number": (last or 0) + 1,
        "assigned_at": NOW,
        "scored_at": NOW if scores is not None else None,
    }
    assignment = Assignment(**(values | overrides))
    session.add(assignment)
    session.flush()
    session.add_all(
        Score(assignment_id=assignment.id, criterion_code=code, points=points, given_at=NOW)
        for code, points in (scores or {}).items()
    )
    session.flush()
    return assignment
