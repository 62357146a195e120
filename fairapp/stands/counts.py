"""Counts that pages of events show: stands by stop, registrations by event."""

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, distinct, exists, func, select
from sqlalchemy.orm import Session

from fairapp.registrations.domain import WAITING, RegistrationState
from fairapp.registrations.models import Registration, RegistrationStop
from fairapp.stands.domain import StandKind
from fairapp.stands.models import Allocation, Stand


def count_stands(session: Session, stop_ids: Collection[int]) -> Mapping[int, int]:
    """Return how many stands for exhibitors each stop has."""
    return _stands(session, stop_ids)


def count_free_stands(session: Session, stop_ids: Collection[int]) -> Mapping[int, int]:
    """Return how many stands for exhibitors nobody holds at each stop."""
    held = exists().where(Allocation.stand_id == Stand.id, Allocation.released_at.is_(None))
    return _stands(session, stop_ids, ~held)


def count_without_stand(session: Session, stop_ids: Collection[int]) -> Mapping[int, int]:
    """Return how many accepted registrations ask for each stop and hold no stand there."""
    holds = exists().where(
        Allocation.registration_id == RegistrationStop.registration_id,
        Allocation.stop_id == RegistrationStop.stop_id,
        Allocation.released_at.is_(None),
    )
    rows = session.execute(
        select(RegistrationStop.stop_id, func.count())
        .join(Registration, Registration.id == RegistrationStop.registration_id)
        .where(
            RegistrationStop.stop_id.in_(stop_ids), Registration.state == RegistrationState.ACCEPTED, ~holds
        )
        .group_by(RegistrationStop.stop_id)
    )
    return {row[0]: row[1] for row in rows}


def count_accepted(session: Session, event_ids: Collection[int]) -> Mapping[int, int]:
    """Return how many distinct cooperatives are accepted for each event."""
    return _registrations(session, event_ids, Registration.state == RegistrationState.ACCEPTED)


def count_waiting(session: Session, event_ids: Collection[int]) -> Mapping[int, int]:
    """Return how many registrations wait for a decision in each event."""
    return _registrations(session, event_ids, Registration.state.in_(WAITING))


def _stands(
    session: Session, stop_ids: Collection[int], *conditions: ColumnElement[bool]
) -> Mapping[int, int]:
    rows = session.execute(
        select(Stand.stop_id, func.count())
        .where(Stand.stop_id.in_(stop_ids), Stand.kind == StandKind.EXHIBITOR, *conditions)
        .group_by(Stand.stop_id)
    )
    return {row[0]: row[1] for row in rows}


def _registrations(
    session: Session, event_ids: Collection[int], condition: ColumnElement[bool]
) -> Mapping[int, int]:
    rows = session.execute(
        select(Registration.event_id, func.count(distinct(Registration.cooperative_id)))
        .where(Registration.event_id.in_(event_ids), condition)
        .group_by(Registration.event_id)
    )
    return {row[0]: row[1] for row in rows}
