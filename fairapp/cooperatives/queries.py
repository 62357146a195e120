"""Reads of the directory."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlalchemy.orm import Session, selectinload

from fairapp.audit.domain import Actor, Role
from fairapp.cooperatives.domain import key_patterns
from fairapp.cooperatives.errors import CooperativeNotFound
from fairapp.cooperatives.models import Cooperative, Membership, Network, Support
from fairapp.foundation.ids import parse_reference

# Merged entries stay for their history and are offered nowhere.
IS_OFFERED = Cooperative.merged_into_id.is_(None)
_SEES_ALL = (Role.ADMINISTRATOR, Role.ORGANIZER, Role.DESK_AGENT)


def scope_condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on `Cooperative` under which an actor may act for it.

    The directory is one: organizers and desk agents find every cooperative by its code,
    an account of a cooperative only its own.
    """
    if any(actor.has_role(role) for role in _SEES_ALL):
        return true()
    return Cooperative.id.in_(actor.cooperative_ids())


def cooperative_for(session: Session, *, actor: Actor, code: str) -> Cooperative:
    """Return a cooperative with its sectors by its code, typed in any form.

    The code of an entry that was merged into another leads to that one.

    Raises: CooperativeNotFound.
    """
    named = Cooperative.code == (parse_reference(code) or "")
    found = session.scalar(_with_sectors().where(named, scope_condition(actor)))
    if found is None or found.merged_into_id is not None:
        kept_id = _kept_id(session, session.scalar(select(Cooperative.merged_into_id).where(named)))
        found = session.scalar(_with_sectors().where(Cooperative.id == kept_id, scope_condition(actor)))
    if found is None:
        raise CooperativeNotFound()
    return found


def _with_sectors() -> Select[Cooperative]:
    return select(Cooperative).options(selectinload(Cooperative.sectors))


def _kept_id(session: Session, identity: int | None) -> int | None:
    """Return where a chain of merged entries ends. Chains are short; they are as long as people merged."""
    while identity is not None:
        further = session.scalar(select(Cooperative.merged_into_id).where(Cooperative.id == identity))
        if further is None:
            return identity
        identity = further
    return None


def own_cooperatives(session: Session, *, actor: Actor) -> list[Cooperative]:
    """Return the cooperatives that an account belongs to, with their sectors, in order of founding here."""
    return list(
        session.scalars(
            select(Cooperative)
            .options(selectinload(Cooperative.sectors))
            .where(Cooperative.id.in_(actor.cooperative_ids()), IS_OFFERED)
            .order_by(Cooperative.id)
        )
    )


def cooperative_by_id(session: Session, *, identity: int) -> Cooperative | None:
    """Return a cooperative by its id; where it was merged into another, that one."""
    return session.get(Cooperative, _kept_id(session, identity))


def standing(session: Session, cooperative: Cooperative) -> Cooperative:
    """Return an entry, or where it was merged into meanwhile; no merging passes until this transaction ends.

    For whoever adds something to it: a merging moves what is there when it happens.
    """
    session.refresh(cooperative, ["merged_into_id"], with_for_update={"read": True, "key_share": True})
    while cooperative.merged_into_id is not None:
        kept_id = _kept_id(session, cooperative.merged_into_id)
        cooperative = session.scalars(_with_sectors().where(Cooperative.id == kept_id)).one()
        session.refresh(cooperative, ["merged_into_id"], with_for_update={"read": True, "key_share": True})
    return cooperative


def code_is_taken(session: Session, *, code: str) -> bool:
    """Tell whether a code is given to a cooperative already."""
    return session.scalar(select(Cooperative.id).where(Cooperative.code == code)) is not None


def same_cooperative(
    session: Session, *, name_ar: str, name_fr: str, phone: str, legal_kind: str
) -> Cooperative | None:
    """Return the cooperative that is surely this one: same kind, same phone and the same folded name.

    Where it was merged into another, that one.
    """
    found = session.scalar(
        _with_sectors()
        .where(
            Cooperative.phone == phone,
            Cooperative.legal_kind == legal_kind,
            or_(*_same_name(name_ar, name_fr)),
        )
        .order_by(Cooperative.id)
    )
    if found is not None and found.merged_into_id is not None:
        kept_id = _kept_id(session, found.merged_into_id)
        found = session.scalar(_with_sectors().where(Cooperative.id == kept_id))
    return found


def _same_name(name_ar: str, name_fr: str) -> list[ColumnElement[bool]]:
    return [Cooperative.name_key.like(pattern) for pattern in key_patterns(name_ar, name_fr)]


def holds_on(dated: type[Membership] | type[Support], on: date) -> ColumnElement[bool]:
    """Return the condition that a membership or a support holds on a day: since its first day, and

    until before its last one, so that who leaves one network for another on a day is never in both.
    """
    return and_(dated.since_on <= on, or_(dated.until_on.is_(None), dated.until_on > on))


def current_members(
    session: Session, *, network_ids: Collection[int], on: date
) -> dict[int, list[Cooperative]]:
    """Return the cooperatives that are members on a day, by network, in order of their names."""
    rows = session.execute(
        select(Membership.network_id, Cooperative)
        .join(Cooperative, Cooperative.id == Membership.cooperative_id)
        .where(Membership.network_id.in_(network_ids), holds_on(Membership, on), IS_OFFERED)
        .order_by(Membership.network_id, Cooperative.name_key, Cooperative.id)
    )
    members: dict[int, dict[int, Cooperative]] = {network_id: {} for network_id in network_ids}
    for network_id, cooperative in rows:
        members[network_id][cooperative.id] = cooperative
    return {network_id: list(found.values()) for network_id, found in members.items()}


def networks_of(session: Session, *, cooperative_ids: Collection[int], on: date) -> dict[int, frozenset[int]]:
    """Return the ids of the networks that cooperatives belong to on a day, by cooperative.

    Whoever belongs to none has an empty set.
    """
    rows = session.execute(
        select(Membership.cooperative_id, Membership.network_id).where(
            Membership.cooperative_id.in_(cooperative_ids), holds_on(Membership, on)
        )
    )
    found: dict[int, set[int]] = {identity: set() for identity in cooperative_ids}
    for cooperative_id, network_id in rows:
        found[cooperative_id].add(network_id)
    return {identity: frozenset(networks) for identity, networks in found.items()}


def networks_led_by(session: Session, *, actor: Actor, on: date) -> Sequence[Network]:
    """Return the networks whose own entry is a cooperative of the actor and that have members on a day.

    In order of their names. Accounts of that body may file for those members.
    """
    has_members = (
        select(Membership.id).where(Membership.network_id == Network.id, holds_on(Membership, on)).exists()
    )
    return session.scalars(
        select(Network)
        .where(Network.body_id.in_(actor.cooperative_ids()), has_members)
        .order_by(Network.name_ar, Network.id)
    ).all()
