"""Allocating stands by hand: giving, releasing, moving and exchanging them.

Locks are taken in the order registration, stand (the event's row is not written here); a
unique index has the last word. Every act keeps its reason and is recorded.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fairapp.audit.domain import SYSTEM, Actor
from fairapp.audit.services import record
from fairapp.events.models import Event, Stop
from fairapp.events.queries import chain_of
from fairapp.foundation.errors import Conflict
from fairapp.outbox.services import enqueue
from fairapp.registrations.domain import RegistrationState
from fairapp.registrations.models import Registration
from fairapp.stands import queries
from fairapp.stands.domain import AllocationCase, check_allocation
from fairapp.stands.errors import SameStand, StandFree
from fairapp.stands.models import Allocation, Stand

UNDONE = "undone"  # reason of a change that takes back the one before


def set_holder(
    session: Session,
    *,
    actor: Actor,
    event: Event,
    stop: Stop,
    stand_code: str,
    reference: str | None,
    reason: str | None = None,
    now: datetime,
) -> Allocation | None:
    """Give a stand to a registration, or take it back (no reference); the same again changes nothing.

    Raises: StandNotFound, RegistrationNotFound, StandTaken (another holds it), RuleViolation of
    `check_allocation`.
    """
    if reference is None:
        if queries.holder_id(session, stop=stop, code=stand_code) is not None:
            release_stand(
                session, actor=actor, event=event, stop=stop, stand_code=stand_code, reason=reason, now=now
            )
        return None
    registration = queries.registration_for_update(session, event=event, reference=reference)
    stand = queries.stand_for_update(session, stop=stop, code=stand_code)
    live = queries.live_allocation(session, stand=stand)
    if live is not None and live.registration_id == registration.id:
        return live
    _check(session, event, stop, stand, registration, taken=live is not None)
    allocation = _give(session, actor, stand, registration, reason, now)
    _record(session, actor, event, "stands.allocated", stand, allocation, now)
    return allocation


def release_stand(
    session: Session,
    *,
    actor: Actor,
    event: Event,
    stop: Stop,
    stand_code: str,
    reason: str | None = None,
    now: datetime,
) -> Allocation:
    """Take a stand back; with its last stand a registration loses its badges.

    Raises: StandNotFound, StandFree.
    """
    [held] = _lock(session, stop, stand_code)
    allocation, _ = held.now()
    _release(session, actor, allocation, reason, now)
    if queries.count_held(session, registration_id=allocation.registration_id) == 0:
        enqueue(
            session,
            "badges.withdraw_badges",
            payload={"registration_id": allocation.registration_id},
            key=f"badges.withdraw_badges:{allocation.id}",
            now=now,
        )
    _record(session, actor, event, "stands.released", held.stand, allocation, now)
    return allocation


def release_of_registration(session: Session, *, registration_id: int, now: datetime) -> list[Allocation]:
    """Take back every stand of a registration that is no longer accepted; of an accepted one, none.

    It may have been accepted again since the work was asked for.
    """
    registration = queries.registrations_for_update(session, ids=[registration_id]).get(registration_id)
    if registration is None or registration.state is RegistrationState.ACCEPTED:
        return []
    held = queries.stands_held(session, registration_ids=[registration_id], lock=True)
    for allocation in held:
        _release(session, SYSTEM, allocation, registration.state.value, now)
    event = queries.event_of(session, registration=registration)
    for allocation in held:
        _record(session, SYSTEM, event, "stands.released", allocation.stand, allocation, now)
    return held


def move_holder(
    session: Session,
    *,
    actor: Actor,
    event: Event,
    stop: Stop,
    stand_code: str,
    to_code: str,
    reason: str | None = None,
    now: datetime,
) -> Allocation:
    """Move the holder of a stand to a free one.

    Raises: StandNotFound, StandFree, StandTaken, SameStand, RuleViolation of `check_allocation`.
    """
    left, target = _lock(session, stop, stand_code, to_code)
    old, registration = left.now()
    taken = target.allocation is not None
    _check(session, event, stop, target.stand, registration, taken=taken, leaves=True)
    _release(session, actor, old, reason, now)
    allocation = _give(session, actor, target.stand, registration, reason, now)
    _record(session, actor, event, "stands.moved", target.stand, allocation, now, left=left.stand.code)
    return allocation


def swap_holders(
    session: Session,
    *,
    actor: Actor,
    event: Event,
    stop: Stop,
    stand_code: str,
    other_code: str,
    reason: str | None = None,
    now: datetime,
) -> tuple[Allocation, Allocation]:
    """Exchange the holders of two stands; return who holds the first now, and the second.

    Raises: StandNotFound, StandFree, SameStand, RuleViolation of `check_allocation`.
    """
    one, other = _lock(session, stop, stand_code, other_code)
    first, mover = one.now()
    second, partner = other.now()
    if mover is partner:
        raise SameStand()
    _check(session, event, stop, one.stand, partner, taken=False, leaves=True)
    _check(session, event, stop, other.stand, mover, taken=False, leaves=True)
    _release(session, actor, first, reason, now)
    _release(session, actor, second, reason, now)
    given = (
        _give(session, actor, one.stand, partner, reason, now),
        _give(session, actor, other.stand, mover, reason, now),
    )
    _record(session, actor, event, "stands.swapped", one.stand, given[0], now, other=other.stand.code)
    return given


def undo_change(
    session: Session,
    *,
    actor: Actor,
    event: Event,
    stop: Stop,
    stand_code: str,
    other_code: str | None = None,
    reference: str | None = None,
    now: datetime,
) -> None:
    """Do the reverse of a change: give back to `reference` what was released, release what was

    given, move back to `other_code`, or exchange with it again.

    Raises: what those changes raise.
    """
    at: dict[str, Any] = {"actor": actor, "event": event, "stop": stop, "stand_code": stand_code}
    if other_code is None:
        set_holder(session, reference=reference, reason=UNDONE, now=now, **at)
    else:
        move_or_swap(session, to_code=other_code, reason=UNDONE, now=now, **at)


def move_or_swap(
    session: Session,
    *,
    actor: Actor,
    event: Event,
    stop: Stop,
    stand_code: str,
    to_code: str,
    reason: str | None = None,
    now: datetime,
) -> bool:
    """Move the holder of a stand to a free one, or exchange it with who holds that; true when exchanged.

    Raises: what `move_holder` and `swap_holders` raise.
    """
    at: dict[str, Any] = {"actor": actor, "event": event, "stop": stop, "stand_code": stand_code}
    is_held = queries.holder_id(session, stop=stop, code=to_code) is not None
    if is_held:
        swap_holders(session, other_code=to_code, reason=reason, now=now, **at)
    else:
        move_holder(session, to_code=to_code, reason=reason, now=now, **at)
    return is_held


@dataclass(frozen=True, slots=True)
class _LockedStand:
    stand: Stand
    allocation: Allocation | None
    registration: Registration | None

    def now(self) -> tuple[Allocation, Registration]:
        """Return who holds the stand.

        Raises: StandFree.
        """
        if self.allocation is None or self.registration is None:
            raise StandFree(stand=self.stand.code)
        return self.allocation, self.registration


def _lock(session: Session, stop: Stop, *codes: str) -> list[_LockedStand]:
    if len({code.casefold() for code in codes}) != len(codes):
        raise SameStand()
    seen = [queries.holder_id(session, stop=stop, code=code) for code in codes]
    holders = queries.registrations_for_update(session, ids=[found for found in seen if found is not None])
    stands = queries.stands_for_update(session, stop=stop, codes=codes)
    locked = []
    for code, holder in zip(codes, seen, strict=True):
        stand = stands[code.casefold()]
        live = queries.live_allocation(session, stand=stand)
        if (live.registration_id if live else None) != holder:
            raise Conflict()  # it changed hands between the look and the lock
        locked.append(_LockedStand(stand, live, holders[holder] if holder is not None else None))
    return locked


def _check(
    session: Session,
    event: Event,
    stop: Stop,
    stand: Stand,
    registration: Registration,
    *,
    taken: bool,
    leaves: bool = False,
) -> None:
    held = queries.count_held(session, registration_id=registration.id, stop_id=stop.id)
    check_allocation(
        AllocationCase(
            stand_code=stand.code,
            kind=stand.kind,
            taken=taken,
            stop_cancelled=stop.cancelled_at is not None,
            accepted=registration.state is RegistrationState.ACCEPTED,
            asks_for_stop=any(asked.id == stop.id for asked in registration.stops),
            stands_held=held - leaves,
            quota=event.stands_per_stop,
        )
    )


def _give(
    session: Session,
    actor: Actor,
    stand: Stand,
    registration: Registration,
    reason: str | None,
    now: datetime,
) -> Allocation:
    allocation = Allocation(
        stand_id=stand.id,
        stop_id=stand.stop_id,
        registration_id=registration.id,
        reason=reason or None,
        allocated_at=now,
        allocated_by_id=actor.account_id,
    )
    session.add(allocation)
    session.flush()
    enqueue(
        session,
        "badges.issue_badges",
        payload={"registration_id": registration.id},
        key=f"badges.issue_badges:{allocation.id}",
        now=now,
    )
    return allocation


def _release(
    session: Session, actor: Actor, allocation: Allocation, reason: str | None, now: datetime
) -> None:
    allocation.released_at = now
    allocation.released_by_id = actor.account_id
    allocation.release_reason = reason or None
    session.flush()


def _record(
    session: Session,
    actor: Actor,
    event: Event,
    action: str,
    stand: Stand,
    allocation: Allocation,
    now: datetime,
    **details: object,
) -> None:
    record(
        session,
        actor=actor,
        action=action,
        subject_type="allocation",
        subject_id=allocation.id,
        details={"stand": stand.code, "registration_id": allocation.registration_id, **details},
        chain=chain_of(event),
        now=now,
    )
