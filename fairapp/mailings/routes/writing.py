"""Writing a message to a group, looking at it with real values, trying it out, and sending it."""

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from config import Settings
from fairapp.accounts.services.attempts import count_attempt
from fairapp.accounts.sessions import signed_in
from fairapp.events.models import Event
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import Conflict, RuleViolation
from fairapp.mailings import composing, queries, services
from fairapp.mailings.domain import MOST_PARTS, PLACEHOLDERS, Reach
from fairapp.mailings.errors import TextTooLongForSms
from fairapp.mailings.forms import MailingForm
from fairapp.mailings.models import Mailing
from fairapp.mailings.queries import Addressee
from fairapp.mailings.routes import BASE, event_asked_for, pages, url_of
from fairapp.registrations.queries.filters import QueueFilters, arguments_of, filters_of, filters_of_query
from fairapp.web.access import current_actor, requires
from fairapp.web.errors import sentence_of
from fairapp.web.forms import form_status, show_on_form

_MOST_TRIALS, _TRIALS_WINDOW_S = 10, 3600


@pages.get(BASE)
@requires("mailings.send")
def list_mailings(slug: str) -> ResponseReturnValue:
    """List the messages to groups of an event."""
    event = event_asked_for(slug)
    rows = queries.mailings_of(reading(), event_id=event.id)
    return render_template("mailings/list.html", event=event, rows=rows)


@pages.route(f"{BASE}/new", methods=["GET", "POST"])
@requires("mailings.send")
def write(slug: str) -> ResponseReturnValue:
    """Write to the registrations that the filters of the address leave."""
    event, form, filters = event_asked_for(slug), MailingForm(), filters_of(request.args)
    if form.validate_on_submit():
        try:
            with transaction() as session:
                mailing = services.write_mailing(
                    session,
                    actor=current_actor(),
                    event=event,
                    filters=filters,
                    texts=form.texts(),
                    now=utc_now(),
                )
        except RuleViolation as refusal:
            show_on_form(form, refusal)
        else:
            return redirect(url_of(event, mailing.code), 303)
    return _form_page(event, form, filters, None)


@pages.route(f"{BASE}/<code>/edit", methods=["GET", "POST"])
@requires("mailings.send")
def rewrite(slug: str, code: str) -> ResponseReturnValue:
    """Change the texts of a message before it is sent."""
    event = event_asked_for(slug)
    mailing = queries.mailing_for(reading(), event_id=event.id, code=code)
    form = MailingForm(obj=mailing)
    if form.validate_on_submit():
        with transaction() as session:
            services.rewrite_mailing(
                session, actor=current_actor(), event=event, code=code, texts=form.texts(), now=utc_now()
            )
        return redirect(url_of(event, code), 303)
    return _form_page(event, form, filters_of_query(mailing.query), mailing)


@pages.post(f"{BASE}/<code>/send")
@requires("mailings.send")
def send(slug: str, code: str) -> ResponseReturnValue:
    """Send a message to its group, once."""
    event = event_asked_for(slug)
    mailing = queries.mailing_for(reading(), event_id=event.id, code=code)
    filters = filters_of_query(mailing.query)
    try:
        if mailing.sent_at is None:
            _check_length(event, mailing, filters)
        with transaction() as session:
            services.send_mailing(
                session,
                actor=current_actor(),
                event=event,
                code=code,
                filters=filters,
                expected=request.form.get("expected", 0, type=int),
                now=utc_now(),
            )
    except (RuleViolation, Conflict) as refusal:
        flash(sentence_of(refusal), "error")
    return redirect(url_of(event, code), 303)


