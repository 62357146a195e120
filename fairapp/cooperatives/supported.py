"""Reads of programmes and networks, and of what binds a cooperative to them."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from fairapp.cooperatives.errors import NetworkNotFound, ProgrammeNotFound, SupportNotFound
from fairapp.cooperatives.models import Cooperative, Membership, Network, Programme, Support
from fairapp.cooperatives.queries import IS_OFFERED, holds_on
from fairapp.foundation.ids import parse_reference
from fairapp.foundation.text import clean


def programmes(session: Session) -> Sequence[Programme]:
    """Return all programmes in the order in which they were named."""
    return session.scalars(select(Programme).order_by(Programme.id)).all()


def programme_by_code(session: Session, *, code: str) -> Programme:
    """Return a programme.

    Raises: ProgrammeNotFound.
    """
    programme = session.scalar(select(Programme).where(Programme.code == clean(code)))
    if programme is None:
        raise ProgrammeNotFound()
    return programme


def networks(session: Session) -> Sequence[Network]:
    """Return all networks in order of their names."""
    return session.scalars(select(Network).order_by(Network.name_ar, Network.id)).all()


def network_by_code(session: Session, *, code: str) -> Network:
    """Return a network by its code, typed in any form.

    Raises: NetworkNotFound.
    """
    network = session.scalar(select(Network).where(Network.code == (parse_reference(code) or "")))
    if network is None:
        raise NetworkNotFound()
    return network


def supports_of(session: Session, *, cooperative_id: int) -> Sequence[Support]:
    """Return what supported a cooperative, with the programmes, latest first."""
    return session.scalars(
        select(Support)
        .options(joinedload(Support.programme))
        .where(Support.cooperative_id == cooperative_id)
        .order_by(Support.since_on.desc(), Support.id.desc())
    ).all()


def memberships_of(session: Session, *, cooperative_id: int) -> Sequence[Membership]:
    """Return the memberships of a cooperative, past ones too, with the networks, latest first."""
    return session.scalars(
        select(Membership)
        .options(joinedload(Membership.network))
        .where(Membership.cooperative_id == cooperative_id)
        .order_by(Membership.since_on.desc(), Membership.id.desc())
    ).all()


def open_memberships(session: Session, *, cooperative_id: int, network_code: str) -> list[Membership]:
    """Return the memberships in a network that have not ended.

    Raises: SupportNotFound, where there is none.
    """
    found = [
        membership
        for membership in memberships_of(session, cooperative_id=cooperative_id)
        if membership.network.code == network_code and membership.until_on is None
    ]
    if not found:
        raise SupportNotFound()
    return found


def open_supports(session: Session, *, cooperative_id: int, programme_code: str) -> list[Support]:
    """Return the supports by a programme that have not ended.

    Raises: SupportNotFound, where there is none.
    """
    found = [
        support
        for support in supports_of(session, cooperative_id=cooperative_id)
        if support.programme.code == programme_code and support.until_on is None
    ]
    if not found:
        raise SupportNotFound()
    return found


def members_over_time(session: Session, *, network_id: int) -> list[tuple[Membership, Cooperative]]:
    """Return all memberships of a network with their cooperatives: those that hold first, by name."""
    rows = session.execute(
        select(Membership, Cooperative)
        .join(Cooperative, Cooperative.id == Membership.cooperative_id)
        .where(Membership.network_id == network_id, IS_OFFERED)
        .order_by(Membership.until_on.is_not(None), Cooperative.name_key, Membership.since_on)
    )
    return [(row[0], row[1]) for row in rows]


def counted_members(session: Session, *, on: date) -> dict[int, int]:
    """Return the number of member cooperatives on a day, by network."""
    rows = session.execute(
        select(Membership.network_id, func.count(Membership.cooperative_id.distinct()))
        .join(Cooperative, Cooperative.id == Membership.cooperative_id)
        .where(holds_on(Membership, on), IS_OFFERED)
        .group_by(Membership.network_id)
    )
    return {row[0]: row[1] for row in rows}


def counted_supported(session: Session, *, on: date) -> dict[int, int]:
    """Return the number of supported cooperatives on a day, by programme."""
    rows = session.execute(
        select(Support.programme_id, func.count(Support.cooperative_id.distinct()))
        .join(Cooperative, Cooperative.id == Support.cooperative_id)
        .where(holds_on(Support, on), IS_OFFERED)
        .group_by(Support.programme_id)
    )
    return {row[0]: row[1] for row in rows}
