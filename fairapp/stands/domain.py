"""Kinds of stands and zones, states of allocation runs, and who may hold which stand."""

import enum
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from fairapp.foundation.text import N_
from fairapp.stands.errors import (
    NotAccepted,
    NotForExhibitors,
    QuotaReached,
    StandCodeTwice,
    StandTaken,
    StopIsCancelled,
    StopNotAsked,
    TooManyStands,
)

MOST_STANDS_AT_ONCE = 2_000
USUAL_SIDE_CM = 300  # the module of 3 m by 3 m
_AUTOMATIC_COLUMNS = 10
_AISLE_CM = 300
_NUMBER = re.compile(r"\d+")


class StandKind(enum.StrEnum):
    """What a stand is for."""

    EXHIBITOR = "exhibitor"
    INSTITUTION = "institution"
    SERVICE = "service"


class RunStatus(enum.StrEnum):
    """State of an allocation run."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    PUBLISHED = "published"


class Need(enum.StrEnum):
    """What a registration may need of its stand."""

    WIDTH = "width"
    POWER = "power"
    WATER = "water"
    STEP_FREE = "step_free"


# What a stand that meets a need has, and what one that does not lacks.
MET = {
    Need.WIDTH: N_("Wide enough"),
    Need.POWER: N_("Has electricity"),
    Need.WATER: N_("Has water"),
    Need.STEP_FREE: N_("Step-free access"),
}
UNMET = {
    Need.WIDTH: N_("Narrower than asked for"),
    Need.POWER: N_("No electricity, and it is needed"),
    Need.WATER: N_("No water, and it is needed"),
    Need.STEP_FREE: N_("A step, and step-free access is needed"),
}


@dataclass(frozen=True, slots=True)
class StandNeeds:
    """What a registration needs of its stand; width in centimetres."""

    width_cm: int
    power: bool = False
    water: bool = False
    step_free: bool = False


@dataclass(frozen=True, slots=True)
class StandPlan:
    """What an organizer says of a stand. Lengths in centimetres; without a place it gets one."""

    code: str
    zone: str | None = None
    kind: StandKind = StandKind.EXHIBITOR
    width_cm: int = USUAL_SIDE_CM
    depth_cm: int = USUAL_SIDE_CM
    x_cm: int | None = None
    y_cm: int | None = None
    power: bool = False
    water: bool = False
    corner: bool = False
    step_free: bool = False


@dataclass(frozen=True, slots=True)
class AllocationCase:
    """What decides whether a registration may hold a stand."""

    stand_code: str
    kind: StandKind
    taken: bool
    stop_cancelled: bool
    accepted: bool
    asks_for_stop: bool
    stands_held: int  # by this registration, at this stop
    quota: int  # most stands one registration may hold there


def check_allocation(case: AllocationCase) -> None:
    """Refuse an allocation that the rules of the event do not allow.

    Unmet needs do not refuse it: the organizer is warned and decides.

    Raises: StopIsCancelled, NotForExhibitors, StandTaken, NotAccepted, StopNotAsked, QuotaReached.
    """
    if case.stop_cancelled:
        raise StopIsCancelled()
    if case.kind is not StandKind.EXHIBITOR:
        raise NotForExhibitors(stand=case.stand_code)
    if case.taken:
        raise StandTaken(stand=case.stand_code)
    if not case.accepted:
        raise NotAccepted()
    if not case.asks_for_stop:
        raise StopNotAsked()
    if case.stands_held >= case.quota:
        raise QuotaReached(held=case.stands_held, most=case.quota)


def needed(needs: StandNeeds) -> tuple[Need, ...]:
    """Return what a registration needs; a width always."""
    wanted = ((Need.POWER, needs.power), (Need.WATER, needs.water), (Need.STEP_FREE, needs.step_free))
    return (Need.WIDTH, *(need for need, is_wanted in wanted if is_wanted))


def unmet(needs: StandNeeds, stand: StandPlan) -> tuple[Need, ...]:
    """Return the needs that a stand does not meet."""
    has = {
        Need.WIDTH: stand.width_cm >= needs.width_cm,
        Need.POWER: stand.power,
        Need.WATER: stand.water,
        Need.STEP_FREE: stand.step_free,
    }
    return tuple(need for need in needed(needs) if not has[need])


def by_fit(needs: StandNeeds, stands: Iterable[StandPlan]) -> list[StandPlan]:
    """Return stands with the most suitable first: fewest unmet needs, then least wasted.

    Water, electricity and width that are not needed are kept for those who need them.
    """

    def waste(stand: StandPlan) -> tuple[int, int, int, tuple[object, ...]]:
        spare = (stand.water and not needs.water) + (stand.power and not needs.power)
        return len(unmet(needs, stand)), spare, stand.width_cm - needs.width_cm, code_order(stand.code)

    return sorted(stands, key=waste)


def code_order(code: str) -> tuple[object, ...]:
    """Return a key that sorts A-2 before A-10."""
    return (_NUMBER.sub("#", code), *(int(number) for number in _NUMBER.findall(code)))


def check_codes(codes: Sequence[str]) -> None:
    """Refuse a list of stands that is too long or names one code twice, in any case.

    Raises: TooManyStands, StandCodeTwice.
    """
    if len(codes) > MOST_STANDS_AT_ONCE:
        raise TooManyStands(most=MOST_STANDS_AT_ONCE)
    seen: set[str] = set()
    for code in codes:
        if code.casefold() in seen:
            raise StandCodeTwice(code=code)
        seen.add(code.casefold())


def free_places(count: int, occupied: Collection[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return places (x, y in centimetres) in rows of ten below what is there.

    `occupied` holds the far corners (x, y) of the stands that have a place.
    """
    top = max((y for _, y in occupied), default=-_AISLE_CM) + _AISLE_CM
    step = USUAL_SIDE_CM
    return [
        (number % _AUTOMATIC_COLUMNS * step, top + number // _AUTOMATIC_COLUMNS * 2 * step)
        for number in range(count)
    ]


@dataclass(frozen=True, slots=True)
class GridPlan:
    """A block of equal stands; codes run from the top left, row by row."""

    prefix: str
    rows: int
    columns: int
    first: int = 1
    zone: str | None = None
    width_cm: int = USUAL_SIDE_CM
    depth_cm: int = USUAL_SIDE_CM
    aisle_cm: int = _AISLE_CM
    x_cm: int | None = None
    y_cm: int | None = None
    back_to_back: bool = True
    kind: StandKind = StandKind.EXHIBITOR
    power: bool = False
    water: bool = False
    step_free: bool = False


def lay_grid(grid: GridPlan, occupied: Collection[tuple[int, int]] = ()) -> list[StandPlan]:
    """Return the stands of a block; without a corner it lies below what is there.

    Back to back, an aisle follows every second row; else every row. The ends of a row are corners.

    Raises: TooManyStands.
    """
    count = grid.rows * grid.columns
    if count > MOST_STANDS_AT_ONCE:
        raise TooManyStands(most=MOST_STANDS_AT_ONCE)
    left = grid.x_cm or 0
    below = max((y for _, y in occupied), default=-grid.aisle_cm) + grid.aisle_cm
    top = below if grid.y_cm is None else grid.y_cm
    digits = max(2, len(str(grid.first + count - 1)))
    rows_an_aisle = 2 if grid.back_to_back else 1
    return [
        StandPlan(
            code=f"{grid.prefix}-{grid.first + row * grid.columns + column:0{digits}d}",
            zone=grid.zone,
            kind=grid.kind,
            width_cm=grid.width_cm,
            depth_cm=grid.depth_cm,
            x_cm=left + column * grid.width_cm,
            y_cm=top + row * grid.depth_cm + row // rows_an_aisle * grid.aisle_cm,
            power=grid.power,
            water=grid.water,
            corner=column in (0, grid.columns - 1),
            step_free=grid.step_free,
        )
        for row in range(grid.rows)
        for column in range(grid.columns)
    ]
