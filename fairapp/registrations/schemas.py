"""Shapes of registrations on the wire, for the calls here and in the features above."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from fairapp.foundation.ids import show_reference
from fairapp.foundation.text import N_
from fairapp.reference.queries import sectors
from fairapp.registrations.domain import (
    Filing,
    FilingChannel,
    Gender,
    NamedProduct,
    Person,
    RegistrationState,
    StandNeeds,
)
from fairapp.registrations.models import Registration
from fairapp.web.schemas import Code, Line, Moment, Note, Phone, Schema, refuse

_CM = 100


def _known_sector(value: str) -> str:
    if value not in sectors():
        refuse(N_("We do not know this code: %(code)s."), code=value)
    return value


SectorCode = Annotated[str, AfterValidator(_known_sector)]
ShortLine = Annotated[Line, Field(max_length=120)]


class ProductBody(Schema):
    """A product by its name, in a sector."""

    name: ShortLine
    sector: SectorCode


class NeedsBody(Schema):
    """What is needed of the stand."""

    width_m: float = Field(3, ge=1, le=20)
    power: bool = False
    water: bool = False
    step_free: bool = False


class PersonBody(Schema):
    """Somebody who comes; gender null: not stated."""

    name: ShortLine
    gender: Gender | None = None
    phone: Phone | None = None


class FiledBy(Schema):
    """How the registration was taken."""

    channel: FilingChannel


class NewRegistration(Schema):
    """A registration to be filed. Stops may be left out where the event has one."""

    cooperative: str = Field(max_length=40)
    stops: list[Code] = Field(default_factory=list, max_length=100)
    sectors: list[SectorCode] = Field(default_factory=list, max_length=30)
    products: list[ProductBody] = Field(default_factory=list, max_length=100)
    stand_needs: NeedsBody = Field(default_factory=NeedsBody)
    representatives: list[PersonBody] = Field(default_factory=list, max_length=50)
    filed_by: FiledBy | None = None

    def filing(self, *, channel: FilingChannel, locale: str) -> Filing:
        """Return the registration as the service wants it."""
        needs = self.stand_needs
        return Filing(
            cooperative_code=self.cooperative,
            profile=None,
            people=tuple(Person(one.name, one.gender, one.phone) for one in self.representatives),
            sectors=tuple(self.sectors),
            products=tuple(NamedProduct(one.name, one.sector) for one in self.products),
            stops=tuple(self.stops),
            needs=StandNeeds(round(needs.width_m * _CM), needs.power, needs.water, needs.step_free),
            channel=channel,
            locale=locale,
        )


class NewDecision(Schema):
    """A decision on a registration; a reason of the call for all but accept."""

    decision: Literal["accept", "waitlist", "refuse", "ask"]
    reason: Code | None = None
    note: Note | None = None


class StateView(Schema):
    """One dated state, with the code of its reason."""

    at: Moment
    status: RegistrationState
    reason: str | None
    note: str | None


class RegistrationBrief(Schema):
    """A registration by its reference, and its state."""

    reference: str
    status: RegistrationState


class RegistrationFields(RegistrationBrief):
    """What a registration asks for, and its dated states."""

    event: str
    cooperative: str
    stops: list[str]
    sectors: list[str]
    products: list[ProductBody]
    stand_needs: NeedsBody
    representatives: list[PersonBody]
    filed_by: FiledBy
    received_at: Moment
    history: list[StateView]


def brief_of(registration: Registration) -> RegistrationBrief:
    """Return the short answer about a registration."""
    return RegistrationBrief(reference=show_reference(registration.reference), status=registration.state)


def fields_of(registration: Registration) -> RegistrationFields:
    """Return the long answer about a whole registration."""
    return RegistrationFields(
        reference=show_reference(registration.reference),
        status=registration.state,
        event=registration.event.slug,
        cooperative=show_reference(registration.cooperative.code),
        stops=[stop.code for stop in registration.stops],
        sectors=sorted(sector.sector_code for sector in registration.sectors),
        products=[ProductBody(name=one.name, sector=one.sector_code) for one in registration.products],
        stand_needs=NeedsBody(
            width_m=registration.stand_width_cm / _CM,
            power=registration.needs_power,
            water=registration.needs_water,
            step_free=registration.needs_step_free,
        ),
        representatives=[
            PersonBody(name=one.name, gender=one.gender, phone=one.phone)
            for one in registration.representatives
        ],
        filed_by=FiledBy(channel=registration.channel),
        received_at=registration.received_at,
        history=[
            StateView(at=change.at, status=change.state, reason=change.reason_code, note=change.note)
            for change in registration.history
        ],
    )
