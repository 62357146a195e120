"""Lists of badges: the organizer's with revoking, sending and printing, and the cooperative's own."""

import uuid

from flask import current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fairapp.badges.errors import BadgeNotFound, PrintNotFound
from fairapp.badges.forms import AskForm, RevokeForm
from fairapp.badges.queries.cards import BadgeRow, badges_of_actor, badges_of_event, rows_of_code
from fairapp.badges.queries.prints import last_print, print_content, print_for
from fairapp.badges.routes import pages
from fairapp.badges.routes.holder import pdf_response
from fairapp.badges.services.issuing import NAME_CHANGED, NO_STAND, NOT_ACCEPTED, revoke_badge, send_again
from fairapp.badges.services.prints import ask_for_print
from fairapp.badges.signing import Vault, vault_of
from fairapp.events.models import Event
from fairapp.events.queries import event_for
from fairapp.foundation.clock import local_date, utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import Refusal
from fairapp.foundation.text import clean
from fairapp.web.access import current_actor, requires
from fairapp.web.errors import sentence_of
from fairapp.web.forms import form_status, show_on_form

MANAGE = "badges.manage"
_STATES = {"valid": False, "revoked": True}
REFRESH_S = 3


@pages.app_template_global()
def revocation_words(reason: str | None) -> str:
    """Return why a badge was revoked: a sentence for the system's reasons, else what a person wrote."""
    if reason == NO_STAND:
        return str(_("The stand was taken back."))
    if reason == NOT_ACCEPTED:
        return str(_("The registration is no longer accepted."))
    if reason == NAME_CHANGED:
        return str(_("The name was changed; another badge was issued."))
    return reason or ""


@pages.get("/organizer/events/<slug>/badges")
@requires("badges.manage")
def event_badges(slug: str) -> ResponseReturnValue:
    """Show the badges of an event, found by name, cooperative, code or number."""
    session = reading()
    event = _event(slug)
    search, state = clean(request.args.get("q", ""))[:100], request.args.get("state", "")
    found = badges_of_event(
        session,
        event=event,
        search=search,
        revoked=_STATES.get(state),
        page=request.args.get("page", 1, type=int),
    )
    return render_template(
        "badges/list.html",
        event=event,
        found=found,
        search=search,
        state=state,
        form=AskForm(),
        last=last_print(session, event=event),
    )


@pages.route("/organizer/events/<slug>/badges/<code>/revoke", methods=["GET", "POST"])
@requires("badges.manage")
def revoke(slug: str, code: str) -> ResponseReturnValue:
    """Revoke a badge, with the reason; give another in its place if wished."""
    event, row, form = _event(slug), _row(slug, code), RevokeForm()
    if form.validate_on_submit():
        try:
            with transaction() as session:
                revoke_badge(
                    session,
                    actor=current_actor(),
                    slug=slug,
                    short_code=code,
                    reason=form.reason.data,
                    replacement=_vault() if form.replace.data else None,
                    now=utc_now(),
                )
        except Refusal as refusal:
            show_on_form(form, refusal)
        else:
            flash(_("The badge is revoked. The gates refuse it from now on."))
            return redirect(url_for("badges.event_badges", slug=slug), 303)
    return render_template("badges/revoke.html", event=event, row=row, form=form), form_status(form)


@pages.post("/organizer/events/<slug>/badges/<code>/send")
@requires("badges.manage")
def send(slug: str, code: str) -> ResponseReturnValue:
    """Send the badges of a registration again."""
    form = AskForm()
    if form.validate_on_submit():
        try:
            with transaction() as session:
                send_again(session, actor=current_actor(), slug=slug, short_code=code, now=utc_now())
        except BadgeNotFound:
            raise
        except Refusal as refusal:
            flash(sentence_of(refusal), "error")
        else:
            flash(_("The badge is being sent again."))
    return redirect(url_for("badges.event_badges", slug=slug), 303)


@pages.post("/organizer/events/<slug>/badges/print")
@requires("badges.manage")
def ask_print(slug: str) -> ResponseReturnValue:
    """Ask for one PDF with all valid badges of an event."""
    event, print_id = _event(slug), uuid.uuid4()
    try:
        with transaction() as session:
            ask_for_print(session, actor=current_actor(), event=event, print_id=print_id, now=utc_now())
    except Refusal as refusal:
        flash(sentence_of(refusal), "error")
        return redirect(url_for("badges.event_badges", slug=slug), 303)
    return redirect(url_for("badges.show_print", slug=slug, print_id=print_id), 303)


@pages.get("/organizer/events/<slug>/badges/print/<uuid:print_id>")
@requires("badges.manage")
def show_print(slug: str, print_id: uuid.UUID) -> ResponseReturnValue:
    """Tell whether a print is ready; asks again by itself until it is."""
    event = _event(slug)
    found = print_for(reading(), event=event, print_id=print_id)
    response = make_response(render_template("badges/print.html", event=event, print=found))
    if found.finished_at is None:
        response.headers["Refresh"] = str(REFRESH_S)
    return response


@pages.get("/organizer/events/<slug>/badges/print/<uuid:print_id>/badges.pdf")
@requires("badges.manage")
def print_file(slug: str, print_id: uuid.UUID) -> ResponseReturnValue:
    """Give the PDF of a print."""
    session = reading()
    found = print_for(session, event=_event(slug), print_id=print_id)
    content = print_content(session, print_id=found.id)
    if content is None:
        raise PrintNotFound()
    return pdf_response(content, f"badges-{slug}.pdf")


@pages.get("/cooperative/badges")
@requires("cooperatives.own")
def own_badges() -> ResponseReturnValue:
    """Show a cooperative the badges of its representatives."""
    rows = badges_of_actor(reading(), actor=current_actor())
    return render_template("badges/own.html", rows=rows, today=local_date(utc_now()))


def _event(slug: str) -> Event:
    return event_for(reading(), actor=current_actor(), action=MANAGE, slug=slug)


def _row(slug: str, code: str) -> BadgeRow:
    rows = rows_of_code(reading(), actor=current_actor(), action=MANAGE, slug=slug, short_code=code)
    if not rows:
        raise BadgeNotFound()
    return rows[0]


def _vault() -> Vault:
    return vault_of(current_app.extensions["settings"])