@pages.post(f"{BASE}/<code>/trial")
@requires("mailings.send")
def try_out(slug: str, code: str) -> ResponseReturnValue:
    """Send a message to oneself, in both languages."""
    event, account = event_asked_for(slug), signed_in()
    mailing = queries.mailing_for(reading(), event_id=event.id, code=code)
    audience = _audience(event, mailing)
    email, key = (account.email if account else None), str(current_actor().account_id)
    with transaction() as session:
        count_attempt(
            session,
            act="mailings.trial",
            key=key,
            most=_MOST_TRIALS,
            window_s=_TRIALS_WINDOW_S,
            now=utc_now(),
        )
    try:
        if audience:
            with transaction() as session:
                services.send_trial(
                    session,
                    actor=current_actor(),
                    event=event,
                    code=code,
                    email=email,
                    example=audience[0],
                    now=utc_now(),
                )
            flash(_("The trial is on its way to %(email)s.", email=email))
    except RuleViolation as refusal:
        flash(sentence_of(refusal), "error")
    return redirect(url_of(event, code), 303)


@pages.post(f"{BASE}/<code>/remove")
@requires("mailings.send")
def drop(slug: str, code: str) -> ResponseReturnValue:
    """Remove a message that was never sent."""
    event = event_asked_for(slug)
    with transaction() as session:
        services.drop_mailing(session, actor=current_actor(), event=event, code=code, now=utc_now())
    flash(_("The message is removed."))
    return redirect(url_for("mailings.list_mailings", slug=slug), 303)


def _audience(event: Event, mailing: Mailing) -> list[Addressee]:
    filters = filters_of_query(mailing.query)
    return queries.audience_of(reading(), event_id=event.id, filters=filters)


def _form_page(
    event: Event, form: MailingForm, filters: QueueFilters, mailing: Mailing | None
) -> ResponseReturnValue:
    audience = queries.audience_of(reading(), event_id=event.id, filters=filters)
    page = render_template(
        "mailings/write.html",
        event=event,
        form=form,
        mailing=mailing,
        placeholders=PLACEHOLDERS,
        kept=arguments_of(filters),
        **_sizes(audience),
    )
    return page, form_status(form)


def _sizes(audience: list[Addressee]) -> dict[str, Any]:
    reaches = [addressee.reach for addressee in audience]
    return {"size": len(audience), "sizes": {reach.value: reaches.count(reach) for reach in Reach}}


def _preview(event: Event, mailing: Mailing) -> dict[str, Any]:
    audience = _audience(event, mailing)
    examples = [
        composing.example_of(
            one, services.context_of(mailing, event, one, token=composing.UNKNOWN_TOKEN), _public_url()
        )
        for one in composing.chosen_examples(audience)
    ]
    return {
        "examples": examples,
        "kept": arguments_of(filters_of_query(mailing.query)),
        "most_parts": MOST_PARTS,
        "longest": _longest(event, mailing, audience),
        **_sizes(audience),
    }


def _longest(event: Event, mailing: Mailing, audience: list[Addressee]) -> int:
    """Return the parts of the longest SMS; 0 where none is sent."""
    by_sms = [one for one in audience if one.reach is Reach.SMS]
    parts = [0]
    for locale in {one.locale for one in by_sms}:
        field = "name_ar" if locale == "ar" else "name_fr"
        named = [one for one in by_sms if one.locale == locale]
        widest = {
            max(named, key=lambda one: len(getattr(one, field))),
            max(named, key=lambda one: len(one.stop_ids)),
        }
        for one in widest:
            values = services.context_of(mailing, event, one, token=composing.UNKNOWN_TOKEN)
            length = composing.example_of(one, values, _public_url()).length
            parts.append(length.parts if length else 0)
    return max(parts)


def _check_length(event: Event, mailing: Mailing, filters: QueueFilters) -> None:
    audience = queries.audience_of(reading(), event_id=event.id, filters=filters)
    if (parts := _longest(event, mailing, audience)) > MOST_PARTS:
        raise TextTooLongForSms(parts=parts, most=MOST_PARTS)


def _public_url() -> str:
    settings: Settings = current_app.extensions["settings"]
    return settings.public_url


def preview_page(event: Event, mailing: Mailing) -> str:
    """Return the page of a mailing that was not sent yet."""
    return render_template("mailings/preview.html", event=event, mailing=mailing, **_preview(event, mailing))
