"""Reads of the desk: the cooperative to file for, what is known of it, and what was filed today."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from fairapp.audit.domain import Actor, Role
from fairapp.cooperatives.errors import CooperativeNotFound
from fairapp.cooperatives.models import Cooperative, Network
from fairapp.cooperatives.queries import IS_OFFERED, current_members, networks_led_by
from fairapp.events.models import Event
from fairapp.foundation.clock import from_local
from fairapp.foundation.ids import parse_reference
from fairapp.foundation.text import fold, normalize_phone, western_digits
from fairapp.registrations.domain import RegistrationState
from fairapp.registrations.errors import RegistrationNotFound
from fairapp.registrations.models import Registration, RegistrationDraft
from fairapp.registrations.queries.single import registration_by_id, scope_condition

MOST_FOUND = 20
MOST_LISTED = 200
LEAST_SIGNS = 2


def found_cooperatives(session: Session, *, text: str) -> Sequence[Cooperative]:
    """Return entries of the directory by a name in any spelling, code, phone or register number.

    A code or a phone finds what has it alone; all words of a name must be there, in any order. At
    most twenty, by name; merged entries are not offered.
    """
    condition = _match(text)
    if condition is None:
        return ()
    query = select(Cooperative).where(IS_OFFERED, condition).order_by(Cooperative.name_key, Cooperative.id)
    return session.scalars(query.limit(MOST_FOUND)).all()


def _match(text: str) -> ColumnElement[bool] | None:
    code, phone, words = parse_reference(text), normalize_phone(text), fold(text).split()
    if code is not None:
        return Cooperative.code == code
    if phone is not None:
        return Cooperative.phone == phone
    if sum(map(len, words)) < LEAST_SIGNS:
        return None
    named = and_(*(Cooperative.name_key.like(f"%{word}%") for word in words))
    number = western_digits(text).strip()
    return or_(named, Cooperative.register_number == number)


def last_registration(session: Session, *, cooperative_id: int) -> Registration | None:
    """Return what a cooperative sent last, withdrawn ones left out, with products, sectors and people."""
    return session.scalar(
        select(Registration)
        .options(
            selectinload(Registration.sectors),
            selectinload(Registration.products),
            selectinload(Registration.representatives),
        )
        .where(
            Registration.cooperative_id == cooperative_id,
            Registration.state != RegistrationState.WITHDRAWN,
        )
        .order_by(Registration.received_at.desc(), Registration.id.desc())
        .limit(1)
    )


def registered_here(session: Session, *, event_id: int, cooperative_ids: Collection[int]) -> dict[int, str]:
    """Return the references of live registrations for an event, by cooperative."""
    rows = session.execute(
        select(Registration.cooperative_id, Registration.reference).where(
            Registration.event_id == event_id,
            Registration.cooperative_id.in_(cooperative_ids),
            Registration.state != RegistrationState.WITHDRAWN,
        )
    )
    return {row[0]: row[1] for row in rows}


def filed_on(session: Session, *, actor: Actor, event_id: int, day: date) -> Sequence[Registration]:
    """Return what an account filed for an event on a local day, latest first, with the cooperatives."""
    begins, ends = from_local(day, time(0)), from_local(day + timedelta(days=1), time(0))
    return session.scalars(
        _listed().where(
            Registration.filed_by_id == actor.account_id,
            Registration.event_id == event_id,
            Registration.received_at >= begins,
            Registration.received_at < ends,
        )
    ).all()


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A form of the desk that was typed and not sent: the draft's reference, when, and for whom."""

    reference: str
    at: datetime
    name: str
    code: str


def unfinished_forms(session: Session, *, actor: Actor, event_id: int) -> list[Unfinished]:
    """Return the forms of an account for an event that were not sent, latest first."""
    drafts = session.scalars(
        select(RegistrationDraft)
        .where(
            RegistrationDraft.started_by_id == actor.account_id,
            RegistrationDraft.event_id == event_id,
            RegistrationDraft.registration_id.is_(None),
            RegistrationDraft.edits_id.is_(None),
        )
        .order_by(RegistrationDraft.updated_at.desc())
        .limit(MOST_FOUND)
    )
    return [
        Unfinished(draft.reference, draft.updated_at, _name_in(typed), (typed.get("cooperative") or [""])[0])
        for draft in drafts
        if (typed := typed_in(draft))
    ]


