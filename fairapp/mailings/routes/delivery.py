"""How far a message is with each recipient: the delivery list, calls, and the links that were opened."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fairapp.events.models import Event
from fairapp.foundation.clock import to_local, utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.ids import parse_reference, show_reference
from fairapp.foundation.sheets import write_csv
from fairapp.mailings import composing, queries, services
from fairapp.mailings.domain import Delivery, Written
from fairapp.mailings.errors import RecipientNotFound
from fairapp.mailings.models import Mailing
from fairapp.mailings.queries import DeliveryRow
from fairapp.mailings.routes import BASE, event_asked_for, pages, plain
from fairapp.mailings.routes.writing import preview_page
from fairapp.web.access import current_actor, public, requires
from fairapp.web.i18n import LOCALES

_HEADS = (
    "reference",
    "name_ar",
    "name_fr",
    "language",
    "channel",
    "email",
    "phone",
    "delivery",
    "why",
    "sent",
    "link_opened",
    "called",
    "called_by",
    "note",
)


@pages.get(f"{BASE}/<code>")
@requires("mailings.send")
def show(slug: str, code: str) -> ResponseReturnValue:
    """Show a message: as it would be sent with real values, or its delivery list."""
    event = event_asked_for(slug)
    mailing = queries.mailing_for(reading(), event_id=event.id, code=code)
    if mailing.sent_at is None:
        return preview_page(event, mailing)
    delivery = _delivery_asked()
    page = min(max(request.args.get("page", 1, type=int), 1), 100_000)
    return render_template(
        "mailings/delivery.html",
        event=event,
        mailing=mailing,
        counts=queries.delivery_counts(reading(), mailing_id=mailing.id),
        found=queries.delivery_page(reading(), mailing_id=mailing.id, delivery=delivery, page=page),
        delivery=delivery,
    )


@pages.get(f"{BASE}/<code>.csv")
@requires("mailings.send")
def delivery_csv(slug: str, code: str) -> ResponseReturnValue:
    """Give the delivery list as a file."""
    event = event_asked_for(slug)
    mailing = queries.mailing_for(reading(), event_id=event.id, code=code)
    rows = queries.every_delivery(reading(), mailing_id=mailing.id, delivery=_delivery_asked())
    return Response(
        write_csv(_HEADS, (_cells(row) for row in rows)),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{event.slug}-message-{mailing.code}.csv"'},
    )


@pages.get(f"{BASE}/<code>/calls")
@requires("mailings.send")
def list_calls(slug: str, code: str) -> ResponseReturnValue:
    """Show whom to call, for paper: no channel, or the message failed."""
    event = event_asked_for(slug)
    mailing = queries.mailing_for(reading(), event_id=event.id, code=code)
    return render_template(
        "mailings/calls.html",
        event=event,
        mailing=mailing,
        texts={language: _spoken(event, mailing, language) for language in ("ar", "fr")},
        rows=queries.every_delivery(reading(), mailing_id=mailing.id, delivery=Delivery.TO_CALL),
    )


@pages.post(f"{BASE}/<code>/calls/<reference>")
@requires("mailings.send")
def note_call(slug: str, code: str, reference: str) -> ResponseReturnValue:
    """Note that a recipient was told by phone."""
    event = event_asked_for(slug)
    stored = parse_reference(reference)
    if stored is None:
        raise RecipientNotFound()
    with transaction() as session:
        services.mark_called(
            session,
            actor=current_actor(),
            event=event,
            code=code,
            reference=stored,
            note=request.form.get("note", "").replace("\x00", "").strip()[:300] or None,
            now=utc_now(),
        )
    flash(_("The call is noted."))
    return redirect(url_for("mailings.show", slug=slug, code=code, show=request.args.get("show")), 303)


@plain.get("/m/<token>")
@public
def open_link(token: str) -> ResponseReturnValue:
    """Note that a recipient opened the link, and lead to the tracking page of the registration."""
    recipient, reference = queries.recipient_by_token(reading(), token=token.replace("\x00", "")[:43])
    if recipient.opened_at is None and request.method == "GET":
        with transaction() as session:
            services.note_opened(session, token=token, now=utc_now())
    language = recipient.locale if recipient.locale in LOCALES else "ar"
    target = url_for("registrations.track", lang=language, reference=show_reference(reference))
    response = redirect(target, 303)
    response.headers["Cache-Control"] = "no-store"
    return response


def _spoken(event: Event, mailing: Mailing, language: str) -> Written:
    return composing.spoken(services.context_for_all(mailing, event, locale=language), language)


def _delivery_asked() -> Delivery | None:
    asked = request.args.get("show", "")
    return Delivery(asked) if asked in tuple(Delivery) else None


def _cells(row: DeliveryRow) -> tuple[object, ...]:
    def local(moment: Any) -> str:
        return to_local(moment).isoformat(" ", "minutes")[:16] if moment else ""

    return (
        show_reference(row.reference),
        row.name_ar,
        row.name_fr,
        row.locale,
        row.reach.value,
        row.email,
        row.phone,
        row.delivery.value,
        row.error,
        local(row.sent_at),
        local(row.opened_at),
        local(row.called_at),
        row.called_by,
        row.call_note,
    )
