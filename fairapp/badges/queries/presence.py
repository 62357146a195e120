"""Who was present: what the counts of an event and the statistics are made of."""

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from fairapp.badges.domain import ScanOutcome
from fairapp.badges.models import Badge, Scan
from fairapp.badges.queries.gate import let_in
from fairapp.registrations.models import Registration


def shows_presence() -> ColumnElement[bool]:
    """Return the condition on `Scan` under which its person was present.

    Let in, or read again when in already; a scan that the gate refused by itself is none.
    """
    return or_(let_in(), Scan.outcome == ScanOutcome.ALREADY_IN) & or_(
        Scan.decided.is_(None), Scan.decided == "admitted"
    )


def presences() -> Select[int, int]:
    """Return event and cooperative of every presence at an entrance, each pair once."""
    return (
        select(Registration.event_id, Registration.cooperative_id)
        .join(Badge, Badge.registration_id == Registration.id)
        .join(Scan, Scan.badge_id == Badge.id)
        .where(Scan.event_id == Badge.event_id, shows_presence())
        .distinct()
    )


def present_cooperatives(session: Session, event_id: int) -> set[int]:
    """Return the ids of the cooperatives of which someone came to the event."""
    rows = session.execute(presences().where(Registration.event_id == event_id))
    return {cooperative_id for _event_id, cooperative_id in rows}


def count_present(session: Session, event_ids: Collection[int]) -> Mapping[int, int]:
    """Return how many cooperatives were present, by event; events without any are absent."""
    pairs = presences().where(Registration.event_id.in_(event_ids)).subquery()
    query = select(pairs.c.event_id, func.count()).group_by(pairs.c.event_id)
    return dict(session.execute(query).all())
