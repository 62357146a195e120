"""Calls that enrol and revoke devices."""

import uuid
from typing import Literal

from flask import Blueprint, Response
from sqlalchemy.orm import Session

from fairapp.accounts.models import Device
from fairapp.accounts.queries.devices import devices_of_event
from fairapp.accounts.queries.places import event_for_devices
from fairapp.accounts.services.devices import enrol_device, revoke_device
from fairapp.audit.domain import Role
from fairapp.foundation.clock import utc_now
from fairapp.web.access import current_actor, requires
from fairapp.web.calls import call
from fairapp.web.schemas import Code, Line, Moment, Page, Schema

api = Blueprint("accounts_api", __name__)

DeviceRole = Literal["gate", "till"]


class NewDevice(Schema):
    """A device to enrol. Without a stop it serves the whole event, without a stand the whole stop."""

    name: Line
    role: DeviceRole
    stop: Code | None = None
    stand: Code | None = None


class DeviceView(Schema):
    """A device, without its token."""

    id: uuid.UUID
    name: str
    role: DeviceRole
    stop: str | None
    stand: str | None
    enrolled_at: Moment
    revoked_at: Moment | None


class EnrolledDevice(Schema):
    """A device that was just enrolled; the token is given this once."""

    id: uuid.UUID
    name: str
    role: DeviceRole
    stop: str | None
    stand: str | None
    token: str


@api.post("/events/<slug>/devices")
@requires("accounts.enrol_device")
@call(body=NewDevice, answer=EnrolledDevice, status=201, secret=True, summary="Enrol a device")
def create_device(session: Session, body: NewDevice, slug: str) -> EnrolledDevice:
    """Enrol a gate or a till at an event; its token opens the sync calls of this event only."""
    device, token = enrol_device(
        session,
        actor=current_actor(),
        slug=slug,
        name=body.name,
        role=Role(body.role),
        stop=body.stop,
        stand=body.stand,
        now=utc_now(),
    )
    return EnrolledDevice(
        id=device.id, name=device.name, role=body.role, stop=body.stop, stand=body.stand, token=token
    )


@api.get("/events/<slug>/devices")
@requires("accounts.enrol_device")
@call(answer=Page[DeviceView], summary="List the devices of an event")
def list_devices(session: Session, slug: str) -> Page[DeviceView]:
    """Devices of an event, the revoked ones too."""
    event = event_for_devices(session, actor=current_actor(), slug=slug)
    rows = devices_of_event(session, event_id=event.id)
    return Page[DeviceView](
        items=[_view(row.Device, row.stop_code, row.stand_code) for row in rows], next=None
    )


@api.delete("/events/<slug>/devices/<uuid:device>")
@requires("accounts.enrol_device")
@call(status=204, summary="Revoke a device")
def delete_device(session: Session, slug: str, device: uuid.UUID) -> Response:
    """Take the access of a device back, at once."""
    revoke_device(session, actor=current_actor(), slug=slug, device_id=device, now=utc_now())
    return Response(status=204)


def _view(device: Device, stop: str | None, stand: str | None) -> DeviceView:
    role: DeviceRole = "gate" if device.role is Role.GATE else "till"
    return DeviceView(
        id=device.id,
        name=device.name,
        role=role,
        stop=stop,
        stand=stand,
        enrolled_at=device.enrolled_at,
        revoked_at=device.revoked_at,
    )
