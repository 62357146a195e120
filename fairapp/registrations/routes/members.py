"""A network or union files for its members: who they are today, and one page for each."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fairapp.audit.domain import GUEST
from fairapp.cooperatives.models import Cooperative
from fairapp.events.models import Event
from fairapp.events.queries import public_event
from fairapp.foundation.clock import local_date, utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import Forbidden, RuleViolation
from fairapp.foundation.ids import show_reference
from fairapp.registrations.answers import answers_of
from fairapp.registrations.forms.desk import OF_THE_COOPERATIVE, DeskForm
from fairapp.registrations.models import Registration
from fairapp.registrations.queries import desk as queries
from fairapp.registrations.routes import pages
from fairapp.registrations.routes.desk import form_page, keep, keep_until_signed_in, open_for_everybody
from fairapp.registrations.routes.desk_forms import Sheet, blank_form, profile_of_entry, resumed_form
from fairapp.registrations.services.desk import file_for_member
from fairapp.web.access import current_actor, public, requires
from fairapp.web.forms import show_on_form


@pages.get("/cooperative/members")
@requires("cooperatives.own")
def members() -> ResponseReturnValue:
    """Show the members that the actor's networks may file for at an event, and what was filed for them."""
    session, actor, today = reading(), current_actor(), local_date(utc_now())
    offered = open_for_everybody()
    event = _chosen(offered)
    networks = queries.led_networks(session, actor=actor, on=today)
    ids = [member.id for led in networks for member in led.members]
    filed = queries.filed_for_networks(session, actor=actor, event_id=event.id) if event else ()
    return render_template(
        "registrations/desk_members.html",
        offered=offered,
        event=event,
        networks=networks,
        known=queries.registered_here(session, event_id=event.id, cooperative_ids=ids) if event else {},
        filed={registration.reference: registration for registration in filed},
    )


@pages.route("/cooperative/members/<slug>/<cooperative>", methods=["GET", "POST"])
@public  # asks for the account itself: what was typed outlives a session that ended meanwhile
def member_form(slug: str, cooperative: str) -> ResponseReturnValue:
    """Fill in one page for a member and file it in the member's name."""
    if current_actor() == GUEST:
        return keep_until_signed_in("registrations.member_form", slug, cooperative=cooperative)
    if not current_actor().may("cooperatives.own"):
        raise Forbidden()
    session, today = reading(), local_date(utc_now())
    event = public_event(session, slug=slug)
    member, network = queries.member_for(session, actor=current_actor(), code=cooperative, on=today)
    sheet = Sheet.of(session, event, member)
    form = resumed_form(sheet) or blank_form(sheet)
    for name in OF_THE_COOPERATIVE:  # the member's own entry is shown, not asked
        del form[name]
    back = url_for("registrations.members", event=slug)
    if form.is_submitted() and (filed := _file(sheet, member, form)) is not None:
        return redirect(url_for("registrations.member_filed", reference=show_reference(filed.reference)), 303)
    return form_page(sheet, form, duplicates=[], network=network, back_url=back)


@pages.get("/cooperative/members/filed/<reference>")
@requires("cooperatives.own")
def member_filed(reference: str) -> ResponseReturnValue:
    """Say that it is filed, print the receipt, and go on with the next member."""
    registration = queries.printed_for(reading(), actor=current_actor(), reference=reference)
    return render_template(
        "registrations/desk_filed.html",
        event=registration.event,
        registration=registration,
        next_url=url_for("registrations.members", event=registration.event.slug),
        is_member=True,
    )


def _chosen(offered: list[Event]) -> Event | None:
    asked = request.args.get("event", "")
    chosen = next((event for event in offered if event.slug == asked), None)
    return chosen or (offered[0] if offered else None)


def _file(sheet: Sheet, member: Cooperative, form: DeskForm) -> Registration | None:
    if form.validate():
        answers = answers_of(profile_of_entry(member), code=member.code) | form.wishes()
        try:
            with transaction() as session:
                return file_for_member(
                    session,
                    actor=current_actor(),
                    event=sheet.event,
                    token=form.draft.data,
                    code=member.code,
                    answers=answers,
                    consent=form.chosen_consent(),
                    locale=form.language(),
                    now=utc_now(),
                )
        except RuleViolation as refusal:
            show_on_form(form, refusal)
    keep(sheet, form)
    return None
