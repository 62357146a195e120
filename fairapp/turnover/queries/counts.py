"""Counts of cooperatives and people of an event."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, case, distinct, func, or_, select, true
from sqlalchemy.orm import Session

from fairapp.badges.domain import GateDecision, ScanOutcome
from fairapp.badges.models import Badge, Scan
from fairapp.events.models import Event
from fairapp.registrations.domain import Gender, RegistrationState
from fairapp.registrations.models import Registration, Representative
from fairapp.turnover.domain import Share

CAME_IN = or_(Scan.outcome == ScanOutcome.ADMITTED, Scan.decided == GateDecision.ADMITTED)


def registered_and_accepted(
    session: Session, *, event: Event, cooperative_ids: Collection[int] | None = None
) -> tuple[int, int]:
    """Return distinct cooperatives that registered (the withdrawn too) and that are accepted."""
    accepted = case((Registration.state == RegistrationState.ACCEPTED, Registration.cooperative_id))
    row = session.execute(
        select(
            func.count(distinct(Registration.cooperative_id)).label("registered"),
            func.count(distinct(accepted)).label("accepted"),
        ).where(
            Registration.event_id == event.id,
            Registration.state != RegistrationState.DRAFT,
            _among(cooperative_ids),
        )
    ).one()
    return row.registered, row.accepted


def present(session: Session, *, event: Event, cooperative_ids: Collection[int] | None = None) -> int | None:
    """Return distinct cooperatives of which somebody came in; None when nobody scanned at all."""
    came_in = case((CAME_IN, Registration.cooperative_id))
    row = session.execute(
        select(func.count(Scan.id).label("scans"), func.count(distinct(came_in)).label("present"))
        .select_from(Scan)
        .outerjoin(Badge, Badge.id == Scan.badge_id)
        .outerjoin(
            Registration,
            (Registration.id == Badge.registration_id)
            & (Registration.event_id == event.id)
            & _among(cooperative_ids),
        )
        .where(Scan.event_id == event.id)
    ).one()
    return row.present if row.scans else None


def women_among_exhibitors(
    session: Session, *, event: Event, cooperative_ids: Collection[int] | None = None
) -> Share:
    """Return women among the representatives of accepted registrations."""
    rows = session.execute(
        select(Representative.gender, func.count().label("people"))
        .join(Registration, Registration.id == Representative.registration_id)
        .where(
            Registration.event_id == event.id,
            Registration.state == RegistrationState.ACCEPTED,
            _among(cooperative_ids),
        )
        .group_by(Representative.gender)
    )
    people = {row.gender: row.people for row in rows}
    women, men = people.get(Gender.WOMAN, 0), people.get(Gender.MAN, 0)
    return Share(part=women, base=women + men, not_stated=people.get(None, 0))


def _among(cooperative_ids: Collection[int] | None) -> ColumnElement[bool]:
    return true() if cooperative_ids is None else Registration.cooperative_id.in_(cooperative_ids)
