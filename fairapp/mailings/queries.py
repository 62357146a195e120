"""Reads of mailings: who they would go to, how far they are, who is to be called."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, true
from sqlalchemy.orm import Session, joinedload

from fairapp.accounts.models import Account
from fairapp.cooperatives.models import Cooperative
from fairapp.events.models import Event, Stop
from fairapp.mailings.domain import Delivery, Reach, reach_of
from fairapp.mailings.errors import MailingNotFound, RecipientNotFound
from fairapp.mailings.models import Mailing, MailingRecipient
from fairapp.messages.domain import MessageState
from fairapp.messages.models import Message
from fairapp.registrations.models import Registration, RegistrationStop
from fairapp.registrations.queries.filters import QueueFilters, conditions_of

PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class Addressee:
    """A registration that a mailing would go to, and how. The address of who is called is the phone."""

    registration_id: int
    reference: str
    locale: str
    name_ar: str
    name_fr: str
    reach: Reach
    email: str | None
    phone: str | None
    stop_ids: tuple[int, ...]

    @property
    def address(self) -> str | None:
        """Where the message goes."""
        return self.email if self.reach is Reach.MAIL else self.phone


@dataclass(frozen=True, slots=True)
class MailingRow:
    """A mailing in a list, with its counts of recipients."""

    mailing: Mailing
    who: str | None
    recipients: int
    failed: int
    opened: int


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One line of the delivery list."""

    reference: str
    name_ar: str
    name_fr: str
    locale: str
    reach: Reach
    email: str | None
    phone: str | None
    delivery: Delivery
    error: str | None
    sent_at: datetime | None
    opened_at: datetime | None
    called_at: datetime | None
    called_by: str | None
    call_note: str | None


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """One page of the delivery list; `total` counts the lines that the filter leaves."""

    rows: tuple[DeliveryRow, ...]
    page: int
    pages: int
    total: int


def mailing_for(session: Session, *, event_id: int, code: str, lock: bool = False) -> Mailing:
    """Return a mailing of an event that the door has found within the actor's scope.

    Raises: MailingNotFound.
    """
    query = select(Mailing).where(Mailing.event_id == event_id, Mailing.code == code.upper())
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise MailingNotFound()
    return found


def mailings_of(session: Session, *, event_id: int, most: int = 100) -> list[MailingRow]:
    """Return the mailings of an event, latest first, with their counts."""
    counted = (
        select(
            MailingRecipient.mailing_id,
            func.count().label("recipients"),
            func.count().filter(_is(Delivery.FAILED)).label("failed"),
            func.count().filter(_is(Delivery.OPENED)).label("opened"),
        )
        .outerjoin(Message, Message.id == MailingRecipient.message_id)
        .group_by(MailingRecipient.mailing_id)
        .subquery()
    )
    query = (
        select(Mailing, Account.name, counted.c.recipients, counted.c.failed, counted.c.opened)
        .outerjoin(counted, counted.c.mailing_id == Mailing.id)
        .outerjoin(Account, Account.id == Mailing.written_by_id)
        .where(Mailing.event_id == event_id)
        .order_by(Mailing.id.desc())
        .limit(most)
    )
    rows: Sequence[Row[*tuple[Any, ...]]] = session.execute(query).all()
    return [MailingRow(row[0], row[1], row[2] or 0, row[3] or 0, row[4] or 0) for row in rows]


def sent_lately(session: Session, *, event_id: int, now: datetime) -> int:
    """Return how many mailings of an event were sent in the last 24 hours."""
    query = select(func.count()).where(
        Mailing.event_id == event_id, Mailing.sent_at > now - timedelta(hours=24)
    )
    return session.scalar(query) or 0


def audience_of(session: Session, *, event_id: int, filters: QueueFilters) -> list[Addressee]:
    """Return the registrations that filters leave, with how each is reached, in two queries."""
    where = conditions_of(event_id, filters)
    rows = _addressees().where(*where).order_by(Registration.received_at, Registration.id)
    stops: dict[int, list[int]] = {}
    asked = (
        select(RegistrationStop.registration_id, Stop.id)
        .join(Stop, Stop.id == RegistrationStop.stop_id)
        .where(Stop.event_id == event_id)
        .order_by(Stop.position)
    )
    for registration_id, stop_id in session.execute(asked):
        stops.setdefault(registration_id, []).append(stop_id)
    return [_addressee(row, stops.get(row[0], [])) for row in session.execute(rows)]


