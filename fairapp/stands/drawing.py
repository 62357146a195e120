"""The floor plan as a drawing: where each stand and zone lies, in units of the SVG.

A map is never mirrored: x grows to the right in every language.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fairapp.stands.models import Zone
from fairapp.stands.queries import PlacedStand

_LABEL_WIDTH, _LABEL_HEIGHT = 48.0, 40.0  # a stand must hold its code and its mark
_USUAL_SCALE = 0.16  # units a centimetre: 3 m are 48 units
_SMALLEST_SCALE, _LARGEST_SCALE = 0.1, 0.5
_MARGIN = 28.0
_ZONE_PADDING = 12.0
_ZONE_TITLE = 26.0
_GAP = 4.0
_WIDE_PLAN = 1400.0
_TINTS = ("ok", "info", "wait", "off")


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, corner at the top left."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle_x(self) -> float:
        """Where text is centred."""
        return self.x + self.width / 2

    @property
    def middle_y(self) -> float:
        """The middle of the height."""
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class DrawnStand:
    """A stand and its rectangle; `has_room` for a mark under its code."""

    placed: PlacedStand
    box: Box

    @property
    def has_room(self) -> bool:
        """Whether the mark fits under the code."""
        return self.box.height >= _LABEL_HEIGHT - 8


@dataclass(frozen=True, slots=True)
class DrawnZone:
    """A zone around its stands; `tint` is a status class that sets its colour."""

    zone: Zone
    box: Box
    tint: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A whole plan."""

    width: float
    height: float
    stands: tuple[DrawnStand, ...]
    zones: tuple[DrawnZone, ...]

    @property
    def is_wide(self) -> bool:
        """Whether the plan is too wide to be read when it is fitted to a page."""
        return self.width > _WIDE_PLAN


def draw(stands: Sequence[PlacedStand]) -> Drawing:
    """Return the drawing of a plan; an empty one has no size."""
    if not stands:
        return Drawing(0, 0, (), ())
    scale = _scale(stands)
    left = min(placed.stand.x_cm for placed in stands)
    top = min(placed.stand.y_cm for placed in stands)
    drawn = tuple(DrawnStand(placed, _box(placed, left, top, scale)) for placed in stands)
    zones = _zones(drawn)
    boxes = [stand.box for stand in drawn] + [zone.box for zone in zones]
    return Drawing(
        width=max(box.x + box.width for box in boxes) + _MARGIN,
        height=max(box.y + box.height for box in boxes) + _MARGIN,
        stands=drawn,
        zones=zones,
    )


def _scale(stands: Sequence[PlacedStand]) -> float:
    narrowest = min(placed.stand.width_cm for placed in stands)
    shallowest = min(placed.stand.depth_cm for placed in stands)
    wanted = max(_LABEL_WIDTH / narrowest, _LABEL_HEIGHT / shallowest, _USUAL_SCALE)
    return min(max(wanted, _SMALLEST_SCALE), _LARGEST_SCALE)


def _box(placed: PlacedStand, left: int, top: int, scale: float) -> Box:
    stand = placed.stand
    return Box(
        x=round(_MARGIN + _ZONE_PADDING + (stand.x_cm - left) * scale, 1),
        y=round(_MARGIN + _ZONE_TITLE + (stand.y_cm - top) * scale, 1),
        width=round(max(stand.width_cm * scale - _GAP, 12), 1),
        height=round(max(stand.depth_cm * scale - _GAP, 12), 1),
    )


def _zones(drawn: Sequence[DrawnStand]) -> tuple[DrawnZone, ...]:
    members: dict[int, list[DrawnStand]] = {}
    for stand in drawn:
        if stand.placed.zone is not None:
            members.setdefault(stand.placed.zone.id, []).append(stand)
    zones = []
    for number, found in enumerate(members.values()):
        zone = found[0].placed.zone
        assert zone is not None
        zones.append(DrawnZone(zone, _around([stand.box for stand in found]), _TINTS[number % len(_TINTS)]))
    return tuple(zones)


def _around(boxes: Sequence[Box]) -> Box:
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right = max(box.x + box.width for box in boxes)
    bottom = max(box.y + box.height for box in boxes)
    return Box(
        x=round(left - _ZONE_PADDING, 1),
        y=round(top - _ZONE_TITLE, 1),
        width=round(right - left + 2 * _ZONE_PADDING, 1),
        height=round(bottom - top + _ZONE_TITLE + _ZONE_PADDING, 1),
    )
