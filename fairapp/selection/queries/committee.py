"""Reads of a committee: its members, their progress, and who could review what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, joinedload

from fairapp.accounts.models import Account, RoleGrant
from fairapp.audit.domain import Role
from fairapp.cooperatives.models import Cooperative, Membership, Network
from fairapp.cooperatives.queries import holds_on
from fairapp.events.models import Event
from fairapp.foundation.text import fold
from fairapp.registrations.models import Registration
from fairapp.selection.domain.assigning import File, Judge
from fairapp.selection.errors import ReviewerNotFound
from fairapp.selection.models import Assignment, ConflictOfInterest, Reviewer
from fairapp.selection.queries.field import competes


@dataclass(frozen=True, slots=True)
class Member:
    """A reviewer with its account, and how far it is. `conflicts` counts what it declared."""

    reviewer: Reviewer
    network: Network | None
    assigned: int
    scored: int
    conflicts: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the reviews of an event are. `unreviewed` have no score yet, `full` all that are wanted."""

    registrations: int
    assigned: int
    scored: int
    unreviewed: int
    full: int
    lacking: int  # fewer reviewers assigned than wanted


def members_of(session: Session, *, event_id: int) -> list[Member]:
    """Return the members of a committee by name, in three queries."""
    rows = session.execute(
        select(Reviewer, Network)
        .options(joinedload(Reviewer.account))
        .join(Account, Account.id == Reviewer.account_id)
        .outerjoin(Network, Network.id == Reviewer.network_id)
        .where(Reviewer.event_id == event_id, Reviewer.removed_at.is_(None))
        .order_by(Account.name, Reviewer.id)
    ).all()
    counts = {
        row.reviewer_id: (row.assigned, row.scored)
        for row in session.execute(
            select(
                Assignment.reviewer_id,
                func.count(Assignment.id).label("assigned"),
                func.count(Assignment.scored_at).label("scored"),
            )
            .join(Reviewer, Reviewer.id == Assignment.reviewer_id)
            .join(Registration, Registration.id == Assignment.registration_id)
            .where(Reviewer.event_id == event_id, Assignment.released_at.is_(None), competes())
            .group_by(Assignment.reviewer_id)
        )
    }
    conflicts = {
        row[0]: row[1]
        for row in session.execute(
            select(ConflictOfInterest.reviewer_id, func.count())
            .join(Reviewer, Reviewer.id == ConflictOfInterest.reviewer_id)
            .where(Reviewer.event_id == event_id)
            .group_by(ConflictOfInterest.reviewer_id)
        )
    }
    return [
        Member(reviewer, network, *counts.get(reviewer.id, (0, 0)), conflicts.get(reviewer.id, 0))
        for reviewer, network in rows
    ]


def reviewer_for(session: Session, *, event: Event, account_code: str, lock: bool = False) -> Reviewer:
    """Return a member of an event's committee with its account, by the code of the account.

    Raises: ReviewerNotFound.
    """
    query = (
        select(Reviewer)
        .options(joinedload(Reviewer.account))
        .join(Account, Account.id == Reviewer.account_id)
        .where(Reviewer.event_id == event.id, Reviewer.removed_at.is_(None), Account.code == account_code)
    )
    found = session.scalar(query.with_for_update(of=Reviewer) if lock else query)
    if found is None:
        raise ReviewerNotFound()
    return found


def conflicts_of(session: Session, *, reviewer: Reviewer) -> Sequence[tuple[ConflictOfInterest, Cooperative]]:
    """Return what a reviewer declared, with the cooperatives, latest first."""
    rows = session.execute(
        select(ConflictOfInterest, Cooperative)
        .join(Cooperative, Cooperative.id == ConflictOfInterest.cooperative_id)
        .where(ConflictOfInterest.reviewer_id == reviewer.id)
        .order_by(ConflictOfInterest.id.desc())
    )
    return [(row[0], row[1]) for row in rows]


def networks(session: Session) -> Sequence[Network]:
    """Return all networks by name, for a choice."""
    return session.scalars(select(Network).order_by(Network.name_ar, Network.id)).all()


