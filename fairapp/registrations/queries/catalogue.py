"""The products that those accepted to an event show."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from fairapp.cooperatives.catalogue import IS_SHOWN, shown_products
from fairapp.cooperatives.models import CatalogueProduct, Cooperative
from fairapp.reference.queries import main_sector_of, subsectors_of
from fairapp.registrations.domain import RegistrationState
from fairapp.registrations.models import Registration

PER_PAGE = 24


@dataclass(frozen=True, slots=True)
class Shown:
    """A product with its photo, and whose it is."""

    product: CatalogueProduct
    cooperative: Cooperative


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """One page of products, how many there are, and how many of each main sector in all."""

    items: Sequence[Shown]
    page: int
    pages: int
    total: int
    sectors: Counter[str]


def catalogue_page(
    session: Session, *, event_id: int, sector: str | None = None, page: int = 1, per_page: int = PER_PAGE
) -> CataloguePage:
    """Return the products of the accepted, by cooperative and in its order; `sector` is a main one.

    Two queries, however many products there are.
    """
    counts = session.execute(
        select(CatalogueProduct.sector_code, func.count())
        .where(IS_SHOWN, _is_of_accepted(event_id))
        .group_by(CatalogueProduct.sector_code)
    )
    sectors: Counter[str] = Counter()
    for code, count in counts:
        sectors[main_sector_of(code)] += count
    total = sectors[sector] if sector else sectors.total()
    pages = max(1, -(-total // per_page))
    page = min(max(1, page), pages)
    query = shown_products().where(_is_of_accepted(event_id))
    if sector:
        codes = [sector, *(entry.code for entry in subsectors_of(sector))]
        query = query.where(CatalogueProduct.sector_code.in_(codes))
    rows = session.execute(
        query.order_by(Cooperative.name_key, Cooperative.id, CatalogueProduct.position, CatalogueProduct.id)
        .limit(per_page)
        .offset((page - 1) * per_page)
    )
    items = [Shown(row[0], row[1]) for row in rows] if total else []
    return CataloguePage(items=items, page=page, pages=pages, total=total, sectors=sectors)


def _is_of_accepted(event_id: int) -> ColumnElement[bool]:
    return CatalogueProduct.cooperative_id.in_(
        select(Registration.cooperative_id).where(
            Registration.event_id == event_id, Registration.state == RegistrationState.ACCEPTED
        )
    )
