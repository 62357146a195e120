"""Devices of an event."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.accounts.models import Device
from fairapp.accounts.queries.places import STANDS, STOPS, AnyRow
from fairapp.foundation.errors import NotFound


def devices_of_event(session: Session, *, event_id: int) -> Sequence[AnyRow]:
    """Return `(Device, stop_code, stand_code)` of an event: those in use first, then by name."""
    return session.execute(
        select(Device, STOPS.c.code.label("stop_code"), STANDS.c.code.label("stand_code"))
        .outerjoin(STOPS, STOPS.c.id == Device.stop_id)
        .outerjoin(STANDS, STANDS.c.id == Device.stand_id)
        .where(Device.event_id == event_id)
        .order_by(Device.revoked_at.is_not(None), Device.name, Device.enrolled_at)
    ).all()


def device_for_update(session: Session, *, event_id: int, device_id: uuid.UUID) -> Device:
    """Return an unrevoked device of an event, locked.

    Raises: NotFound.
    """
    device = session.scalar(
        select(Device)
        .where(Device.id == device_id, Device.event_id == event_id, Device.revoked_at.is_(None))
        .with_for_update()
    )
    if device is None:
        raise NotFound()
    return device
