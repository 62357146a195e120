"""Reads of the directory."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session, selectinload

from fairapp.audit.domain import Actor, Role
from fairapp.cooperatives.domain import key_patterns
from fairapp.cooperatives.errors import CooperativeNotFound
from fairapp.cooperatives.models import Cooperative
from fairapp.foundation.ids import parse_reference

MOST_DUPLICATES = 5
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

    Raises: CooperativeNotFound.
    """
    cooperative = session.scalar(
        select(Cooperative)
        .options(selectinload(Cooperative.sectors))
        .where(Cooperative.code == (parse_reference(code) or ""), scope_condition(actor))
    )
    if cooperative is None:
        raise CooperativeNotFound()
    return cooperative


def own_cooperatives(session: Session, *, actor: Actor) -> list[Cooperative]:
    """Return the cooperatives that an account belongs to, with their sectors, in order of founding here."""
    return list(
        session.scalars(
            select(Cooperative)
            .options(selectinload(Cooperative.sectors))
            .where(Cooperative.id.in_(actor.cooperative_ids()))
            .order_by(Cooperative.id)
        )
    )


def code_is_taken(session: Session, *, code: str) -> bool:
    """Tell whether a code is given to a cooperative already."""
    return session.scalar(select(Cooperative.id).where(Cooperative.code == code)) is not None


def same_cooperative(
    session: Session, *, name_ar: str, name_fr: str, phone: str, legal_kind: str
) -> Cooperative | None:
    """Return the cooperative that is surely this one: same kind, same phone and the same folded name."""
    return session.scalar(
        select(Cooperative)
        .options(selectinload(Cooperative.sectors))
        .where(
            Cooperative.phone == phone,
            Cooperative.legal_kind == legal_kind,
            or_(*_same_name(name_ar, name_fr)),
        )
        .order_by(Cooperative.id)
    )


def possible_duplicates(session: Session, *, cooperative: Cooperative) -> Sequence[Cooperative]:
    """Return other cooperatives with the same folded name, phone or register number, at most five."""
    marks: list[ColumnElement[bool]] = _same_name(cooperative.name_ar, cooperative.name_fr)
    if cooperative.phone:
        marks.append(Cooperative.phone == cooperative.phone)
    if cooperative.register_number:
        same_court = (
            Cooperative.register_court == cooperative.register_court if cooperative.register_court else true()
        )
        marks.append(and_(Cooperative.register_number == cooperative.register_number, same_court))
    return session.scalars(
        select(Cooperative)
        .where(Cooperative.id != cooperative.id, or_(*marks))
        .order_by(Cooperative.id)
        .limit(MOST_DUPLICATES)
    ).all()


def _same_name(name_ar: str, name_fr: str) -> list[ColumnElement[bool]]:
    return [Cooperative.name_key.like(pattern) for pattern in key_patterns(name_ar, name_fr)]
