"""Calls about stands: the stands of a stop with their holders, laying them out, and holders by hand."""

from decimal import Decimal
from typing import Annotated

from flask import Blueprint
from pydantic import AfterValidator, BeforeValidator, Field
from sqlalchemy.orm import Session

from fairapp.events.queries import event_for, stop_of
from fairapp.foundation.clock import utc_now
from fairapp.foundation.ids import show_reference
from fairapp.stands import queries
from fairapp.stands.domain import MOST_STANDS_AT_ONCE, StandKind, StandPlan
from fairapp.stands.models import Stand
from fairapp.stands.services import allocation, layout
from fairapp.web.access import current_actor, requires
from fairapp.web.calls import call
from fairapp.web.schemas import Code, Line, Note, Page, Schema

api = Blueprint("stands_api", __name__)


def _exact(value: object) -> object:
    # A JSON number arrives as a float; its shortest text is what was written.
    return str(value) if isinstance(value, float) else value


def _centimetres(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"))


Length = Annotated[
    Decimal,
    BeforeValidator(_exact),
    Field(gt=0, le=100, allow_inf_nan=False),
    AfterValidator(_centimetres),
]
Position = Annotated[
    Decimal,
    BeforeValidator(_exact),
    Field(ge=0, le=5000, allow_inf_nan=False),
    AfterValidator(_centimetres),
]


def _cm(metres: Decimal) -> int:
    return int(metres * 100)


class NewStand(Schema):
    """A stand; sizes and its place on the plan (corner at the top left) in metres."""

    code: Code
    zone: Annotated[Line, Field(max_length=20)] | None = None
    kind: StandKind = StandKind.EXHIBITOR
    width_m: Length = Decimal(3)
    depth_m: Length = Decimal(3)
    x_m: Position | None = None
    y_m: Position | None = None
    power: bool = False
    water: bool = False
    corner: bool = False
    step_free: bool = False

    def plan(self) -> StandPlan:
        """Return the stand as the service wants it."""
        return StandPlan(
            code=self.code,
            zone=self.zone,
            kind=self.kind,
            width_cm=max(1, _cm(self.width_m)),
            depth_cm=max(1, _cm(self.depth_m)),
            x_cm=None if self.x_m is None else _cm(self.x_m),
            y_cm=None if self.y_m is None else _cm(self.y_m),
            power=self.power,
            water=self.water,
            corner=self.corner,
            step_free=self.step_free,
        )


class NewStands(Schema):
    """Stands to be added, or replaced by code; all of them or none."""

    stands: list[NewStand] = Field(max_length=MOST_STANDS_AT_ONCE)


class NamesView(Schema):
    """A name in Arabic and in French."""

    ar: str
    fr: str


class HolderView(Schema):
    """Who holds a stand."""

    registration: str
    cooperative: str
    names: NamesView


class StandView(Schema):
    """A stand with its holder, null when it is free."""

    code: str
    zone: str | None
    kind: StandKind
    width_m: float
    depth_m: float
    x_m: float
    y_m: float
    power: bool
    water: bool
    corner: bool
    step_free: bool
    holder: HolderView | None = None


class StandsView(Page[StandView]):
    """The stands that a call touched, and how many were new."""

    added: int
    replaced: int


class NewHolder(Schema):
    """The registration that is to hold a stand; null takes the stand back."""

    registration: Annotated[str, Field(max_length=20)] | None
    reason: Annotated[Note, Field(max_length=300)] | None = None


@api.get("/events/<slug>/stops/<stop>/stands")
@requires("stands.read")
@call(answer=Page[StandView], summary="List the stands of a stop")
def list_stands(session: Session, slug: str, stop: str) -> Page[StandView]:
    """Return all stands of a stop with their holders, in the order of their codes."""
    event = event_for(session, actor=current_actor(), action="stands.read", slug=slug)
    placed = queries.stands_of(session, stop=stop_of(event, stop))
    return Page[StandView](items=[_stand_view(found) for found in placed])


@api.post("/events/<slug>/stops/<stop>/stands")
@requires("stands.manage")
@call(body=NewStands, answer=StandsView, summary="Add or replace stands")
def add_stands(session: Session, body: NewStands, slug: str, stop: str) -> StandsView:
    """Add stands, or replace those of the same code; a zone that is new is made."""
    event = event_for(session, actor=current_actor(), action="stands.manage", slug=slug)
    at = stop_of(event, stop)
    done = layout.add_stands(
        session,
        actor=current_actor(),
        event=event,
        stop=at,
        stands=[stand.plan() for stand in body.stands],
        now=utc_now(),
    )
    placed = {found.stand.id: found for found in queries.stands_of(session, stop=at)}
    return StandsView(
        items=[_stand_view(placed[stand.id]) for stand in done.stands],
        added=done.added,
        replaced=done.replaced,
    )


@api.put("/events/<slug>/stops/<stop>/stands/<code>/holder")
@requires("stands.allocate")
@call(body=NewHolder, answer=StandView, summary="Give a stand, or take it back")
def put_holder(session: Session, body: NewHolder, slug: str, stop: str, code: str) -> StandView:
    """Give a stand to a registration by hand, or take it back. 409 when another holds it."""
    event = event_for(session, actor=current_actor(), action="stands.allocate", slug=slug)
    at = stop_of(event, stop)
    allocation.set_holder(
        session,
        actor=current_actor(),
        event=event,
        stop=at,
        stand_code=code,
        reference=body.registration,
        reason=body.reason,
        now=utc_now(),
    )
    return _stand_view(queries.placed_stand(session, stop=at, code=code))


def _stand_view(placed: queries.PlacedStand) -> StandView:
    stand: Stand = placed.stand
    return StandView(
        code=stand.code,
        zone=placed.zone.code if placed.zone else None,
        kind=stand.kind,
        width_m=stand.width_cm / 100,
        depth_m=stand.depth_cm / 100,
        x_m=stand.x_cm / 100,
        y_m=stand.y_cm / 100,
        power=stand.power,
        water=stand.water,
        corner=stand.corner,
        step_free=stand.step_free,
        holder=_holder_view(placed),
    )


def _holder_view(placed: queries.PlacedStand) -> HolderView | None:
    if placed.holder is None:
        return None
    cooperative = placed.holder.cooperative
    return HolderView(
        registration=show_reference(placed.holder.reference),
        cooperative=show_reference(cooperative.code),
        names=NamesView(ar=cooperative.name_ar, fr=cooperative.name_fr),
    )