def addressees_by_recipient(
    session: Session, *, recipients: Sequence[MailingRecipient]
) -> dict[int, Addressee]:
    """Return the addressees of recipients by the id of their registration, as they are now."""
    ids = [recipient.registration_id for recipient in recipients]
    stops: dict[int, list[int]] = {}
    asked = (
        select(RegistrationStop.registration_id, Stop.id)
        .join(Stop, Stop.id == RegistrationStop.stop_id)
        .where(RegistrationStop.registration_id.in_(ids))
        .order_by(Stop.position)
    )
    for registration_id, stop_id in session.execute(asked):
        stops.setdefault(registration_id, []).append(stop_id)
    rows = session.execute(_addressees().where(Registration.id.in_(ids)))
    return {row[0]: _addressee(row, stops.get(row[0], [])) for row in rows}


def open_recipients(session: Session, *, mailing_id: int, most: int) -> Sequence[MailingRecipient]:
    """Return recipients whose message is not written yet, in their order."""
    query = select(MailingRecipient).where(
        MailingRecipient.mailing_id == mailing_id,
        MailingRecipient.message_id.is_(None),
        MailingRecipient.reach != Reach.CALL,
    )
    return session.scalars(query.order_by(MailingRecipient.id).limit(most)).all()


def recipient_for(
    session: Session, *, mailing_id: int, reference: str, lock: bool = False
) -> MailingRecipient:
    """Return a recipient of a mailing by the stored reference of its registration.

    Raises: RecipientNotFound.
    """
    query = (
        select(MailingRecipient)
        .join(Registration, Registration.id == MailingRecipient.registration_id)
        .where(MailingRecipient.mailing_id == mailing_id, Registration.reference == reference)
    )
    found = session.scalar(query.with_for_update(of=MailingRecipient) if lock else query)
    if found is None:
        raise RecipientNotFound()
    return found


def recipient_by_token(session: Session, *, token: str) -> tuple[MailingRecipient, str]:
    """Return the recipient whose link has this token, and the reference of the registration.

    Raises: RecipientNotFound.
    """
    row = session.execute(
        select(MailingRecipient, Registration.reference)
        .join(Registration, Registration.id == MailingRecipient.registration_id)
        .where(MailingRecipient.token == token)
    ).one_or_none()
    if row is None:
        raise RecipientNotFound()
    return row[0], row[1]


def delivery_counts(session: Session, *, mailing_id: int) -> Counter[str]:
    """Return how many recipients are in each state of the delivery, and `all`."""
    kinds = tuple(Delivery)
    query = select(func.count(), *(func.count().filter(_is(kind)) for kind in kinds))
    row = session.execute(
        query.select_from(MailingRecipient)
        .outerjoin(Message, Message.id == MailingRecipient.message_id)
        .where(MailingRecipient.mailing_id == mailing_id)
    ).one()
    return Counter({"all": row[0], **{kind.value: count for kind, count in zip(kinds, row[1:], strict=True)}})


