"""The products of a cooperative: by itself, and by organizers and desk agents for it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from fairapp.cooperatives import catalogue
from fairapp.cooperatives.forms.products import ProductForm
from fairapp.cooperatives.models import CatalogueProduct, Cooperative
from fairapp.cooperatives.queries import cooperative_for
from fairapp.cooperatives.routes import pages
from fairapp.cooperatives.services import products as services
from fairapp.files.domain import LARGEST_BYTES, PreparedFile
from fairapp.files.receiving import receive_whole
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import RuleViolation
from fairapp.foundation.ids import show_reference
from fairapp.foundation.money import to_text
from fairapp.reference.queries import sectors_by_parent
from fairapp.web.access import current_actor, requires
from fairapp.web.forms import form_status, show_on_form
from fairapp.web.i18n import current_language
from fairapp.web.limits import takes_up_to


@dataclass(frozen=True, slots=True)
class Door:
    """Where the same pages open: for the cooperative itself, and for who works with the directory."""

    path: str
    prefix: str

    def url(self, page: str, cooperative: Cooperative, **values: Any) -> str:
        """Return the address of a page behind this door."""
        shown = show_reference(cooperative.code)
        return url_for(f"cooperatives.{self.prefix}{page}", code=shown, **values)


OWN = Door("/cooperative/card/<code>", "own_")
DIRECTORY = Door("/organizer/directory/<code>", "")


@pages.get(f"{DIRECTORY.path}/products")
@requires("cooperatives.read")
def products(code: str) -> ResponseReturnValue:
    """List the products of a cooperative."""
    return _list(DIRECTORY, code)


@pages.get(f"{OWN.path}/products")
@requires("cooperatives.own")
def own_products(code: str) -> ResponseReturnValue:
    """List a cooperative's own products."""
    return _list(OWN, code)


@pages.route(f"{DIRECTORY.path}/products/new", methods=["GET", "POST"])
@takes_up_to(LARGEST_BYTES + 1024 * 1024)
@requires("cooperatives.read")
def new_product(code: str) -> ResponseReturnValue:
    """Put a product into the catalogue of a cooperative."""
    return _edit(DIRECTORY, code, None)


@pages.route(f"{OWN.path}/products/new", methods=["GET", "POST"])
@takes_up_to(LARGEST_BYTES + 1024 * 1024)
@requires("cooperatives.own")
def own_new_product(code: str) -> ResponseReturnValue:
    """Put a product into a cooperative's own catalogue."""
    return _edit(OWN, code, None)


@pages.route(f"{DIRECTORY.path}/products/<product>", methods=["GET", "POST"])
@takes_up_to(LARGEST_BYTES + 1024 * 1024)
@requires("cooperatives.read")
def product(code: str, product: str) -> ResponseReturnValue:
    """Change a product of a cooperative."""
    return _edit(DIRECTORY, code, product)


@pages.route(f"{OWN.path}/products/<product>", methods=["GET", "POST"])
@takes_up_to(LARGEST_BYTES + 1024 * 1024)
@requires("cooperatives.own")
def own_product(code: str, product: str) -> ResponseReturnValue:
    """Change an own product."""
    return _edit(OWN, code, product)


@pages.post(f"{DIRECTORY.path}/products/<product>/<any(show, hide, up, remove):act>")
@requires("cooperatives.read")
def act_on_product(code: str, product: str, act: str) -> ResponseReturnValue:
    """Show, hide, move or remove a product of a cooperative."""
    return _act(DIRECTORY, code, product, act)


@pages.post(f"{OWN.path}/products/<product>/<any(show, hide, up, remove):act>")
@requires("cooperatives.own")
def own_act_on_product(code: str, product: str, act: str) -> ResponseReturnValue:
    """Show, hide, move or remove an own product."""
    return _act(OWN, code, product, act)


def _list(door: Door, code: str) -> ResponseReturnValue:
    session = reading()
    cooperative = cooperative_for(session, actor=current_actor(), code=code)
    return render_template(
        "cooperatives/products.html",
        door=door,
        cooperative=cooperative,
        products=catalogue.products_of(session, cooperative_id=cooperative.id),
        most=services.MOST_PRODUCTS,
    )


def _edit(door: Door, code: str, product_code: str | None) -> ResponseReturnValue:
    session = reading()
    cooperative = cooperative_for(session, actor=current_actor(), code=code)
    known = (
        catalogue.product_by_code(session, cooperative_id=cooperative.id, code=product_code)
        if product_code
        else None
    )
    form = _form(known)
    if form.validate_on_submit():
        try:
            _save(cooperative.code, known, form)
        except RuleViolation as refusal:
            show_on_form(form, _on_photo(refusal))
        else:
            flash(_("The product is saved."))
            return redirect(door.url("products", cooperative), 303)
    page = render_template(
        "cooperatives/product_form.html", door=door, cooperative=cooperative, product=known, form=form
    )
    return page, form_status(form)


def _form(known: CatalogueProduct | None) -> ProductForm:
    values = {}
    if known is not None:
        values = {
            "name_ar": known.name_ar,
            "name_fr": known.name_fr,
            "sector": known.sector_code,
            "price": to_text(known.price_minor) if known.price_minor is not None else "",
            "unit": known.unit or "",
            "is_public": known.is_public,
        }
    form = ProductForm(data=values) if values else ProductForm()
    form.sector.choices = {"": [("", "–")]} | dict(sectors_by_parent(current_language()))
    return form


def _save(code: str, known: CatalogueProduct | None, form: ProductForm) -> None:
    photo = _photo_sent()  # takes seconds: before the transaction
    with transaction() as session:
        if known is None:
            services.add_product(
                session, actor=current_actor(), code=code, product=form.product(), photo=photo, now=utc_now()
            )
        else:
            services.change_product(
                session,
                actor=current_actor(),
                code=code,
                product_code=known.code,
                product=form.product(),
                photo=photo,
                without_photo=bool(form.without_photo.data),
                now=utc_now(),
            )


def _photo_sent() -> PreparedFile | None:
    sent: FileStorage | None = request.files.get("photo")
    return receive_whole(sent) if sent is not None and sent.filename else None


def _on_photo(refusal: RuleViolation) -> RuleViolation:
    """Put refusals of files, which name no field of ours, beside the photo."""
    if type(refusal).__module__.startswith("fairapp.files"):
        refusal.field = "photo"
    return refusal


def _act(door: Door, code: str, product_code: str, act: str) -> Response:
    done: dict[str, str] = {
        "show": _("The product is shown."),
        "hide": _("The product is hidden."),
        "up": _("The product has moved up."),
        "remove": _("The product is removed."),
    }
    with transaction() as session:
        _ACTS[act](session, actor=current_actor(), code=code, product_code=product_code, now=utc_now())
    flash(done[act])
    cooperative = cooperative_for(reading(), actor=current_actor(), code=code)
    return redirect(door.url("products", cooperative), 303)  # type: ignore[return-value] # werkzeug's own


_ACTS: dict[str, Callable[..., None]] = {
    "show": lambda session, **values: services.show_product(session, is_public=True, **values),
    "hide": lambda session, **values: services.show_product(session, is_public=False, **values),
    "up": services.move_product,
    "remove": services.remove_product,
}
