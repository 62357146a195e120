"""The committee of an event: the seed of the draw, its members, conflicts, and who reviews what."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from fairapp.accounts.domain import Identity, normalize_email
from fairapp.accounts.errors import Unreachable
from fairapp.accounts.models import Account, RoleGrant
from fairapp.accounts.queries.people import account_by_identity
from fairapp.accounts.services.people import create_account
from fairapp.accounts.services.roles import grant_role, take_back_role
from fairapp.audit.domain import Actor, Role, ScopeKind
from fairapp.audit.services import record
from fairapp.cooperatives.models import Network
from fairapp.events.models import Event
from fairapp.events.queries import chain_of, event_for
from fairapp.foundation.clock import local_date
from fairapp.foundation.ids import new_reference, parse_reference, show_reference
from fairapp.foundation.text import clean
from fairapp.outbox.services import enqueue
from fairapp.registrations.models import Registration
from fairapp.selection.domain.assigning import File, Plan, assign, may_review
from fairapp.selection.errors import (
    AlreadyInCommittee,
    CooperativeNotRegistered,
    NameNeeded,
    NetworkUnknown,
    SeedFixed,
    SeedMissing,
)
from fairapp.selection.models import Assignment, ConflictOfInterest, Reviewer
from fairapp.selection.queries import committee as queries
from fairapp.selection.queries.runs import latest_run_id

MANAGE = "selection.manage"
SEND_PASSWORD_LINK = "accounts.send_password_link"  # noqa: S105 - the name of a task


@dataclass(frozen=True, slots=True)
class Home:
    """Where a reviewer belongs, so that it reviews nobody from there."""

    province_code: str | None = None
    commune: str | None = None
    network_code: str | None = None


def publish_seed(session: Session, *, actor: Actor, slug: str, seed: str | None, now: datetime) -> Event:
    """Publish the seed of the draw; without one it is drawn here.

    It may be set anew until the first score is given, and never after a recorded run.

    Raises: EventNotFound, SeedFixed.
    """
    event = event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    typed = clean(seed or "")
    scored = queries.score_is_given(session, event_id=event.id)
    if latest_run_id(session, event_id=event.id) is not None or (scored and (event.draw_seed or typed)):
        raise SeedFixed()
    event.draw_seed = typed or show_reference(new_reference())
    _record(
        session,
        actor,
        event,
        "selection.seed_published",
        now,
        {"seed": event.draw_seed, "typed": bool(typed)},
    )
    return event


def add_reviewer(
    session: Session,
    *,
    actor: Actor,
    slug: str,
    email: str,
    name: str,
    locale: str,
    home: Home,
    now: datetime,
) -> Reviewer:
    """Add a person to the committee by e-mail; without an account one is made and the person invited.

    Raises: EventNotFound, NameNeeded, AlreadyInCommittee, NetworkUnknown, Unreachable.
    """
    event = event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    account = _account(session, actor, email, name, locale, now)
    reviewer = session.scalar(select(Reviewer).filter_by(event_id=event.id, account_id=account.id))
    if reviewer is not None and reviewer.removed_at is None:
        raise AlreadyInCommittee()
    if reviewer is None:
        reviewer = Reviewer(event_id=event.id, account_id=account.id, added_at=now)
        session.add(reviewer)
    reviewer.removed_at = None
    _settle_home(session, reviewer, home)
    session.flush()
    grant_role(
        session,
        actor=actor,
        account_id=account.id,
        role=Role.REVIEWER,
        scope=ScopeKind.EVENT,
        event_id=event.id,
        now=now,
    )
    _record(session, actor, event, "selection.reviewer_added", now, {"reviewer": reviewer.id})
    return reviewer


def change_reviewer(
    session: Session, *, actor: Actor, slug: str, account_code: str, home: Home, now: datetime
) -> Reviewer:
    """Change where a reviewer belongs; files that it may no longer judge are taken from it.

    Raises: EventNotFound, ReviewerNotFound, NetworkUnknown.
    """
    event = event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    reviewer = queries.reviewer_for(session, event=event, account_code=account_code, lock=True)
    _settle_home(session, reviewer, home)
    session.flush()
    released = _release_forbidden(session, event, reviewer, now)
    _record(
        session,
        actor,
        event,
        "selection.reviewer_changed",
        now,
        {"reviewer": reviewer.id, "released": released},
    )
    return reviewer


def remove_reviewer(
    session: Session, *, actor: Actor, slug: str, account_code: str, now: datetime
) -> Reviewer:
    """Take a person out of the committee; scores that it gave stay, files not scored yet become free.

    Raises: EventNotFound, ReviewerNotFound.
    """
    event = event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    reviewer = queries.reviewer_for(session, event=event, account_code=account_code, lock=True)
    reviewer.removed_at = now
    released = _release(session, reviewer, now, Assignment.scored_at.is_(None))
    grants = session.scalars(
        select(RoleGrant.id).filter_by(
            account_id=reviewer.account_id, role=Role.REVIEWER, event_id=event.id, revoked_at=None
        )
    ).all()
    for grant_id in grants:
        take_back_role(session, actor=actor, account_id=reviewer.account_id, grant_id=grant_id, now=now)
    _record(
        session,
        actor,
        event,
        "selection.reviewer_removed",
        now,
        {"reviewer": reviewer.id, "released": released},
    )
    return reviewer


def declare_conflict(
    session: Session,
    *,
    actor: Actor,
    slug: str,
    account_code: str,
    reference: str,
    reason: str,
    now: datetime,
) -> ConflictOfInterest:
    """Write down for a reviewer that it may not judge the cooperative of a registration.

    Raises: EventNotFound, ReviewerNotFound, CooperativeNotRegistered.
    """
    event = event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    reviewer = queries.reviewer_for(session, event=event, account_code=account_code, lock=True)
    registration = session.scalar(
        select(Registration).where(
            Registration.event_id == event.id, Registration.reference == (parse_reference(reference) or "")
        )
    )
    if registration is None:
        raise CooperativeNotRegistered()
    return note_conflict(
        session,
        actor=actor,
        event=event,
        reviewer=reviewer,
        registration=registration,
        reason=reason,
        now=now,
    )


def note_conflict(
    session: Session,
    *,
    actor: Actor,
    event: Event,
    reviewer: Reviewer,
    registration: Registration,
    reason: str,
    now: datetime,
) -> ConflictOfInterest:
    """Note a conflict of a locked reviewer, take the file from it and give it to another."""
    known = session.scalar(
        select(ConflictOfInterest).filter_by(
            reviewer_id=reviewer.id, cooperative_id=registration.cooperative_id
        )
    )
    conflict = known or ConflictOfInterest(
        reviewer_id=reviewer.id, cooperative_id=registration.cooperative_id, declared_at=now
    )
    conflict.reason = clean(reason)
    session.add(conflict)
    session.flush()
    released = _release(session, reviewer, now, Assignment.registration_id == registration.id)
    plan = _fill(session, event, now, only=frozenset({registration.id})) if released else Plan(())
    _record(
        session,
        actor,
        event,
        "selection.conflict_declared",
        now,
        {
            "reviewer": reviewer.id,
            "registration": registration.id,
            "given_to": [reviewer_id for _file, reviewer_id in plan.pairs],
        },
    )
    return conflict


def plan_assignments(session: Session, *, event: Event, now: datetime) -> Plan:
    """Return who would review what if the files that are left were shared out now; changes nothing."""
    return _plan(session, event, now, None)[0]


def assign_reviewers(session: Session, *, actor: Actor, slug: str, now: datetime) -> Plan:
    """Share out the files that still lack reviewers.

    Raises: EventNotFound, SeedMissing.
    """
    event = event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    if not event.draw_seed:
        raise SeedMissing()
    plan = _fill(session, event, now)
    _record(
        session,
        actor,
        event,
        "selection.assigned",
        now,
        {"pairs": len(plan.pairs), "lacking": len(plan.lacking)},
    )
    return plan


def _account(session: Session, actor: Actor, email: str, name: str, locale: str, now: datetime) -> Account:
    address = normalize_email(email)
    if address is None:
        raise Unreachable()
    known = account_by_identity(session, identity=Identity(email=address))
    if known is not None:
        return known
    if not clean(name):
        raise NameNeeded()
    account = create_account(
        session, actor=actor, name=name, email=address, phone=None, locale=locale, now=now
    )
    enqueue(
        session,
        SEND_PASSWORD_LINK,
        payload={"account_id": account.id},
        key=f"{SEND_PASSWORD_LINK}:first:{account.id}",
        now=now,
    )
    return account


def _settle_home(session: Session, reviewer: Reviewer, home: Home) -> None:
    network_id = None
    if home.network_code:
        network_id = session.scalar(select(Network.id).where(Network.code == home.network_code))
        if network_id is None:
            raise NetworkUnknown()
    reviewer.province_code = home.province_code or None
    reviewer.commune = clean(home.commune or "") or None
    reviewer.network_id = network_id


def _release(session: Session, reviewer: Reviewer, now: datetime, *conditions: Any) -> int:
    live = select(Assignment.id).where(
        Assignment.reviewer_id == reviewer.id, Assignment.released_at.is_(None), *conditions
    )
    ids = session.scalars(live).all()
    session.execute(update(Assignment).where(Assignment.id.in_(ids)).values(released_at=now))
    return len(ids)


def _release_forbidden(session: Session, event: Event, reviewer: Reviewer, now: datetime) -> int:
    judge = next(judge for judge in queries.judges_of(session, event_id=event.id) if judge.id == reviewer.id)
    files = queries.files_of(session, event_id=event.id, today=local_date(now))
    forbidden = [file.id for file in files if not may_review(judge, file)]
    return _release(session, reviewer, now, Assignment.registration_id.in_(forbidden))


def _plan(
    session: Session, event: Event, now: datetime, only: Collection[int] | None
) -> tuple[Plan, dict[int, File]]:
    files = {file.id: file for file in queries.files_of(session, event_id=event.id, today=local_date(now))}
    plan = assign(
        [file for file in files.values() if only is None or file.id in only],
        queries.judges_of(session, event_id=event.id),
        held=queries.held_pairs(session, event_id=event.id),
        wanted=event.reviews_wanted,
        seed=event.draw_seed or "",
    )
    return plan, files


def _fill(session: Session, event: Event, now: datetime, only: Collection[int] | None = None) -> Plan:
    plan, _files = _plan(session, event, now, only)
    known = {
        (row[0], row[1]): row[2]
        for row in session.execute(
            select(Assignment.registration_id, Assignment.reviewer_id, Assignment.id)
            .join(Reviewer, Reviewer.id == Assignment.reviewer_id)
            .where(Reviewer.event_id == event.id)
        )
    }
    again = [known[pair] for pair in plan.pairs if pair in known]
    session.execute(
        update(Assignment).where(Assignment.id.in_(again)).values(released_at=None, assigned_at=now)
    )
    numbers = {
        row[0]: row[1]
        for row in session.execute(
            select(Assignment.reviewer_id, func.max(Assignment.number))
            .join(Reviewer, Reviewer.id == Assignment.reviewer_id)
            .where(Reviewer.event_id == event.id)
            .group_by(Assignment.reviewer_id)
        )
    }
    rows = []
    for registration_id, reviewer_id in plan.pairs:
        if (registration_id, reviewer_id) not in known:
            numbers[reviewer_id] = numbers.get(reviewer_id, 0) + 1
            rows.append(
                {
                    "registration_id": registration_id,
                    "reviewer_id": reviewer_id,
                    "number": numbers[reviewer_id],
                    "assigned_at": now,
                }
            )
    if rows:
        session.execute(insert(Assignment), rows)
    return plan


def _record(
    session: Session, actor: Actor, event: Event, action: str, now: datetime, details: dict[str, Any]
) -> None:
    record(
        session,
        actor=actor,
        action=action,
        subject_type="event",
        subject_id=event.id,
        details=details,
        chain=chain_of(event),
        now=now,
    )
