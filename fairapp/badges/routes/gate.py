"""The gate in the browser: choose the place, scan or type, see the verdict, decide by hand."""

import uuid
from pathlib import Path
from typing import Any

from flask import Response, current_app, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from fairapp.badges import codes, printing
from fairapp.badges.domain import HandReason
from fairapp.badges.forms import GATES, HAND_REASONS, HandForm, PlaceForm, ScanForm
from fairapp.badges.models import Scan
from fairapp.badges.queries import gate as queries
from fairapp.badges.queries.cards import rows_of_ids
from fairapp.badges.routes import pages
from fairapp.badges.services.scanning import Entry, let_in_by_hand, record_scans
from fairapp.events.domain import trading_day
from fairapp.events.models import Event, Stop
from fairapp.events.queries import event_for, stop_of
from fairapp.foundation.clock import local_date, utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import Refusal
from fairapp.web.access import current_actor, requires
from fairapp.web.filters import localized
from fairapp.web.forms import form_status, show_on_form
from fairapp.web.limits import takes_up_to

SCAN = "badges.scan"
BACK_TO_CAMERA_S = 4
JSQR = "vendor/jsQR.js"
_KINDS = {"admitted": "yes", "already_in": "dup"}
MOST_PHOTO_BYTES = 12 * 1024 * 1024


@pages.app_template_global()
def gate_name(gate: str) -> str:
    """Return a gate as staff call it."""
    return str(GATES[gate]) if gate in GATES else _("Gate %(gate)s", gate=gate)


@pages.get("/gate")
@requires("badges.scan")
def gate() -> ResponseReturnValue:
    """Show the scanner of a gate; without a place in the address, choose it first."""
    slug, stop_code = request.args.get("event"), request.args.get("stop")
    if slug and stop_code:
        event = _event(slug)
        return _scanner(event, stop_of(event, stop_code), ScanForm(formdata=None))
    stops = queries.gate_stops(reading(), actor=current_actor(), today=local_date(utc_now()))
    if len(stops) == 1:
        return redirect(_gate_url(stops[0].event.slug, stops[0].code, "main"), 303)
    form = PlaceForm(request.args if "gate" in request.args else None)
    form.place.choices = [
        SelectChoice(f"{stop.event.slug} {stop.code}", localized(stop.event, "title")) for stop in stops
    ]
    if "gate" in request.args and form.validate():
        slug, _space, stop_code = form.place.data.partition(" ")
        return redirect(_gate_url(slug, stop_code, form.gate.data), 303)
    return render_template(
        "badges/gate_place.html",
        form=form,
        stops={f"{stop.event.slug} {stop.code}": stop for stop in stops},
        today=local_date(utc_now()),
    )


@pages.post("/gate/scans")
@takes_up_to(MOST_PHOTO_BYTES)
@requires("badges.scan")
def scan() -> ResponseReturnValue:
    """Record a scan and show its verdict; to the page's own script as JSON."""
    form = ScanForm()
    event = _event(form.event.data or "")
    stop = stop_of(event, form.stop.data or "")
    if form.validate_on_submit() and (code := _code(form)):
        entry = Entry(
            id=_scan_id(form.id.data),
            stop=stop.code,
            gate=form.gate.data or "main",
            code=code,
            scanned_at=utc_now(),
        )
        try:
            with transaction() as session:
                found = event_for(session, actor=current_actor(), action=SCAN, slug=event.slug)
                result = record_scans(
                    session, actor=current_actor(), event=found, entries=[entry], now=utc_now()
                )[0]
        except Refusal as refusal:
            show_on_form(form, refusal)
        else:
            return _answer(result.id)
    return _scanner(event, stop, form)


@pages.get("/gate/scans/<uuid:scan_id>")
@requires("badges.scan")
def verdict(scan_id: uuid.UUID) -> ResponseReturnValue:
    """Show the verdict on a scan, big; after an admission the scanner comes back by itself."""
    values = _verdict(scan_id)
    response = make_response(render_template("badges/verdict.html", **values))
    if values["kind"] == "yes":
        response.headers["Refresh"] = f"{BACK_TO_CAMERA_S}; url={values['next_url']}"
    return response