def typed_in(draft: RegistrationDraft) -> dict[str, list[str]]:
    """Return what was typed into the form of the desk, by field; empty for a draft of the journey."""
    typed: dict[str, list[str]] = draft.answers.get("desk", {})
    return typed


def own_draft(session: Session, *, actor: Actor, event_id: int, reference: str) -> RegistrationDraft | None:
    """Return a form of the desk by its reference, among those of an account; None without one."""
    return session.scalar(
        select(RegistrationDraft).where(
            RegistrationDraft.reference == (parse_reference(reference) or ""),
            RegistrationDraft.event_id == event_id,
            RegistrationDraft.started_by_id == actor.account_id,
            RegistrationDraft.started_by_id.is_not(None),
            RegistrationDraft.registration_id.is_(None),
        )
    )


@dataclass(frozen=True, slots=True)
class LedNetwork:
    """A network that the actor files for, and its members of the day, by name."""

    network: Network
    members: Sequence[Cooperative]


def led_networks(session: Session, *, actor: Actor, on: date) -> list[LedNetwork]:
    """Return the networks whose body is a cooperative of the actor, with those who are members on a day."""
    networks = networks_led_by(session, actor=actor, on=on)
    members = current_members(session, network_ids=[network.id for network in networks], on=on)
    own = set(actor.cooperative_ids())
    return [
        LedNetwork(network, [member for member in members[network.id] if member.id not in own])
        for network in networks
    ]


def member_for(session: Session, *, actor: Actor, code: str, on: date) -> tuple[Cooperative, Network]:
    """Return a cooperative that is a member, on a day, of a network that the actor leads; and that network.

    Raises: CooperativeNotFound, also for one that has left.
    """
    wanted = parse_reference(code)
    for led in led_networks(session, actor=actor, on=on):
        for member in led.members:
            if member.code == wanted:
                return member, led.network
    raise CooperativeNotFound()


def filed_for_networks(
    session: Session, *, actor: Actor, event_id: int | None = None
) -> Sequence[Registration]:
    """Return what was filed for members by the networks that the actor leads, latest first.

    Nothing else of those members: what they sent themselves, or another filed, is not the network's.
    """
    query = _listed().where(_filed_for_led_networks(actor))
    return session.scalars(
        query if event_id is None else query.where(Registration.event_id == event_id)
    ).all()


def printed_for(session: Session, *, actor: Actor, reference: str) -> Registration:
    """Return a whole registration whose receipt an account may print: its own, or one filed by it.

    Raises: RegistrationNotFound.
    """
    found = session.scalar(
        select(Registration.id)
        .join(Event, Event.id == Registration.event_id)
        .where(
            Registration.reference == (parse_reference(reference) or ""),
            or_(scope_condition(actor, "registrations.read"), _filed_for_led_networks(actor)),
        )
    )
    if found is None:
        raise RegistrationNotFound()
    return registration_by_id(session, registration_id=found)


def _filed_for_led_networks(actor: Actor) -> ColumnElement[bool]:
    own = actor.cooperative_ids()
    if not own or not actor.has_role(Role.COOPERATIVE):
        return false()
    led = select(Network.id).where(Network.body_id.in_(own))
    return Registration.filed_for_network_id.in_(led)


def _listed() -> Select[Registration]:
    return (
        select(Registration)
        .options(joinedload(Registration.event), joinedload(Registration.cooperative))
        .order_by(Registration.received_at.desc(), Registration.id.desc())
        .limit(MOST_LISTED)
    )


def _name_in(typed: dict[str, Any]) -> str:
    return next((texts[0] for name in ("name_ar", "name_fr") if (texts := typed.get(name)) and texts[0]), "")


def disputed_count(session: Session, *, event_id: int) -> int:
    """Return how many live registrations of an event their cooperatives do not call their own."""
    query = select(func.count()).where(
        Registration.event_id == event_id,
        Registration.disputed_at.is_not(None),
        Registration.state != RegistrationState.WITHDRAWN,
    )
    return session.scalar(query) or 0


def network_name(session: Session, *, network_id: int | None) -> Network | None:
    """Return the network that filed, for its name; None where none did."""
    return session.get(Network, network_id) if network_id is not None else None
