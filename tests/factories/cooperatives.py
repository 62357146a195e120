"""Cooperatives."""

from typing import Any

from sqlalchemy.orm import Session

from fairapp.cooperatives.domain import stored_keys
from fairapp.cooperatives.models import Cooperative, CooperativeSector
from fairapp.foundation.ids import new_reference
from tests import NOW

PROVINCE = "05.301"  # Khénifra, in region 05


def make_cooperative(
    session: Session, *, sectors: tuple[str, ...] = ("AGR-HONEY",), **overrides: Any
) -> Cooperative:
    """Make a cooperative of the province of Khenifra."""
    code = new_reference()
    values = {
        "code": code,
        "name_ar": f"تعاونية {code}",
        "name_fr": f"Coopérative {code}",
        "legal_kind": "cooperative",
        "province_code": PROVINCE,
        "commune": "Khénifra",
        "phone": "+212612345678",
        "email": f"{code.lower()}@cooperatives.example",
        "created_at": NOW,
    } | overrides
    values = stored_keys(str(values["name_ar"]), str(values["name_fr"])) | values
    cooperative = Cooperative(**values)
    session.add(cooperative)
    session.flush()
    session.add_all(CooperativeSector(cooperative_id=cooperative.id, sector_code=code) for code in sectors)
    session.flush()
    return cooperative
