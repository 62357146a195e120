"""Badges with all that their faces show, and lists of them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from fairapp.audit.domain import Actor
from fairapp.badges.domain import BadgeStatus, Card, CardStop
from fairapp.badges.errors import BadgeNotFound
from fairapp.badges.models import Badge
from fairapp.cooperatives.models import Cooperative
from fairapp.events.models import Event, Stop
from fairapp.events.queries import scope_condition
from fairapp.foundation.ids import parse_reference
from fairapp.foundation.text import fold
from fairapp.registrations.models import Registration, Representative
from fairapp.stands.models import Allocation, Stand

PER_PAGE = 30
Held = dict[int, dict[int, list[str]]]  # registration -> stop -> codes of stands


@dataclass(frozen=True, slots=True)
class BadgeRow:
    """A badge in a list, with the face it shows."""

    badge: Badge
    card: Card


@dataclass(frozen=True, slots=True)
class BadgeList:
    """One page of badges. Pages count from 1; `total` counts badges, `valid` those of the event."""

    items: list[BadgeRow]
    page: int
    pages: int
    total: int
    valid: int


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom the badges of a registration are sent to. `phones` are those of representatives, by position."""

    reference: str
    locale: str
    email: str | None
    phone: str | None
    phones: dict[int, str]
    event_en: str


@dataclass(frozen=True, slots=True)
class StandChange:
    """Stands that were taken back at a stop after the badge was issued."""

    at: datetime
    before: tuple[str, ...]


def rows_where(session: Session, query: Select[Badge]) -> list[BadgeRow]:
    """Return badges of a query with their faces, in its order. Five statements, however many."""
    registration = joinedload(Badge.registration)
    badges = list(
        session.scalars(
            query.options(
                joinedload(Badge.representative),
                registration.joinedload(Registration.event),
                registration.joinedload(Registration.cooperative),
                registration.selectinload(Registration.stops),
                registration.selectinload(Registration.products),
            )
        )
    )
    ids = {badge.registration_id for badge in badges}
    held = held_stands(session, ids)
    counts: dict[int, int] = dict(
        session.execute(
            select(Representative.registration_id, func.count())
            .where(Representative.registration_id.in_(ids))
            .group_by(Representative.registration_id)
        ).all()
    )
    return [
        BadgeRow(badge, _card(badge, held[badge.registration_id], counts[badge.registration_id]))
        for badge in badges
    ]


def held_stands(session: Session, registration_ids: Iterable[int]) -> Held:
    """Return the stands that registrations hold now, per stop."""
    held: Held = defaultdict(lambda: defaultdict(list))
    for registration_id, stop_id, code in session.execute(
        select(Allocation.registration_id, Allocation.stop_id, Stand.code)
        .join(Stand, Stand.id == Allocation.stand_id)
        .where(Allocation.registration_id.in_(set(registration_ids)), Allocation.released_at.is_(None))
        .order_by(Stand.code)
    ):
        held[registration_id][stop_id].append(code)
    return held


def badge_page(session: Session, *, token: str) -> tuple[BadgeRow, StandChange | None]:
    """Return a badge by the secret of its page, and what changed of its stands since it was issued.

    Raises: BadgeNotFound.
    """
    rows = rows_where(session, select(Badge).where(Badge.token == token))
    if not rows:
        raise BadgeNotFound()
    return rows[0], _stand_change(session, rows[0].badge)


def badges_of_registration(session: Session, *, registration_id: int) -> list[BadgeRow]:
    """Return the badges of a registration, revoked ones too, by representative and age."""
    return rows_where(
        session,
        select(Badge)
        .join(Badge.representative)
        .where(Badge.registration_id == registration_id)
        .order_by(Representative.position, Badge.id),
    )


def valid_cards(session: Session, *, registration_id: int) -> list[Card]:
    """Return the faces of the badges of a registration that open gates."""
    rows = badges_of_registration(session, registration_id=registration_id)
    return [row.card for row in rows if row.badge.revoked_at is None]


def valid_cards_of_event(session: Session, *, event_id: int) -> list[Card]:
    """Return the faces of all valid badges of an event, by cooperative."""
    query = (
        select(Badge)
        .join(Badge.registration)
        .join(Registration.cooperative)
        .join(Badge.representative)
        .where(Badge.event_id == event_id, Badge.revoked_at.is_(None))
        .order_by(Cooperative.name_key, Registration.id, Representative.position)
    )
    return [row.card for row in rows_where(session, query)]


def addressee_of(session: Session, *, registration_id: int) -> Addressee:
    """Return whom the badges of a registration are sent to. Raises: NoResultFound."""
    registration = session.scalars(
        select(Registration)
        .where(Registration.id == registration_id)
        .options(
            joinedload(Registration.event),
            joinedload(Registration.cooperative),
            selectinload(Registration.representatives),
        )
    ).one()
    return Addressee(
        reference=registration.reference,
        locale=registration.locale,
        email=registration.email or registration.cooperative.email,
        phone=registration.phone or registration.cooperative.phone,
        phones={p.position + 1: p.phone for p in registration.representatives if p.phone},
        event_en=registration.event.title_en,
    )


