"""Devices of an event: enrolled, listed, revoked by its organizer."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fairapp.accounts.forms import ActForm, DeviceForm
from fairapp.accounts.models import Device
from fairapp.accounts.qr import qr_path
from fairapp.accounts.queries.devices import devices_of_event
from fairapp.accounts.queries.places import event_for_devices, stops_of_event
from fairapp.accounts.routes import pages
from fairapp.accounts.routes.naming import title_of
from fairapp.accounts.services.devices import enrol_device, revoke_device
from fairapp.audit.domain import Role
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import NotFound, RuleViolation
from fairapp.web.access import current_actor, requires
from fairapp.web.forms import form_status, show_on_form


@pages.route("/organizer/events/<slug>/devices", methods=("GET", "POST"))
@requires("accounts.enrol_device")
def manage_devices(slug: str) -> ResponseReturnValue:
    """List the devices of an event and enrol one; its token is shown once."""
    session = reading()
    event = event_for_devices(session, actor=current_actor(), slug=slug)
    stops = stops_of_event(session, event_id=event.id)
    form = DeviceForm()
    form.offer([(stop.code, title_of(stop, "place")) for stop in stops])
    if form.validate_on_submit():
        try:
            device, token = _enrol(slug, form)
        except RuleViolation as refusal:
            show_on_form(form, refusal)
        else:
            page = render_template(
                "accounts/device_token.html", event=event, device=device, token=token, qr=qr_path(token)
            )
            return page, 201
    page = render_template(
        "accounts/devices.html",
        event=event,
        event_title=title_of(event, "title"),
        stops=stops,
        form=form,
        act=ActForm(),
        devices=devices_of_event(session, event_id=event.id),
    )
    return page, form_status(form)


@pages.post("/organizer/events/<slug>/devices/revoke")
@requires("accounts.enrol_device")
def drop_device(slug: str) -> ResponseReturnValue:
    """Take the access of a device back."""
    try:
        device_id = uuid.UUID(ActForm().subject.data or "")
    except ValueError:
        raise NotFound() from None
    with transaction() as session:
        revoke_device(session, actor=current_actor(), slug=slug, device_id=device_id, now=utc_now())
    flash(_("The device no longer has access."))
    return redirect(url_for("accounts.manage_devices", slug=slug), 303)


def _enrol(slug: str, form: DeviceForm) -> tuple[Device, str]:
    with transaction() as session:
        return enrol_device(
            session,
            actor=current_actor(),
            slug=slug,
            name=form.name.data,
            role=Role(form.role.data),
            stop=form.stop.data or None,
            stand=(form.stand.data or "").upper() or None,
            now=utc_now(),
        )
