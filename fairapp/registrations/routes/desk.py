"""The desk: many cooperatives in one sitting. Choose the event once; find, fill in one page, print, next."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fairapp.audit.domain import GUEST, Role
from fairapp.cooperatives.domain import Identity
from fairapp.cooperatives.duplicates import Duplicate, duplicates_of
from fairapp.cooperatives.models import Cooperative
from fairapp.cooperatives.queries import cooperative_for
from fairapp.events.domain import takes_registrations
from fairapp.events.errors import EventNotFound
from fairapp.events.models import Event
from fairapp.events.queries import MOST_PER_PAGE, dates_of, public_event, public_events
from fairapp.foundation.clock import local_date, utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import Forbidden, RuleViolation
from fairapp.foundation.ids import new_token, show_reference
from fairapp.foundation.text import clean
from fairapp.registrations.errors import RegistrationNotFound
from fairapp.registrations.forms.desk import DeskForm
from fairapp.registrations.models import Registration
from fairapp.registrations.queries import desk as queries
from fairapp.registrations.queries.single import filed_registrations
from fairapp.registrations.routes import pages
from fairapp.registrations.routes.desk_forms import Sheet, blank_form, resumed_form, typed_now
from fairapp.registrations.routes.drafting import FIRST_SECTORS
from fairapp.registrations.services.desk import answers_with, file_at_desk, keep_typed
from fairapp.web.access import NotSignedIn, current_actor, public, requires
from fairapp.web.errors import sign_in_url
from fairapp.web.forms import form_status, show_on_form
from fairapp.web.i18n import current_language

_LONGEST_SEARCH = 100


@pages.get("/desk/")
@requires("registrations.desk")
def desk() -> ResponseReturnValue:
    """Show the events that take registrations; the desk goes on with the one chosen."""
    return render_template(
        "registrations/desk.html",
        offered=open_events(),
        registrations=filed_registrations(reading(), actor=current_actor()),
    )


@pages.get("/desk/<slug>/")
@requires("registrations.desk")
def desk_event(slug: str) -> ResponseReturnValue:
    """Find the cooperative to file for, and show what was filed today."""
    session, actor, event = reading(), current_actor(), desk_event_of(slug)
    search = clean(request.args.get("q", "")).replace("\x00", "")[:_LONGEST_SEARCH]
    found = queries.found_cooperatives(session, text=search) if search else ()
    today = local_date(utc_now())
    return render_template(
        "registrations/desk_event.html",
        event=event,
        search=search,
        found=found,
        known=queries.registered_here(
            session, event_id=event.id, cooperative_ids=[cooperative.id for cooperative in found]
        ),
        filed=queries.filed_on(session, actor=actor, event_id=event.id, day=today),
        unfinished=queries.unfinished_forms(session, actor=actor, event_id=event.id),
        is_open=takes_registrations(dates_of(event), today),
    )


@pages.route("/desk/<slug>/form", methods=["GET", "POST"])
@public  # asks for the account itself: what was typed outlives a session that ended meanwhile
def desk_form(slug: str) -> ResponseReturnValue:
    """Fill in one page for a cooperative and file it."""
    if current_actor() == GUEST:
        return keep_until_signed_in("registrations.desk_form", slug)
    if not current_actor().may("registrations.desk"):
        raise Forbidden()
    event, cooperative = desk_event_of(slug), _asked_cooperative()
    sheet = Sheet.of(reading(), event, cooperative)
    form = resumed_form(sheet) or blank_form(sheet)
    duplicates: list[Duplicate] = []
    if form.is_submitted():
        duplicates = _duplicates(form, cooperative)
        if duplicates:
            keep(sheet, form)
        filed = None if duplicates else _file(sheet, form)
        if filed is not None:
            return redirect(
                url_for("registrations.desk_filed", slug=slug, reference=show_reference(filed.reference)), 303
            )
    return form_page(sheet, form, duplicates=duplicates)


@pages.get("/desk/<slug>/filed/<reference>")
@requires("registrations.desk")
def desk_filed(slug: str, reference: str) -> ResponseReturnValue:
    """Say that it is filed, print the receipt, and go on with the next cooperative."""
    registration = queries.printed_for(reading(), actor=current_actor(), reference=reference)
    if registration.event.slug != slug:
        raise RegistrationNotFound()
    return render_template(
        "registrations/desk_filed.html",
        event=registration.event,
        registration=registration,
        next_url=url_for("registrations.desk_event", slug=slug),
    )


def open_for_everybody() -> list[Event]:
    """Return the events that take registrations today, also those under way."""
    today = local_date(utc_now())
    found = public_events(reading(), today=today, per_page=MOST_PER_PAGE).items
    return [event for event in found if takes_registrations(dates_of(event), today)]


def open_events() -> list[Event]:
    """Return the events for which the actor may file today at a desk."""
    return [event for event in open_for_everybody() if _reaches(event)]


def desk_event_of(slug: str) -> Event:
    """Return a published event within the actor's reach.

    Raises: EventNotFound.
    """
    event = public_event(reading(), slug=slug)
    if not _reaches(event):
        raise EventNotFound()
    return event


def keep_until_signed_in(endpoint: str, slug: str, **values: str) -> ResponseReturnValue:
    """Keep what a browser without a session typed, and lead back to it after signing in.

    Raises: NotSignedIn, where nothing was typed.
    """
    if request.method == "GET":
        raise NotSignedIn()
    token, event = request.form.get("draft", "")[:_LONGEST_SEARCH] or new_token(), _event(slug)
    with transaction() as session:
        keep_typed(
            session,
            actor=GUEST,
            event=event,
            token=token,
            typed=typed_now(),
            locale=current_language(),
            now=utc_now(),
        )
    flash(_("Sign in again: what you typed is kept."))
    if code := request.args.get("cooperative", ""):
        values["cooperative"] = code
    query: dict[str, Any] = {"slug": slug, "form": token, **values}
    return redirect(sign_in_url(url_for(endpoint, **query)), 303)


def form_page(
    sheet: Sheet, form: DeskForm, *, duplicates: list[Duplicate], **values: Any
) -> ResponseReturnValue:
    """Return the page of the form, after an error as it was typed."""
    if duplicates:
        form.is_another.errors = [
            *form.is_another.errors,
            _("The directory may have this cooperative already."),
        ]
    page = render_template(
        "registrations/desk_form.html",
        event=sheet.event,
        cooperative=sheet.cooperative,
        form=form,
        duplicates=duplicates,
        first_sectors=FIRST_SECTORS,
        open_stops=sheet.open_stops,
        **({"back_url": url_for("registrations.desk_event", slug=sheet.event.slug)} | values),
    )
    return page, 422 if duplicates else form_status(form)


def keep(sheet: Sheet, form: DeskForm) -> None:
    """Keep what was typed and could not be filed."""
    with transaction() as session:
        keep_typed(
            session,
            actor=current_actor(),
            event=sheet.event,
            token=form.draft.data,
            typed=typed_now() | {"cooperative": [sheet.cooperative.code if sheet.cooperative else ""]},
            locale=current_language(),
            now=utc_now(),
        )


def _file(sheet: Sheet, form: DeskForm) -> Registration | None:
    if form.validate():
        answers: Mapping[str, Any] = {**form.said_of_itself(), **form.wishes()}
        try:
            with transaction() as session:
                return file_at_desk(
                    session,
                    actor=current_actor(),
                    event=sheet.event,
                    token=form.draft.data,
                    answers=answers_with(answers, cooperative=sheet.cooperative),
                    consent=form.chosen_consent(),
                    locale=form.language(),
                    now=utc_now(),
                )
        except RuleViolation as refusal:
            show_on_form(form, refusal)
    keep(sheet, form)
    return None


def _duplicates(form: DeskForm, cooperative: Cooperative | None) -> list[Duplicate]:
    """Return entries that look like a new cooperative, unless somebody said that it is another."""
    if cooperative is not None or form.is_another.data or not form.validate():
        return []
    identity = Identity(
        name_ar=form.name_ar.data or "",
        name_fr=form.name_fr.data or "",
        province_code=form.province.data,
        phone=form.phone.data or None,
        register_number=form.register_number.data or None,
        register_court=form.register_court.data or None,
        ice=form.ice.data or None,
    )
    return list(duplicates_of(reading(), identity=identity))


def _asked_cooperative() -> Cooperative | None:
    code = request.args.get("cooperative", "")
    return cooperative_for(reading(), actor=current_actor(), code=code) if code else None


def _event(slug: str) -> Event:
    return public_event(reading(), slug=slug)


def _reaches(event: Event) -> bool:
    actor = current_actor()
    if actor.has_role(Role.DESK_AGENT):
        return True
    return actor.covers_event("registrations.desk", event_id=event.id, region_code=event.region_code)
