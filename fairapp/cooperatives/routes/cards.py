"""The card of one cooperative: read and changed by organizers and desk agents, and by itself."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from fairapp.accounts.queries.people import names_of
from fairapp.audit.queries import entries_about
from fairapp.cooperatives import catalogue, supported
from fairapp.cooperatives.domain import ice_looks_right
from fairapp.cooperatives.duplicates import possible_duplicates
from fairapp.cooperatives.errors import CardChanged
from fairapp.cooperatives.forms.card import CardForm, card_values
from fairapp.cooperatives.models import Cooperative
from fairapp.cooperatives.queries import cooperative_for
from fairapp.cooperatives.routes import pages
from fairapp.cooperatives.services.entering import card_mark, create_cooperative, edit_cooperative
from fairapp.foundation.clock import local_date, utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import RuleViolation
from fairapp.foundation.ids import parse_reference, show_reference
from fairapp.reference.queries import choices, legal_kinds, provinces_by_region, sectors_by_parent
from fairapp.web.access import current_actor, requires
from fairapp.web.forms import form_status, show_on_form
from fairapp.web.i18n import current_language
from fairapp.web.parts import PartOf, parts_of

_MOST_HISTORY = 30


@pages.get("/organizer/directory/<code>")
@requires("cooperatives.read")
def card(code: str) -> ResponseReturnValue:
    """Show what the directory knows of a cooperative. The code of a merged entry leads to the kept one."""
    session = reading()
    cooperative = cooperative_for(session, actor=current_actor(), code=code)
    if cooperative.code != parse_reference(code):
        flash(_("This entry was merged into another: here it is."))
        return redirect(url_for("cooperatives.card", code=show_reference(cooperative.code)), 302)
    return render_template(
        "cooperatives/card.html",
        duplicates=possible_duplicates(session, cooperative=cooperative),
        parts=parts_of(session, PartOf.COOPERATIVE, cooperative),
        **_history(session, cooperative),
        **_facts(session, cooperative),
    )


@pages.get("/cooperative/card/<code>")
@requires("cooperatives.own")
def own_card(code: str) -> ResponseReturnValue:
    """Show a cooperative its own card."""
    session = reading()
    cooperative = cooperative_for(session, actor=current_actor(), code=code)
    return render_template("cooperatives/own_card.html", **_facts(session, cooperative))


def _facts(session: Session, cooperative: Cooperative) -> dict[str, Any]:
    return {
        "cooperative": cooperative,
        "shown_code": show_reference(cooperative.code),
        "ice_is_right": ice_looks_right(cooperative.ice) if cooperative.ice else None,
        "products": catalogue.products_of(session, cooperative_id=cooperative.id),
        "supports": supported.supports_of(session, cooperative_id=cooperative.id),
        "memberships": supported.memberships_of(session, cooperative_id=cooperative.id),
        "today": local_date(utc_now()),
    }


def _history(session: Session, cooperative: Cooperative) -> dict[str, Any]:
    entries = entries_about(session, subject_type="cooperative", subject_id=str(cooperative.id))
    latest = entries[::-1][:_MOST_HISTORY]
    accounts = {int(entry.actor_id) for entry in latest if entry.actor_kind == "account" and entry.actor_id}
    return {
        "history": latest,
        "history_length": len(entries),
        "writers": names_of(session, account_ids=accounts),
    }


@pages.route("/organizer/directory/new", methods=["GET", "POST"])
@requires("cooperatives.read")
def new_card() -> ResponseReturnValue:
    """Enter a cooperative into the directory."""
    form = _offered(CardForm())
    if form.validate_on_submit():
        try:
            with transaction() as session:
                made = create_cooperative(
                    session,
                    actor=current_actor(),
                    profile=form.profile(),
                    about=form.about(),
                    now=utc_now(),
                )
        except RuleViolation as refusal:
            show_on_form(form, refusal)
        else:
            flash(_("The cooperative is in the directory."))
            return redirect(url_for("cooperatives.card", code=show_reference(made.code)), 303)
    back = url_for("cooperatives.directory")
    page = render_template("cooperatives/card_form.html", form=form, cooperative=None, back_url=back)
    return page, form_status(form)


@pages.route("/organizer/directory/<code>/edit", methods=["GET", "POST"])
@requires("cooperatives.read")
def edit_card(code: str) -> ResponseReturnValue:
    """Change the card of a cooperative."""
    return _edit(code, "cooperatives.card")


@pages.route("/cooperative/card/<code>/edit", methods=["GET", "POST"])
@requires("cooperatives.own")
def edit_own_card(code: str) -> ResponseReturnValue:
    """Let a cooperative change its own card."""
    return _edit(code, "cooperatives.own_card")


def _edit(code: str, then: str) -> ResponseReturnValue:
    cooperative = cooperative_for(reading(), actor=current_actor(), code=code)
    form = _offered(CardForm(data=card_values(cooperative) | {"seen": card_mark(cooperative)}))
    back = url_for(then, code=show_reference(cooperative.code))
    if form.validate_on_submit():
        try:
            with transaction() as session:
                edit_cooperative(
                    session,
                    actor=current_actor(),
                    code=cooperative.code,
                    profile=form.profile(),
                    about=form.about(),
                    seen=form.seen.data,
                    now=utc_now(),
                )
        except CardChanged as refusal:
            form.seen.data = card_mark(cooperative)  # the second time, it is meant
            show_on_form(form, refusal)
        except RuleViolation as refusal:
            show_on_form(form, refusal)
        else:
            flash(_("The card is saved."))
            if form.ice.data and not ice_looks_right(form.ice.data):
                flash(_("One digit of the ICE seems wrong. It is saved as it is."), "warning")
            return redirect(back, 303)
    page = render_template("cooperatives/card_form.html", form=form, cooperative=cooperative, back_url=back)
    return page, form_status(form)


def _offered(form: CardForm) -> CardForm:
    language = current_language()
    form.legal_kind.choices = choices(legal_kinds().values(), language)
    form.province.choices = {"": [("", "–")]} | dict(provinces_by_region(language))
    form.sectors.choices = dict(sectors_by_parent(language))
    return form
