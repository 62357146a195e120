"""The till: one sale after another, the total of the day always on top."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import Conflict, RuleViolation
from fairapp.sales.domain import Payment, SaleEntry
from fairapp.sales.forms import OTHER, SaleForm, UndoForm
from fairapp.sales.queries import till as queries
from fairapp.sales.queries.till import TillProduct
from fairapp.sales.routes import pages
from fairapp.sales.routes.places import TillPlace, asked_place, own_stands
from fairapp.sales.services.till import record_sale, undo_sale
from fairapp.web.access import current_actor, requires
from fairapp.web.forms import form_status, show_on_form

SHOWN_SALES = 30


@pages.get("/till")
@requires("sales.record")
def till() -> ResponseReturnValue:
    """Show the till of a stand, or the choice of stands."""
    place = asked_place(reading())
    if place is None:
        return render_template("sales/choose.html", stands=own_stands(reading()))
    return _till_page(place, _sale_form(queries.products_of(reading(), place=place.stand)))


@pages.post("/till")
@requires("sales.record")
def record() -> ResponseReturnValue:
    """Record a sale; the same page sent twice records it once."""
    place = asked_place(reading())
    if place is None:
        return redirect(url_for("sales.till"), 303)
    form = _sale_form(products := queries.products_of(reading(), place=place.stand))
    if form.validate_on_submit():
        entry = _entry(place, form, products)
        try:
            with transaction() as session:
                record_sale(session, actor=current_actor(), event=place.event, entry=entry, now=utc_now())
        except (RuleViolation, Conflict) as refusal:
            show_on_form(form, refusal)
        else:
            return redirect(place.url("sales.till", saved=entry.id), 303)
    return _till_page(place, form), form_status(form)


@pages.post("/till/undo")
@requires("sales.record")
def undo() -> ResponseReturnValue:
    """Cancel a sale by a second entry."""
    place = asked_place(reading())
    form = UndoForm()
    if place is None or not form.validate_on_submit():
        return redirect(url_for("sales.till"), 303)
    try:
        with transaction() as session:
            undo_sale(
                session,
                actor=current_actor(),
                event=place.event,
                place=place.code,
                sale_id=form.sale.data,
                reversal_id=form.id.data,
                now=utc_now(),
            )
    except (RuleViolation, Conflict) as refusal:
        flash(_(refusal.message), "warning")
    else:
        flash(_("The sale is cancelled."))
    return redirect(place.url("sales.till"), 303)


def _till_page(place: TillPlace, form: SaleForm) -> str:
    session = reading()
    stand_id, today = place.stand.stand_id, place.today
    sales = queries.sales_of_day(session, stand_id=stand_id, day=today, most=SHOWN_SALES)
    saved = request.args.get("saved", "")
    return render_template(
        "sales/till.html",
        place=place,
        form=form,
        products=queries.products_of(session, place=place.stand),
        total=queries.total_of_day(session, stand_id=stand_id, day=today),
        sales=sales,
        just_saved=next((sale for sale in sales if str(sale.id) == saved and not sale.reversed_at), None),
        new_id=_new_id,
    )


def _sale_form(products: list[TillProduct]) -> SaleForm:
    form = SaleForm(id=_new_id()) if request.method == "GET" else SaleForm()
    form.product.choices = [
        *(SelectChoice(product.name, product.name) for product in products),
        SelectChoice(OTHER, _("Other")),
    ]
    if request.method == "GET":
        form.product.data = products[0].name if products else OTHER
    return form


def _entry(place: TillPlace, form: SaleForm, products: list[TillProduct]) -> SaleEntry:
    sector_of = {product.name: product.sector_code for product in products}
    values: dict[str, Any] = form.data
    return SaleEntry(
        id=values["id"].lower(),
        stop=place.code[0],
        stand=place.code[1],
        sold_at=utc_now(),
        amount_minor=form.amount.minor,
        payment=Payment(values["payment"]),
        sector=sector_of.get(values["product"]),
        product=values["product"] or None,
    )


def _new_id() -> str:
    return str(uuid.uuid4())
