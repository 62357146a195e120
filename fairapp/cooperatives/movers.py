"""What the directory itself and the accounts below it move along when two entries are merged."""

from flask import Flask
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

from fairapp.accounts.models import Invitation, RoleGrant
from fairapp.cooperatives.merging import RowMover, offer_mover
from fairapp.cooperatives.models import CatalogueProduct, Membership, Network, Support


def offer_own_movers(app: Flask) -> None:
    """Offer to move accounts, invitations, products, programmes and networks."""
    offer_mover(app, "accounts", RowMover(RoleGrant, only=_new_grant, counted=RoleGrant.revoked_at.is_(None)))
    offer_mover(app, "invitations", RowMover(Invitation))
    offer_mover(app, "products", RowMover(CatalogueProduct, counted=CatalogueProduct.removed_at.is_(None)))
    offer_mover(app, "supports", RowMover(Support, only=_new_support))
    offer_mover(app, "memberships", RowMover(Membership, only=_new_membership))
    offer_mover(app, "networks", RowMover(Network, column="body_id"))


def _new_grant(kept_id: int, _merged_id: int) -> ColumnElement[bool]:
    """Live roles of accounts that the kept entry does not have yet."""
    known = aliased(RoleGrant)
    has = select(known.id).where(
        known.cooperative_id == kept_id,
        known.account_id == RoleGrant.account_id,
        known.role == RoleGrant.role,
        known.revoked_at.is_(None),
    )
    return and_(RoleGrant.revoked_at.is_(None), ~has.exists())


def _new_support(kept_id: int, _merged_id: int) -> ColumnElement[bool]:
    known = aliased(Support)
    return (
        ~select(known.id)
        .where(
            known.cooperative_id == kept_id,
            known.programme_id == Support.programme_id,
            or_(known.until_on.is_(None), known.until_on > Support.since_on),
            or_(Support.until_on.is_(None), Support.until_on > known.since_on),
        )
        .exists()
    )


def _new_membership(kept_id: int, _merged_id: int) -> ColumnElement[bool]:
    known = aliased(Membership)
    return (
        ~select(known.id)
        .where(
            known.cooperative_id == kept_id,
            known.network_id == Membership.network_id,
            or_(known.until_on.is_(None), known.until_on > Membership.since_on),
            or_(Membership.until_on.is_(None), Membership.until_on > known.since_on),
        )
        .exists()
    )
