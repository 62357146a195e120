"""Tables of the directory."""

from fairapp.cooperatives.models.catalogue import CatalogueProduct
from fairapp.cooperatives.models.core import Cooperative, CooperativeSector
from fairapp.cooperatives.models.merging import Distinct, Merge
from fairapp.cooperatives.models.support import Membership, Network, Programme, Support

__all__ = (
    "CatalogueProduct",
    "Cooperative",
    "CooperativeSector",
    "Distinct",
    "Membership",
    "Merge",
    "Network",
    "Programme",
    "Support",
)