@pages.post("/gate/scans/<uuid:scan_id>/let-in")
@requires("badges.scan")
def let_in(scan_id: uuid.UUID) -> ResponseReturnValue:
    """Let someone in against the verdict, with the reason."""
    _scan, event = queries.scan_anywhere(reading(), actor=current_actor(), scan_id=scan_id)
    form = HandForm()
    if not form.validate_on_submit():
        return redirect(url_for("badges.verdict", scan_id=scan_id), 303)
    with transaction() as session:
        done = let_in_by_hand(
            session,
            actor=current_actor(),
            event=event,
            scan_id=scan_id,
            reason=HandReason(form.reason.data),
            now=utc_now(),
        )
    return _answer(done.id)


def _event(slug: str) -> Event:
    return event_for(reading(), actor=current_actor(), action=SCAN, slug=slug)


def _gate_url(slug: str, stop: str, gate: str) -> str:
    return url_for("badges.gate", event=slug, stop=stop, gate=gate)


def _code(form: ScanForm) -> str | None:
    """Return what was scanned; else None, with the reason on the form."""
    if form.code.data:
        return str(form.code.data)
    photo = form.photo.data.read() if form.photo.data else b""
    if not photo:
        form.code.errors = [_("Scan the badge, or type its code.")]
        return None
    code = codes.read_photo(photo)
    if code is None:
        form.photo.errors = [_("No QR code was found in the photo. Take it closer, or type the code.")]
    return code


def _scan_id(text: str | None) -> uuid.UUID:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return uuid.uuid4()


def _scanner(event: Event, stop: Stop, form: ScanForm) -> ResponseReturnValue:
    now, gate = utc_now(), form.gate.data or request.args.get("gate", "main")[:40]
    day = trading_day(now, closes_at=stop.closes_at, opens_at=stop.opens_at)
    page = render_template(
        "badges/gate.html",
        form=form,
        event=event,
        stop=stop,
        gate=gate,
        scan_id=uuid.uuid4(),
        people=queries.people_in(reading(), stop_id=stop.id, day=day),
        jsqr=_jsqr_url(),
        outside=not stop.starts_on <= day <= stop.ends_on,
    )
    return page, form_status(form)


def _jsqr_url() -> str:
    """Return where the decoder for browsers without their own lies; empty when it is not installed."""
    is_there = (Path(current_app.static_folder or "") / JSQR).is_file()
    return str(current_app.extensions["assets"].url(JSQR)) if is_there else ""


def _wants_json() -> bool:
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def _answer(scan_id: uuid.UUID) -> ResponseReturnValue:
    if not _wants_json():
        return redirect(url_for("badges.verdict", scan_id=scan_id), 303)
    reading().rollback()  # the look must see what was recorded after the first one
    values = _verdict(scan_id)
    answer: Response = jsonify(
        kind=values["kind"],
        outcome=values["scan"].outcome,
        people=values["people"],
        html=render_template("badges/_verdict.html", **values),
    )
    return answer


def _verdict(scan_id: uuid.UUID) -> dict[str, Any]:
    """Return what the verdict's page shows of a scan."""
    session = reading()
    scan, event = queries.scan_anywhere(session, actor=current_actor(), scan_id=scan_id)
    stop = next(stop for stop in event.stops if stop.id == scan.stop_id)
    rows = rows_of_ids(session, badge_ids=[scan.badge_id] if scan.badge_id else [])
    row = rows[0] if rows and rows[0].badge.event_id == event.id else None
    first = queries.sightings(session, badge_ids=[scan.badge_id] if scan.badge_id else []).get(
        (scan.badge_id or 0, stop.id, scan.day)
    )
    sector = row.card.sector_code if row else None
    return {
        "scan": scan,
        "event": event,
        "stop": stop,
        "row": row,
        "here": next((held for held in row.card.placed if held.code == stop.code), None) if row else None,
        "sign": printing.picto_of(sector) if sector else None,
        "first": first,
        "minutes": max(0, int((scan.scanned_at - first.at).total_seconds() // 60)) if first else 0,
        "kind": _kind(scan),
        "hand_reason": HAND_REASONS.get(HandReason(scan.reason)) if scan.reason else None,
        "people": queries.people_in(session, stop_id=stop.id, day=scan.day),
        "form": HandForm(formdata=None),
        "next_url": _gate_url(event.slug, stop.code, scan.gate),
    }


def _kind(scan: Scan) -> str:
    if scan.decided is not None:
        return "yes" if scan.decided == "admitted" else "deny"
    return _KINDS.get(scan.outcome, "deny")
