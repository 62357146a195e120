"""The product catalogue of a cooperative."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor
from fairapp.audit.services import record
from fairapp.cooperatives import catalogue, queries
from fairapp.cooperatives.domain import ProductText, check_product
from fairapp.cooperatives.errors import NotAPhoto, TooManyProducts
from fairapp.cooperatives.models import CatalogueProduct, Cooperative
from fairapp.files.domain import MediaType, PreparedFile
from fairapp.files.services import keep_file, remove_file
from fairapp.foundation.ids import new_reference

MOST_PRODUCTS = 30


def owner_of(cooperative: Cooperative) -> str:
    """Return under what the files of a cooperative are kept."""
    return f"cooperative:{cooperative.code}"


def add_product(
    session: Session,
    *,
    actor: Actor,
    code: str,
    product: ProductText,
    photo: PreparedFile | None,
    now: datetime,
) -> CatalogueProduct:
    """Put a product at the end of a cooperative's catalogue. The bytes of its photo are in the store.

    Raises: CooperativeNotFound, ProductNameMissing, UnitWithoutPrice, TooManyProducts, NotAPhoto,
    TooManyFiles, NoRoomLeft.
    """
    check_product(product)
    cooperative = _locked(session, actor, code)
    known = catalogue.products_of(session, cooperative_id=cooperative.id)
    if len(known) >= MOST_PRODUCTS:
        raise TooManyProducts(most=MOST_PRODUCTS)
    made = CatalogueProduct(
        code=new_reference(),
        cooperative_id=cooperative.id,
        position=max((one.position for one in known), default=0) + 1,
        created_at=now,
    )
    _write(made, product)
    _set_photo(session, made, photo, cooperative, now)
    session.add(made)
    session.flush()
    _record(session, actor, cooperative, "cooperatives.product_added", made, now)
    return made


def change_product(
    session: Session,
    *,
    actor: Actor,
    code: str,
    product_code: str,
    product: ProductText,
    photo: PreparedFile | None,
    now: datetime,
    without_photo: bool = False,
) -> CatalogueProduct:
    """Change a product. A new photo takes the place of the old one, `without_photo` takes it away.

    Raises: CooperativeNotFound, ProductNotFound, ProductNameMissing, UnitWithoutPrice, NotAPhoto,
    TooManyFiles, NoRoomLeft.
    """
    check_product(product)
    cooperative = _locked(session, actor, code)
    changed = catalogue.product_by_code(session, cooperative_id=cooperative.id, code=product_code)
    _write(changed, product)
    if without_photo or photo is not None:
        _drop_photo(session, changed, now)
    _set_photo(session, changed, photo, cooperative, now)
    session.flush()
    _record(session, actor, cooperative, "cooperatives.product_changed", changed, now)
    return changed


def show_product(
    session: Session, *, actor: Actor, code: str, product_code: str, is_public: bool, now: datetime
) -> None:
    """Show a product to the public, or hide it.

    Raises: CooperativeNotFound, ProductNotFound.
    """
    cooperative = _locked(session, actor, code)
    product = catalogue.product_by_code(session, cooperative_id=cooperative.id, code=product_code)
    product.is_public = is_public
    session.flush()
    action = "cooperatives.product_shown" if is_public else "cooperatives.product_hidden"
    _record(session, actor, cooperative, action, product, now)


def move_product(session: Session, *, actor: Actor, code: str, product_code: str, now: datetime) -> None:
    """Move a product one place up; the first one stays.

    Raises: CooperativeNotFound, ProductNotFound.
    """
    cooperative = _locked(session, actor, code)
    product = catalogue.product_by_code(session, cooperative_id=cooperative.id, code=product_code)
    listed = list(catalogue.products_of(session, cooperative_id=cooperative.id))
    place = listed.index(product)
    if place:
        listed[place - 1], listed[place] = listed[place], listed[place - 1]
    for position, one in enumerate(listed, start=1):
        one.position = position
    session.flush()
    _record(session, actor, cooperative, "cooperatives.product_moved", product, now)


def remove_product(session: Session, *, actor: Actor, code: str, product_code: str, now: datetime) -> None:
    """Take a product out of the catalogue, and its photo.

    Raises: CooperativeNotFound, ProductNotFound.
    """
    cooperative = _locked(session, actor, code)
    product = catalogue.product_by_code(session, cooperative_id=cooperative.id, code=product_code)
    _drop_photo(session, product, now)
    product.removed_at = now
    session.flush()
    _record(session, actor, cooperative, "cooperatives.product_removed", product, now)


def _locked(session: Session, actor: Actor, code: str) -> Cooperative:
    cooperative = queries.cooperative_for(session, actor=actor, code=code)
    session.refresh(cooperative, ["merged_into_id"], with_for_update=True)
    return cooperative


def _write(product: CatalogueProduct, text: ProductText) -> None:
    # A name given in one language stands for both, so that no page shows an empty one.
    both = replace(text, name_ar=text.name_ar or text.name_fr, name_fr=text.name_fr or text.name_ar)
    product.name_ar, product.name_fr = both.name_ar, both.name_fr
    product.sector_code = both.sector_code
    product.price_minor, product.unit = both.price_minor, both.unit
    product.is_public = both.is_public


def _set_photo(
    session: Session,
    product: CatalogueProduct,
    photo: PreparedFile | None,
    cooperative: Cooperative,
    now: datetime,
) -> None:
    if photo is None:
        return
    if photo.media_type is not MediaType.JPEG:
        raise NotAPhoto()
    product.photo = keep_file(session, prepared=photo, owner=owner_of(cooperative), now=now)


def _drop_photo(session: Session, product: CatalogueProduct, now: datetime) -> None:
    if product.photo is not None:
        remove_file(session, file=product.photo, now=now)
        product.photo = None


def _record(
    session: Session,
    actor: Actor,
    cooperative: Cooperative,
    action: str,
    product: CatalogueProduct,
    now: datetime,
) -> None:
    record(
        session,
        actor=actor,
        action=action,
        subject_type="cooperative",
        subject_id=cooperative.id,
        now=now,
        details={"product": product.code},
    )
