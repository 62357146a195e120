"""Laying out the stands of a stop: adding, replacing and removing them, naming zones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor
from fairapp.audit.services import record
from fairapp.events.domain import Texts
from fairapp.events.models import Event, Stop
from fairapp.events.queries import chain_of
from fairapp.stands import queries
from fairapp.stands.domain import GridPlan, StandKind, StandPlan, check_codes, free_places, lay_grid
from fairapp.stands.errors import SheetFaulty, StandCodesTaken, StandHasHistory, StandHeld
from fairapp.stands.models import Stand, Zone
from fairapp.stands.sheets import ComparedLine, Outcome, Sheet, compare, read_sheet


@dataclass(frozen=True, slots=True)
class LaidOut:
    """What came of laying out stands, in the order in which they were given."""

    stands: list[Stand]
    added: int
    replaced: int


def add_stands(
    session: Session,
    *,
    actor: Actor,
    event: Event,
    stop: Stop,
    stands: Sequence[StandPlan],
    now: datetime,
) -> LaidOut:
    """Add stands, or replace those of the same code; all of them or none.

    A zone that the stop does not have yet is made, named by its code.

    Raises: TooManyStands, StandCodeTwice, StandHeld.
    """
    check_codes([plan.code for plan in stands])
    existing = queries.stands_by_code(session, stop=stop)
    zones = _zones_for(session, stop, stands)
    places = iter(_places_for(existing, stands))
    laid_out, added = [], 0
    for plan in stands:
        found = existing.get(plan.code.casefold())
        stand = found or Stand(stop_id=stop.id, code=plan.code)
        if found is None:
            session.add(stand)
            added += 1
        elif plan.kind is not StandKind.EXHIBITOR and queries.live_allocation(session, stand=stand):
            raise StandHeld(stand=stand.code)
        _fill(stand, plan)
        stand.zone = zones[plan.zone.casefold()] if plan.zone else None
        if plan.x_cm is not None and plan.y_cm is not None:
            stand.x_cm, stand.y_cm = plan.x_cm, plan.y_cm
        elif found is None:
            stand.x_cm, stand.y_cm = next(places)
        laid_out.append(stand)
    session.flush()
    _record(session, actor, event, stop, "stands.laid_out", now, added=added, replaced=len(stands) - added)
    return LaidOut(laid_out, added, len(stands) - added)


def lay_out_grid(
    session: Session,
    *,
    actor: Actor,
    event: Event,
    stop: Stop,
    grid: GridPlan,
    zone_names: Texts | None = None,
    now: datetime,
) -> LaidOut:
    """Add a block of equal stands; its zone is named when names are given.

    Raises: TooManyStands, StandCodesTaken, when the block meets codes that exist.
    """
    existing = queries.stands_by_code(session, stop=stop)
    plans = lay_grid(
        grid, [(stand.x_cm + stand.width_cm, stand.y_cm + stand.depth_cm) for stand in existing.values()]
    )
    taken = [plan.code for plan in plans if plan.code.casefold() in existing]
    if taken:
        raise StandCodesTaken(code=taken[0], count=len(taken))
    if grid.zone and zone_names:
        name_zone(session, actor=actor, event=event, stop=stop, code=grid.zone, names=zone_names, now=now)
    return add_stands(session, actor=actor, event=event, stop=stop, stands=plans, now=now)


def take_in_sheet(
    session: Session, *, actor: Actor, event: Event, stop: Stop, content: bytes, now: datetime
) -> LaidOut:
    """Add and change the stands of a sheet; a faulty line keeps all of it out.

    Raises: SheetUnreadable, SheetEmpty, TooManyStands, SheetFaulty.
    """
    compared = compare_sheet(session, stop=stop, sheet=read_sheet(content))
    if any(found.outcome is Outcome.FAULTY for found in compared):
        raise SheetFaulty()
    wanted = (Outcome.ADDED, Outcome.CHANGED)
    plans = [found.plan for found in compared if found.plan and found.outcome in wanted]
    return add_stands(session, actor=actor, event=event, stop=stop, stands=plans, now=now)


def compare_sheet(session: Session, *, stop: Stop, sheet: Sheet) -> list[ComparedLine]:
    """Return what each line of a sheet would do to the stands of a stop; changes nothing."""
    placed = queries.stands_of(session, stop=stop)
    existing = {
        found.code.casefold(): queries.plan_of_stand(
            found.stand, zone=found.zone.code if found.zone else None
        )
        for found in placed
    }
    held = {found.code.casefold() for found in placed if found.allocation}
    return compare(sheet, existing, held)


def remove_stand(
    session: Session, *, actor: Actor, event: Event, stop: Stop, code: str, now: datetime
) -> None:
    """Remove a stand that nobody ever held.

    Raises: StandNotFound, StandHeld, StandHasHistory.
    """
    stand = queries.stand_for_update(session, stop=stop, code=code)
    if queries.live_allocation(session, stand=stand):
        raise StandHeld(stand=stand.code)
    if queries.was_used(session, stand=stand):
        raise StandHasHistory(stand=stand.code)
    session.delete(stand)
    session.flush()
    _record(session, actor, event, stop, "stands.removed", now, stand=stand.code)


def name_zone(
    session: Session, *, actor: Actor, event: Event, stop: Stop, code: str, names: Texts, now: datetime
) -> Zone:
    """Add a zone, or name it anew."""
    zones = {zone.code.casefold(): zone for zone in queries.zones_of(session, stop=stop)}
    zone = zones.get(code.casefold()) or Zone(stop_id=stop.id, code=code)
    zone.name_ar, zone.name_fr, zone.name_en = names.ar, names.fr, names.en or names.fr
    session.add(zone)
    session.flush()
    _record(session, actor, event, stop, "stands.zone_named", now, zone=zone.code)
    return zone


def _zones_for(session: Session, stop: Stop, stands: Sequence[StandPlan]) -> dict[str, Zone]:
    zones = {zone.code.casefold(): zone for zone in queries.zones_of(session, stop=stop)}
    for plan in stands:
        if plan.zone and plan.zone.casefold() not in zones:
            zone = Zone(
                stop_id=stop.id, code=plan.zone, name_ar=plan.zone, name_fr=plan.zone, name_en=plan.zone
            )
            session.add(zone)
            zones[plan.zone.casefold()] = zone
    return zones


def _places_for(existing: dict[str, Stand], stands: Sequence[StandPlan]) -> list[tuple[int, int]]:
    placed = [plan for plan in stands if plan.x_cm is not None and plan.y_cm is not None]
    corners = [(stand.x_cm + stand.width_cm, stand.y_cm + stand.depth_cm) for stand in existing.values()]
    corners += [((plan.x_cm or 0) + plan.width_cm, (plan.y_cm or 0) + plan.depth_cm) for plan in placed]
    return free_places(len(stands) - len(placed), corners)


def _fill(stand: Stand, plan: StandPlan) -> None:
    stand.kind = plan.kind
    stand.width_cm, stand.depth_cm = plan.width_cm, plan.depth_cm
    stand.power, stand.water = plan.power, plan.water
    stand.corner, stand.step_free = plan.corner, plan.step_free


def _record(
    session: Session,
    actor: Actor,
    event: Event,
    stop: Stop,
    action: str,
    now: datetime,
    **details: object,
) -> None:
    record(
        session,
        actor=actor,
        action=action,
        subject_type="stop",
        subject_id=stop.id,
        details={"stop": stop.code, **details},
        chain=chain_of(event),
        now=now,
    )
