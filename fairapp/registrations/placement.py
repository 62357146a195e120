"""Where a registration is placed: asked of the features above, which know stands and badges.

Registrations do not know who answers. Whoever holds the placements offers a reader to the
application (`offer`); without one nothing is placed.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from flask import Flask, current_app
from sqlalchemy.orm import Session

_NAME = "registrations.placements"


@dataclass(frozen=True, slots=True)
class HeldStand:
    """A stand that a registration holds now."""

    stop_id: int
    stop: str
    stand: str


@dataclass(frozen=True, slots=True)
class HeldBadge:
    """A badge of a representative. `code` is the text of its QR, `token` opens its page."""

    representative: str
    code: str
    token: str
    revoked: bool


@dataclass(frozen=True, slots=True)
class Placement:
    """What a registration holds."""

    stands: tuple[HeldStand, ...] = ()
    badges: tuple[HeldBadge, ...] = ()

    @property
    def live_badges(self) -> tuple[HeldBadge, ...]:
        """The badges that open gates."""
        return tuple(badge for badge in self.badges if not badge.revoked)


NOWHERE = Placement()
PlacementReader = Callable[[Session, Collection[int]], Mapping[int, Placement]]


def offer(app: Flask, reader: PlacementReader) -> None:
    """Let the pages of registrations show what a reader knows."""
    app.extensions[_NAME] = reader


def placements_of(session: Session, registration_ids: Collection[int]) -> Mapping[int, Placement]:
    """Return what registrations hold, by id; those that hold nothing may be absent."""
    reader: PlacementReader | None = current_app.extensions.get(_NAME)
    return reader(session, registration_ids) if reader and registration_ids else {}


def placement_of(session: Session, registration_id: int) -> Placement:
    """Return what one registration holds."""
    return placements_of(session, [registration_id]).get(registration_id, NOWHERE)