def progress_of(session: Session, *, event: Event) -> Progress:
    """Return how far the reviews are, in one query."""
    live = Assignment.released_at.is_(None)
    per_file = (
        select(
            Registration.id,
            func.count(Assignment.id).label("assigned"),
            func.count(Assignment.scored_at).label("scored"),
        )
        .outerjoin(Assignment, (Assignment.registration_id == Registration.id) & live)
        .where(Registration.event_id == event.id, competes())
        .group_by(Registration.id)
        .subquery()
    )

    def counted(condition: object) -> object:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)  # type: ignore[arg-type] # a condition

    row = session.execute(
        select(
            func.count(per_file.c.id),
            func.coalesce(func.sum(per_file.c.assigned), 0),
            func.coalesce(func.sum(per_file.c.scored), 0),
            counted(per_file.c.scored == 0),
            counted(per_file.c.scored >= event.reviews_wanted),
            counted(per_file.c.assigned < event.reviews_wanted),
        )  # type: ignore[call-overload] # as above
    ).one()
    return Progress(*(int(value) for value in row))


def files_named(session: Session, *, ids: Sequence[int]) -> list[tuple[str, Cooperative]]:
    """Return references and cooperatives of some registrations, by reference."""
    rows = session.execute(
        select(Registration.reference, Cooperative)
        .join(Cooperative, Cooperative.id == Registration.cooperative_id)
        .where(Registration.id.in_(ids))
        .order_by(Registration.reference)
    )
    return [(row[0], row[1]) for row in rows]


def judges_of(session: Session, *, event_id: int) -> list[Judge]:
    """Return the members of a committee with what they may not judge.

    A cooperative that a reviewer has an account of is a conflict without being declared.
    """
    reviewers = session.scalars(
        select(Reviewer)
        .where(Reviewer.event_id == event_id, Reviewer.removed_at.is_(None))
        .order_by(Reviewer.id)
    ).all()
    conflicts: dict[int, set[int]] = {reviewer.id: set() for reviewer in reviewers}
    declared = session.execute(
        select(ConflictOfInterest.reviewer_id, ConflictOfInterest.cooperative_id)
        .join(Reviewer, Reviewer.id == ConflictOfInterest.reviewer_id)
        .where(Reviewer.event_id == event_id)
    )
    own = session.execute(
        select(Reviewer.id, RoleGrant.cooperative_id)
        .join(RoleGrant, RoleGrant.account_id == Reviewer.account_id)
        .where(
            Reviewer.event_id == event_id,
            RoleGrant.role == Role.COOPERATIVE,
            RoleGrant.revoked_at.is_(None),
            RoleGrant.cooperative_id.is_not(None),
        )
    )
    for rows in (declared, own):
        for reviewer_id, cooperative_id in rows:
            conflicts.setdefault(reviewer_id, set()).add(int(cooperative_id or 0))
    return [
        Judge(
            id=reviewer.id,
            commune=fold(reviewer.commune or ""),
            province=reviewer.province_code or "",
            network_id=reviewer.network_id,
            conflicts=frozenset(conflicts[reviewer.id]),
        )
        for reviewer in reviewers
    ]


def files_of(session: Session, *, event_id: int, today: date) -> list[File]:
    """Return the registrations to be reviewed, with commune and networks of the day."""
    here = (Registration.event_id == event_id, competes())
    networks: dict[int, set[int]] = {}
    members = session.execute(
        select(Registration.id, Membership.network_id)
        .join(Membership, Membership.cooperative_id == Registration.cooperative_id)
        .where(*here, holds_on(Membership, today))
    )
    for registration_id, network_id in members:
        networks.setdefault(registration_id, set()).add(network_id)
    rows = session.execute(
        select(
            Registration.id,
            Registration.reference,
            Registration.cooperative_id,
            Cooperative.commune,
            Cooperative.province_code,
        )
        .join(Cooperative, Cooperative.id == Registration.cooperative_id)
        .where(*here)
    )
    return [
        File(
            id=row.id,
            reference=row.reference,
            cooperative_id=row.cooperative_id,
            commune=fold(row.commune),
            province=row.province_code,
            network_ids=frozenset(networks.get(row.id, ())),
        )
        for row in rows
    ]


def held_pairs(session: Session, *, event_id: int) -> list[tuple[int, int]]:
    """Return who reviews what now: pairs of registration and reviewer."""
    rows = session.execute(
        select(Assignment.registration_id, Assignment.reviewer_id)
        .join(Reviewer, Reviewer.id == Assignment.reviewer_id)
        .where(Reviewer.event_id == event_id, Assignment.released_at.is_(None))
    )
    return [(row[0], row[1]) for row in rows]


def score_is_given(session: Session, *, event_id: int) -> bool:
    """Tell whether any score was given for an event."""
    query = (
        select(Assignment.id)
        .join(Reviewer, Reviewer.id == Assignment.reviewer_id)
        .where(Reviewer.event_id == event_id, Assignment.scored_at.is_not(None))
        .limit(1)
    )
    return session.scalar(query) is not None
