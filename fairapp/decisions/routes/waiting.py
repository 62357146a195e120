"""The organizer's waiting list: its order with the reasons, offers with their deadlines, and what to do."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fairapp.decisions.domain.offering import in_order
from fairapp.decisions.forms import AskForm, MoreForm, ReasonForm
from fairapp.decisions.queries import waiting as queries
from fairapp.decisions.routes import pages
from fairapp.decisions.services import waiting_list as services
from fairapp.decisions.services.places import choose_for
from fairapp.events.models import Event
from fairapp.events.queries import event_for
from fairapp.foundation.clock import local_date, utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import Refusal, RuleViolation
from fairapp.foundation.ids import parse_reference
from fairapp.registrations.errors import RegistrationNotFound
from fairapp.registrations.queries.single import registration_for
from fairapp.web.access import current_actor, requires
from fairapp.web.errors import sentence_of
from fairapp.web.filters import localized
from fairapp.web.forms import form_status, show_on_form

_BASE = "/organizer/events/<slug>/decisions/waiting-list"
MANAGE = "decisions.waiting_list"
MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class _Act:
    """What is asked for with a reason: the words of its page, and the service that does it."""

    title: Any
    text: Any
    button: Any
    done: Any
    do: Callable[..., Any]
    is_danger: bool = False


_OFFER = _Act(
    _l("Offer a place out of order"),
    _l("The cooperative is told at once, with the deadline. The reason stays in the record."),
    _l("Offer the place"),
    _l("The place is offered."),
    services.offer_by_hand,
)
_SKIP = _Act(
    _l("Pass over this registration"),
    _l("It stays on the waiting list, but no place is offered to it until you take this back."),
    _l("Pass over"),
    _l("The registration is passed over."),
    services.skip_registration,
)
_STOP = _Act(
    _l("Take back the offer"),
    _l("The cooperative is told. The place goes to the next, unless the waiting list is stopped."),
    _l("Take back"),
    _l("The offer is taken back."),
    services.stop_offer,
    is_danger=True,
)
_KEEP = _Act(
    _l("Keep this place"),
    _l("It is offered to nobody any more."),
    _l("Keep the place"),
    _l("The place is kept."),
    services.keep_place,
)


@pages.get(_BASE)
@requires("decisions.waiting_list")
def waiting_list(slug: str) -> ResponseReturnValue:
    """Show who waits in which order, free places and offers."""
    event = _event(slug)
    return render_template(
        "decisions/waiting_list.html", event=event, form=AskForm(), more=_more_form(event), **_view(event)
    )


@pages.post(f"{_BASE}/stop")
@requires("decisions.waiting_list")
def stop_list(slug: str) -> ResponseReturnValue:
    """Stop offering places by itself."""
    with transaction() as session:
        services.stop_list(session, actor=current_actor(), slug=slug, now=utc_now())
    flash(_("Places are no longer offered by themselves. Open offers keep their deadline."))
    return redirect(url_for("decisions.waiting_list", slug=slug), 303)


@pages.post(f"{_BASE}/start")
@requires("decisions.waiting_list")
def start_list(slug: str) -> ResponseReturnValue:
    """Offer places by itself again."""
    with transaction() as session:
        services.start_list(session, actor=current_actor(), slug=slug, now=utc_now())
    flash(_("Free places are offered by themselves again."))
    return redirect(url_for("decisions.waiting_list", slug=slug), 303)


@pages.post(f"{_BASE}/look-again")
@requires("decisions.waiting_list")
def look_again(slug: str) -> ResponseReturnValue:
    """Look again for somebody who fits the free places."""
    with transaction() as session:
        services.look_again(
            session, actor=current_actor(), slug=slug, key=_key(_more_form(_event(slug))), now=utc_now()
        )
    flash(_("The list is looked through again. New offers appear here."))
    return redirect(url_for("decisions.waiting_list", slug=slug), 303)


@pages.post(f"{_BASE}/more")
@requires("decisions.waiting_list")
def offer_more(slug: str) -> ResponseReturnValue:
    """Offer places that nobody left."""
    event = _event(slug)
    form = _more_form(event)
    if form.validate_on_submit():
        try:
            with transaction() as session:
                services.offer_more(
                    session,
                    actor=current_actor(),
                    slug=slug,
                    places=form.places.data or 0,
                    stop_codes=[form.stop.data] if form.stop.data else [],
                    key=_key(form),
                    note=None,
                    now=utc_now(),
                )
        except RuleViolation as refusal:
            show_on_form(form, refusal)
        else:
            flash(_("The places are offered in the order of the waiting list."))
            return redirect(url_for("decisions.waiting_list", slug=slug), 303)
    page = render_template("decisions/waiting_list.html", event=event, form=form, more=form, **_view(event))
    return page, form_status(form)


@pages.route(f"{_BASE}/<reference>/offer", methods=["GET", "POST"])
@requires("decisions.waiting_list")
def offer_by_hand(slug: str, reference: str) -> ResponseReturnValue:
    """Offer a place to a registration out of order, with the reason."""
    return _with_reason(slug, _OFFER, reference, reference=reference)


@pages.route(f"{_BASE}/<reference>/skip", methods=["GET", "POST"])
@requires("decisions.waiting_list")
def skip(slug: str, reference: str) -> ResponseReturnValue:
    """Pass over a registration, with the reason."""
    return _with_reason(slug, _SKIP, reference, reference=reference)


@pages.post(f"{_BASE}/<reference>/include")
@requires("decisions.waiting_list")
def include(slug: str, reference: str) -> ResponseReturnValue:
    """Take back that a registration is passed over."""
    _event(slug)
    try:
        with transaction() as session:
            services.include_registration(
                session, actor=current_actor(), slug=slug, reference=reference, now=utc_now()
            )
    except RegistrationNotFound:
        raise
    except Refusal as refusal:
        flash(sentence_of(refusal), "error")
    return redirect(url_for("decisions.waiting_list", slug=slug), 303)


@pages.route(f"{_BASE}/offers/<code>/stop", methods=["GET", "POST"])
@requires("decisions.waiting_list")
def stop_offer(slug: str, code: str) -> ResponseReturnValue:
    """Take back an open offer, with the reason."""
    event = _event(slug)
    stored = parse_reference(code) or ""
    offer = queries.offer_of_event(reading(), event=event, code=stored)
    references = queries.references_of(reading(), registration_ids=[offer.registration_id])
    return _with_reason(slug, _STOP, references[offer.registration_id], code=stored)


@pages.route(f"{_BASE}/places/<int:place_id>/keep", methods=["GET", "POST"])
@requires("decisions.waiting_list")
def keep_place(slug: str, place_id: int) -> ResponseReturnValue:
    """Keep a free place, with the reason."""
    queries.event_place(reading(), event=_event(slug), place_id=place_id)
    return _with_reason(slug, _KEEP, None, place_id=place_id)


def _with_reason(slug: str, act: _Act, of: str | None, **what: Any) -> ResponseReturnValue:
    """Ask for a reason, then do it."""
    event, form = _event(slug), ReasonForm()
    registration = None
    if of is not None:
        registration = registration_for(reading(), actor=current_actor(), reference=of, action=MANAGE)
        if registration.event_id != event.id:
            raise RegistrationNotFound()
    if form.validate_on_submit():
        try:
            with transaction() as session:
                act.do(
                    session,
                    actor=current_actor(),
                    slug=slug,
                    reason=form.reason.data or "",
                    now=utc_now(),
                    **what,
                )
        except Refusal as refusal:
            show_on_form(form, refusal)
        else:
            flash(str(act.done))
            return redirect(url_for("decisions.waiting_list", slug=slug), 303)
    page = render_template(
        "decisions/reason.html", event=event, registration=registration, act=act, form=form
    )
    return page, form_status(form)


def _view(event: Event) -> dict[str, Any]:
    """Return what the page shows, in as many queries for one registration as for many."""
    session, now = reading(), utc_now()
    found = queries.waiting_list(session, event=event)
    places = queries.places_of(session, event_id=event.id)
    offers = queries.offers_of(session, event_id=event.id)
    free = [place for place in places if place.closed_at is None]
    offered = {offer.place_id: offer for offer in offers if offer.state == "open"}
    unoffered = [place for place in reversed(free) if place.id not in offered]
    ids = {place.registration_id for place in places} | {place.taken_by_id for place in places}
    return {
        "listed": in_order(found.waiting),
        "most": MOST_LISTED,
        "names": queries.names_of_waiting(session, event_id=event.id),
        "stops": {stop.id: stop for stop in event.stops},
        "free": free,
        "offered": offered,
        "next": choose_for(session, event=event, place=unoffered[0], now=now)[0] if unoffered else None,
        "next_place": unoffered[0] if unoffered else None,
        "offers": offers,
        "references": queries.references_of(
            session, registration_ids=[one for one in ids if one is not None]
        ),
        "accepted": len(found.holding),
        "is_over": not queries.lasting_stops(event, [stop.id for stop in event.stops], local_date(now)),
    }


def _more_form(event: Event) -> MoreForm:
    form = MoreForm(key=str(uuid.uuid4()))
    form.stop.choices = {"": _("Every stop")} | {stop.code: localized(stop, "place") for stop in event.stops}
    return form


def _key(form: MoreForm) -> uuid.UUID:
    try:
        return uuid.UUID(form.key.data or "")
    except ValueError:
        return uuid.uuid4()


def _event(slug: str) -> Event:
    return event_for(reading(), actor=current_actor(), action=MANAGE, slug=slug)
