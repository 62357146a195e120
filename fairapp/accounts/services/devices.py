"""Phones and tablets that scan or record sales at one event."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from fairapp.accounts.errors import RoleOutOfPlace
from fairapp.accounts.models import Device
from fairapp.accounts.queries.devices import device_for_update
from fairapp.accounts.queries.places import event_for_devices, place_of_device
from fairapp.audit import services as audit
from fairapp.audit.domain import Actor, Role
from fairapp.foundation.ids import new_token, token_hash
from fairapp.foundation.text import clean

DEVICE_ROLES = (Role.GATE, Role.TILL)


def enrol_device(
    session: Session,
    *,
    actor: Actor,
    slug: str,
    name: str,
    role: Role,
    now: datetime,
    stop: str | None = None,
    stand: str | None = None,
) -> tuple[Device, str]:
    """Enrol a device at an event and return it with its token; only the hash is kept.

    `stop` and `stand` are codes; without them the device serves the whole event.

    Raises: EventUnknown, StopUnknown, StandUnknown, RoleOutOfPlace.
    """
    event = event_for_devices(session, actor=actor, slug=slug)
    if role not in DEVICE_ROLES:
        raise RoleOutOfPlace()
    stop_id, stand_id = place_of_device(session, event_id=event.id, stop=stop, stand=stand)
    token = new_token()
    device = Device(
        id=uuid.uuid4(),
        name=clean(name),
        role=role,
        event_id=event.id,
        stop_id=stop_id,
        stand_id=stand_id,
        token_hash=token_hash(token),
        enrolled_at=now,
        enrolled_by_id=actor.account_id,
    )
    session.add(device)
    session.flush()
    _record(session, actor, "accounts.device_enrolled", device, now, slug)
    return device, token


def revoke_device(
    session: Session, *, actor: Actor, slug: str, device_id: uuid.UUID, now: datetime
) -> Device:
    """Take the access of a device back, at once.

    Raises: EventUnknown, NotFound.
    """
    event = event_for_devices(session, actor=actor, slug=slug)
    device = device_for_update(session, event_id=event.id, device_id=device_id)
    device.revoked_at = now
    _record(session, actor, "accounts.device_revoked", device, now, slug)
    return device


def _record(session: Session, actor: Actor, action: str, device: Device, now: datetime, slug: str) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        subject_type="device",
        subject_id=device.id,
        details={"role": device.role.value, "stop_id": device.stop_id, "stand_id": device.stand_id},
        now=now,
        chain=f"event:{slug}",
    )
