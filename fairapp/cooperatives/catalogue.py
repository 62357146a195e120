"""Reads of the products that cooperatives show."""

from collections.abc import Collection, Sequence

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session, joinedload

from fairapp.audit.domain import Actor
from fairapp.cooperatives.errors import ProductNotFound
from fairapp.cooperatives.models import CatalogueProduct, Cooperative
from fairapp.cooperatives.queries import IS_OFFERED, scope_condition
from fairapp.files.models import StoredFile
from fairapp.foundation.ids import parse_reference
from fairapp.foundation.text import clean

IS_SHOWN = and_(CatalogueProduct.removed_at.is_(None), CatalogueProduct.is_public)


def products_of(
    session: Session, *, cooperative_id: int, shown_only: bool = False
) -> Sequence[CatalogueProduct]:
    """Return the products of a cooperative with their photos, in its order."""
    query = _kept().where(CatalogueProduct.cooperative_id == cooperative_id)
    if shown_only:
        query = query.where(IS_SHOWN)
    return session.scalars(query.order_by(CatalogueProduct.position, CatalogueProduct.id)).all()


def product_by_code(session: Session, *, cooperative_id: int, code: str) -> CatalogueProduct:
    """Return a product of a cooperative with its photo.

    Raises: ProductNotFound.
    """
    product = session.scalar(
        _kept().where(
            CatalogueProduct.cooperative_id == cooperative_id,
            CatalogueProduct.code == (parse_reference(code) or ""),
        )
    )
    if product is None:
        raise ProductNotFound()
    return product


def photo_for(session: Session, *, actor: Actor, token: str) -> StoredFile:
    """Return the photo of a product: of a shown one for anyone, of a hidden one for who may act for it.

    Raises: ProductNotFound.
    """
    row = session.execute(
        select(StoredFile, CatalogueProduct.is_public, CatalogueProduct.cooperative_id)
        .join(CatalogueProduct, CatalogueProduct.photo_id == StoredFile.id)
        .where(
            StoredFile.token == clean(token),
            StoredFile.removed_at.is_(None),
            CatalogueProduct.removed_at.is_(None),
        )
    ).first()
    if row is None:
        raise ProductNotFound()
    if not row.is_public:
        mine = select(Cooperative.id).where(Cooperative.id == row.cooperative_id, scope_condition(actor))
        if session.scalar(mine) is None:
            raise ProductNotFound()
    photo: StoredFile = row[0]
    return photo


def counted_products(session: Session, *, cooperative_ids: Collection[int]) -> dict[int, int]:
    """Return the number of products that cooperatives keep, hidden ones too."""
    rows = session.execute(
        select(CatalogueProduct.cooperative_id, func.count())
        .where(CatalogueProduct.cooperative_id.in_(cooperative_ids), CatalogueProduct.removed_at.is_(None))
        .group_by(CatalogueProduct.cooperative_id)
    )
    return {row[0]: row[1] for row in rows}


def shown_products() -> Select[CatalogueProduct, Cooperative]:
    """Return the query of the products that the public may see, with their cooperatives and photos."""
    return (
        select(CatalogueProduct, Cooperative)
        .join(Cooperative, Cooperative.id == CatalogueProduct.cooperative_id)
        .options(joinedload(CatalogueProduct.photo))
        .where(IS_SHOWN, IS_OFFERED)
    )


def _kept() -> Select[CatalogueProduct]:
    return (
        select(CatalogueProduct)
        .options(joinedload(CatalogueProduct.photo))
        .where(CatalogueProduct.removed_at.is_(None))
    )