def badges_of_event(
    session: Session, *, event: Event, search: str = "", revoked: bool | None = None, page: int = 1
) -> BadgeList:
    """Return badges of an event: found by name, cooperative, code or reference; newest rules last."""
    query = (
        select(Badge)
        .join(Badge.registration)
        .join(Registration.cooperative)
        .join(Badge.representative)
        .where(Badge.event_id == event.id)
    )
    if revoked is not None:
        query = query.where(Badge.revoked_at.is_not(None) if revoked else Badge.revoked_at.is_(None))
    if search.strip():
        query = query.where(_found(search))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(1, page), pages)
    rows = rows_where(
        session,
        query.order_by(Cooperative.name_key, Registration.id, Representative.position, Badge.id)
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE),
    )
    return BadgeList(rows, page, pages, total, count_valid(session, event_id=event.id))


def count_valid(session: Session, *, event_id: int) -> int:
    """Return how many badges of an event open gates."""
    query = select(func.count()).where(Badge.event_id == event_id, Badge.revoked_at.is_(None))
    return session.scalar(query) or 0


def badges_of_actor(session: Session, *, actor: Actor) -> list[BadgeRow]:
    """Return the badges of the actor's cooperatives, the latest event first."""
    return rows_where(
        session,
        select(Badge)
        .join(Badge.registration)
        .join(Badge.representative)
        .where(Registration.cooperative_id.in_(actor.cooperative_ids()))
        .order_by(Badge.valid_to_on.desc(), Registration.id, Representative.position, Badge.id),
    )


def rows_of_code(
    session: Session, *, actor: Actor, action: str, slug: str, short_code: str
) -> list[BadgeRow]:
    """Return the badge of a short code at an event within the actor's scope; none when there is none."""
    query = (
        select(Badge)
        .join(Event, Event.id == Badge.event_id)
        .where(Event.slug == slug, Badge.short_code == short_code, scope_condition(actor, action))
    )
    return rows_where(session, query)


def rows_of_ids(session: Session, *, badge_ids: Iterable[int]) -> list[BadgeRow]:
    """Return badges by id, whatever their event: the caller has found them in scope."""
    return rows_where(session, select(Badge).where(Badge.id.in_(set(badge_ids))).order_by(Badge.id))


def _found(search: str) -> ColumnElement[bool]:
    reference = parse_reference(search)
    like = f"%{search.strip().replace('%', '').replace('_', '')}%"
    conditions: list[ColumnElement[bool]] = [
        Cooperative.name_key.like(f"%{fold(search).replace('%', '').replace('_', '')}%"),
        Representative.name.ilike(like),
    ]
    if reference is not None:
        conditions += [Badge.short_code == reference, Registration.reference == reference]
    return or_(*conditions)


def _stand_change(session: Session, badge: Badge) -> StandChange | None:
    rows = session.execute(
        select(Allocation.released_at, Stand.code)
        .join(Stand, Stand.id == Allocation.stand_id)
        .where(Allocation.registration_id == badge.registration_id, Allocation.released_at > badge.issued_at)
        .order_by(Allocation.released_at.desc(), Stand.code)
    ).all()
    if not rows or rows[0].released_at is None:
        return None
    return StandChange(rows[0].released_at, tuple(dict.fromkeys(row.code for row in rows)))


def _card(badge: Badge, held: dict[int, list[str]], count: int) -> Card:
    registration, representative = badge.registration, badge.representative
    event, cooperative = registration.event, registration.cooperative
    return Card(
        code=badge.code,
        short_code=badge.short_code,
        token=badge.token,
        name=representative.name,
        gender=representative.gender,
        cooperative_ar=cooperative.name_ar or cooperative.name_fr,
        cooperative_fr=cooperative.name_fr or cooperative.name_ar,
        event_ar=event.title_ar,
        event_fr=event.title_fr,
        event_slug=event.slug,
        stops=tuple(_card_stop(stop, held) for stop in registration.stops if stop.cancelled_at is None),
        sector_code=registration.products[0].sector_code if registration.products else None,
        position=representative.position + 1,
        count=count,
        status=BadgeStatus.VALID if badge.revoked_at is None else BadgeStatus.REVOKED,
        phone=event.organizer_phone,
    )


def _card_stop(stop: Stop, held: dict[int, list[str]]) -> CardStop:
    return CardStop(
        code=stop.code,
        place_ar=stop.place_ar,
        place_fr=stop.place_fr,
        starts_on=stop.starts_on,
        ends_on=stop.ends_on,
        stands=tuple(held.get(stop.id, ())),
    )