def delivery_page(
    session: Session, *, mailing_id: int, delivery: Delivery | None, page: int = 1
) -> DeliveryPage:
    """Return one page of the delivery list, narrowed to a state."""
    total = session.scalar(
        select(func.count())
        .select_from(MailingRecipient)
        .outerjoin(Message, Message.id == MailingRecipient.message_id)
        .where(MailingRecipient.mailing_id == mailing_id, _is(delivery))
    )
    pages = max(1, -(-(total or 0) // PER_PAGE))
    page = max(1, min(page, pages))
    query = _lines(mailing_id, delivery).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    return DeliveryPage(tuple(_lined(row) for row in session.execute(query)), page, pages, total or 0)


def every_delivery(session: Session, *, mailing_id: int, delivery: Delivery | None) -> list[DeliveryRow]:
    """Return the whole delivery list, narrowed to a state."""
    return [_lined(row) for row in session.execute(_lines(mailing_id, delivery))]


def event_of(session: Session, *, event_id: int) -> Event:
    """Return an event with its stops, for work in the background."""
    return (
        session.scalars(select(Event).options(joinedload(Event.stops)).where(Event.id == event_id))
        .unique()
        .one()
    )


def _addressees() -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = select(
        Registration.id,
        Registration.reference,
        Registration.locale,
        Cooperative.name_ar,
        Cooperative.name_fr,
        func.coalesce(func.nullif(Registration.email, ""), Cooperative.email),
        func.coalesce(func.nullif(Registration.phone, ""), Cooperative.phone),
    )
    return query.join(Cooperative, Cooperative.id == Registration.cooperative_id)


def _addressee(row: Row[*tuple[Any, ...]], stop_ids: Sequence[int]) -> Addressee:
    id_, reference, locale, name_ar, name_fr, email, phone = row
    return Addressee(
        registration_id=id_,
        reference=reference,
        locale=locale,
        name_ar=name_ar,
        name_fr=name_fr,
        reach=reach_of(email=email, phone=phone),
        email=email,
        phone=phone,
        stop_ids=tuple(stop_ids),
    )


def _is(delivery: Delivery | None) -> ColumnElement[bool]:
    """Return the condition of a state of the delivery; `Message` is joined from outside."""
    failed = Message.state == MessageState.FAILED
    by_hand = MailingRecipient.reach == Reach.CALL
    if delivery is None:
        return true()
    return {
        Delivery.WAITING: and_(
            MailingRecipient.reach != Reach.CALL,
            or_(
                MailingRecipient.message_id.is_(None),
                Message.state.in_((MessageState.WAITING, MessageState.SENDING)),
            ),
        ),
        Delivery.SENT: Message.state == MessageState.SENT,
        Delivery.FAILED: failed,
        Delivery.OPENED: MailingRecipient.opened_at.is_not(None),
        Delivery.TO_CALL: and_(or_(by_hand, failed), MailingRecipient.called_at.is_(None)),
        Delivery.CALLED: MailingRecipient.called_at.is_not(None),
    }[delivery]


def _lines(mailing_id: int, delivery: Delivery | None) -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = select(
        Registration.reference,
        Cooperative.name_ar,
        Cooperative.name_fr,
        MailingRecipient.locale,
        MailingRecipient.reach,
        func.coalesce(func.nullif(Registration.email, ""), Cooperative.email),
        func.coalesce(func.nullif(Registration.phone, ""), Cooperative.phone),
        Message.state,
        Message.error,
        Message.sent_at,
        MailingRecipient.opened_at,
        MailingRecipient.called_at,
        Account.name,
        MailingRecipient.call_note,
    )
    return (
        query.select_from(MailingRecipient)
        .join(Registration, Registration.id == MailingRecipient.registration_id)
        .join(Cooperative, Cooperative.id == Registration.cooperative_id)
        .outerjoin(Message, Message.id == MailingRecipient.message_id)
        .outerjoin(Account, Account.id == MailingRecipient.called_by_id)
        .where(MailingRecipient.mailing_id == mailing_id, _is(delivery))
        .order_by(MailingRecipient.id)
    )


def _lined(row: Row[*tuple[Any, ...]]) -> DeliveryRow:
    reference, name_ar, name_fr, locale, reach, email, phone, state, *rest = row
    error, sent_at, opened_at, called_at, called_by, call_note = rest
    delivery = {
        MessageState.SENT: Delivery.SENT,
        MessageState.FAILED: Delivery.FAILED,
    }.get(state, Delivery.WAITING)
    if called_at is not None:
        delivery = Delivery.CALLED
    elif reach is Reach.CALL:
        delivery = Delivery.TO_CALL
    return DeliveryRow(
        reference, name_ar, name_fr, locale, reach, email, phone, delivery,
        error, sent_at, opened_at, called_at, called_by, call_note,
    )  # fmt: skip
