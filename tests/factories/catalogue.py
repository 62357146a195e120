"""Products with photos, and merged entries."""

import io
from typing import Any

from flask import Flask
from PIL import Image
from sqlalchemy.orm import Session

from fairapp.cooperatives.models import CatalogueProduct, Cooperative, Merge
from fairapp.cooperatives.services.products import owner_of
from fairapp.files.domain import MediaType, PreparedFile
from fairapp.files.services import keep_file
from fairapp.files.store import store_of
from fairapp.foundation.ids import new_reference
from tests import NOW
from tests.factories.cooperatives import make_cooperative


def picture(colour: str = "orange", side: int = 600) -> bytes:
    """Return a JPEG of one colour."""
    made = io.BytesIO()
    Image.new("RGB", (side, side * 3 // 4), colour).save(made, "JPEG")
    return made.getvalue()


def make_product(session: Session, cooperative: Cooperative, **overrides: Any) -> CatalogueProduct:
    """Make a product that is shown, without a photo."""
    values = {
        "code": new_reference(),
        "cooperative_id": cooperative.id,
        "position": 1,
        "name_ar": "عسل الزعتر",
        "name_fr": "Miel de thym",
        "sector_code": "AGR-HONEY",
        "is_public": True,
        "created_at": NOW,
    } | overrides
    product = CatalogueProduct(**values)
    session.add(product)
    session.flush()
    return product


def give_photo(app: Flask, session: Session, product: CatalogueProduct, cooperative: Cooperative) -> str:
    """Give a product a photo that lies in the store; return its token."""
    prepared = PreparedFile(picture(), MediaType.JPEG, "honey.jpg", width_px=600, height_px=450)
    store_of(app.extensions["settings"]).put(prepared)
    product.photo = keep_file(session, prepared=prepared, owner=owner_of(cooperative), now=NOW)
    session.flush()
    return product.photo.token


def make_merge(session: Session, kept: Cooperative) -> Merge:
    """Merge an entry that holds nothing into another."""
    merged = make_cooperative(session, merged_into_id=kept.id)
    merge = Merge(
        code=new_reference(),
        kept_id=kept.id,
        merged_id=merged.id,
        reason="the same",
        moved={"fields": {}, "sectors": {"before": [], "after": []}, "rows": {}},
        merged_at=NOW,
    )
    session.add(merge)
    session.flush()
    return merge
