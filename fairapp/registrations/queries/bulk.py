"""Reads of decisions on many registrations: before they are made, under way, and afterwards."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from fairapp.accounts.models import Account
from fairapp.cooperatives.models import Cooperative
from fairapp.messages.domain import Channel
from fairapp.registrations.domain import (
    LEADS_TO,
    POSSIBLE,
    BulkOutcome,
    BulkState,
    RegistrationState,
    is_told,
)
from fairapp.registrations.errors import BulkNotFound
from fairapp.registrations.models import BulkDecision, BulkItem, Registration, StateChange

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class BulkRow:
    """A bulk decision in a list, with how many registrations it names and how many it decided."""

    bulk: BulkDecision
    who: str | None
    items: int
    decided: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A registration that a bulk decision does not or did not change, and the change in its way."""

    reference: str
    name_ar: str
    name_fr: str
    outcome: BulkOutcome
    state: RegistrationState
    who: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Those who get the same message: in one language, through one channel (None: nobody can be reached)."""

    locale: str
    channel: Channel | None
    size: int
    example: str  # the reference of one of them


@dataclass(slots=True)
class Foreseen:
    """What a bulk decision would do: who changes, by group, and who is left out."""

    changing: dict[int, RegistrationState] = field(default_factory=dict)  # registration id -> state after
    groups: list[Group] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a bulk decision is; all are counts of registrations."""

    items: int
    decided: int
    told: int
    left_out: int

    @property
    def open(self) -> int:
        """How many are still to be looked at."""
        return self.items - self.decided - self.left_out


def bulk_for(session: Session, *, event_id: int, code: str, lock: bool = False) -> BulkDecision:
    """Return a bulk decision of an event that the door has found within the actor's scope.

    Raises: BulkNotFound.
    """
    query = select(BulkDecision).where(BulkDecision.event_id == event_id, BulkDecision.code == code.upper())
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise BulkNotFound()
    return found


def bulks_of(session: Session, *, event_id: int, most: int = 100) -> list[BulkRow]:
    """Return the bulk decisions of an event that were made, latest first."""
    counted = (
        select(
            BulkItem.bulk_id,
            func.count().label("size"),
            func.count().filter(BulkItem.outcome == BulkOutcome.DECIDED).label("decided"),
        )
        .group_by(BulkItem.bulk_id)
        .subquery()
    )
    query = (
        select(BulkDecision, Account.name, counted.c.size, counted.c.decided)
        .join(counted, counted.c.bulk_id == BulkDecision.id)
        .outerjoin(Account, Account.id == BulkDecision.prepared_by_id)
        .where(BulkDecision.event_id == event_id, BulkDecision.state != BulkState.PREPARED)
        .order_by(BulkDecision.id.desc())
        .limit(most)
    )
    return [BulkRow(*row) for row in session.execute(query)]


def progress_of(session: Session, *, bulk_id: int) -> Progress:
    """Return how far a bulk decision is."""
    row = session.execute(
        select(
            func.count(),
            func.count().filter(BulkItem.outcome == BulkOutcome.DECIDED),
            func.count().filter(BulkItem.is_told.is_(True)),
            func.count().filter(BulkItem.outcome.is_not(None), BulkItem.outcome != BulkOutcome.DECIDED),
        ).where(BulkItem.bulk_id == bulk_id)
    ).one()
    return Progress(*row)


def foresee(session: Session, *, bulk: BulkDecision) -> Foreseen:
    """Return what a prepared bulk decision would do now."""
    foreseen = Foreseen()
    sizes: Counter[tuple[str, Channel | None]] = Counter()
    examples: dict[tuple[str, Channel | None], str] = {}
    for row in _candidates(session, bulk.id):
        outcome = _expected(bulk, row.seen, row.state)
        if outcome is not BulkOutcome.DECIDED:
            foreseen.left_out.append(LeftOut(row.reference, row.name_ar, row.name_fr, outcome, row.state))
            continue
        foreseen.changing[row.id] = LEADS_TO[bulk.decision]
        if is_told(row.state, bulk.decision):
            key = (row.locale, _channel(row))
            sizes[key] += 1
            examples.setdefault(key, row.reference)
    foreseen.groups = [Group(*key, size, examples[key]) for key, size in sizes.most_common()]
    return foreseen


def left_out_of(session: Session, *, bulk_id: int) -> list[LeftOut]:
    """Return whom a bulk decision left out, with who decided instead; at most some hundreds."""
    query = (
        select(
            Registration.reference,
            Cooperative.name_ar,
            Cooperative.name_fr,
            BulkItem.outcome,
            func.coalesce(StateChange.state, Registration.state),
            Account.name,
            StateChange.at,
        )
        .join(Registration, Registration.id == BulkItem.registration_id)
        .join(Cooperative, Cooperative.id == Registration.cooperative_id)
        .outerjoin(StateChange, StateChange.id == BulkItem.change_id)
        .outerjoin(Account, Account.id == StateChange.account_id)
        .where(
            BulkItem.bulk_id == bulk_id,
            BulkItem.outcome.is_not(None),
            BulkItem.outcome != BulkOutcome.DECIDED,
        )
        .order_by(BulkItem.id)
        .limit(MOST_SHOWN)
    )
    rows: Sequence[Row[*tuple[Any, ...]]] = session.execute(query).all()
    return [
        LeftOut(row[0], row[1], row[2], row[3], RegistrationState(row[4]), row[5], row[6]) for row in rows
    ]


def decided_in(session: Session, *, bulk_id: int) -> list[int]:
    """Return the ids of the registrations that a bulk decision changed, in their order."""
    query = select(BulkItem.registration_id).where(
        BulkItem.bulk_id == bulk_id, BulkItem.outcome == BulkOutcome.DECIDED
    )
    return list(session.scalars(query.order_by(BulkItem.id)))


def open_items(session: Session, *, bulk_id: int, most: int) -> Sequence[BulkItem]:
    """Return items of a bulk decision that nobody has looked at yet, in their order."""
    query = select(BulkItem).where(BulkItem.bulk_id == bulk_id, BulkItem.outcome.is_(None))
    return session.scalars(query.order_by(BulkItem.id).limit(most)).all()


def _candidates(session: Session, bulk_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    return session.execute(
        select(
            Registration.id,
            Registration.reference,
            Registration.state,
            Registration.locale,
            Registration.email,
            Registration.phone,
            Cooperative.name_ar,
            Cooperative.name_fr,
            Cooperative.email.label("own_email"),
            Cooperative.phone.label("own_phone"),
            BulkItem.seen,
        )
        .join(BulkItem, BulkItem.registration_id == Registration.id)
        .join(Cooperative, Cooperative.id == Registration.cooperative_id)
        .where(BulkItem.bulk_id == bulk_id)
        .order_by(BulkItem.id)
    ).all()


def _expected(bulk: BulkDecision, seen: RegistrationState, state: RegistrationState) -> BulkOutcome:
    if state is not seen:
        return BulkOutcome.CHANGED
    return BulkOutcome.DECIDED if bulk.decision in POSSIBLE[state] else BulkOutcome.IMPOSSIBLE


def _channel(row: Row[*tuple[Any, ...]]) -> Channel | None:
    if row.email or row.own_email:
        return Channel.MAIL
    return Channel.SMS if row.phone or row.own_phone else None
