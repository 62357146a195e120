"""The call that enters a cooperative into the directory."""

from typing import Annotated

from flask import Blueprint
from pydantic import AfterValidator, BeforeValidator, Field
from sqlalchemy.orm import Session

from fairapp.cooperatives.domain import ICE_DIGITS, CooperativeProfile, ice_looks_right
from fairapp.cooperatives.models import Cooperative
from fairapp.cooperatives.queries import cooperative_for
from fairapp.cooperatives.services import create_cooperative
from fairapp.foundation.clock import utc_now
from fairapp.foundation.ids import show_reference
from fairapp.foundation.text import N_, clean, western_digits
from fairapp.reference.queries import legal_kinds, provinces, sectors
from fairapp.web.access import current_actor, requires
from fairapp.web.calls import call
from fairapp.web.schemas import Line, LocalDay, Phone, Schema, refuse

api = Blueprint("cooperatives_api", __name__)
MOST_MEMBERS = 100_000
_LONGEST_EMAIL = 254


def _known_kind(value: str) -> str:
    if value not in legal_kinds():
        refuse(N_("We do not know this code: %(code)s."), code=value)
    return value


def _known_province(value: str) -> str:
    if value not in provinces():
        refuse(N_("We do not know this code: %(code)s."), code=value)
    return value


def _known_sector(value: str) -> str:
    if value not in sectors():
        refuse(N_("We do not know this code: %(code)s."), code=value)
    return value


def _ice(value: object) -> object:
    if not isinstance(value, str):
        return value
    bare = "".join(clean(western_digits(value)).split())
    if bare and not (bare.isascii() and bare.isdigit() and len(bare) <= ICE_DIGITS):
        refuse(N_("The ICE has 15 digits. Leave the field empty if you have none."))
    return bare or None


def _email(value: object) -> object:
    if not isinstance(value, str) or not value.strip():
        return None if isinstance(value, str) else value
    text = clean(value)
    name, at, domain = text.rpartition("@")
    if not (at and name and "." in domain) or " " in text or len(text) > _LONGEST_EMAIL:
        refuse(N_("Write the e-mail address in full, for example name@example.ma."))
    return text


def _one_at_least(names: "Names") -> "Names":
    if not (names.ar or names.fr):
        refuse(N_("Write the name of the cooperative, in Arabic or in French."))
    return names


SectorCode = Annotated[str, AfterValidator(_known_sector)]
Count = Annotated[int, Field(ge=0, le=MOST_MEMBERS, strict=True)]


class Names(Schema):
    """The name of a cooperative; one of the two languages is enough."""

    ar: Line | None = None
    fr: Line | None = None


class NewCooperative(Schema):
    """A cooperative to be entered."""

    names: Annotated[Names, AfterValidator(_one_at_least)]
    legal_kind: Annotated[str, AfterValidator(_known_kind)] = "cooperative"
    register_court: Annotated[Line, Field(max_length=120)] | None = None
    register_number: Annotated[Line, Field(max_length=60)] | None = None
    ice: Annotated[str | None, BeforeValidator(_ice)] = None
    province: Annotated[str, AfterValidator(_known_province)]
    commune: Annotated[Line, Field(max_length=120)]
    douar: Annotated[Line, Field(max_length=120)] | None = None
    rural: bool | None = None
    sectors: list[SectorCode] = Field(default_factory=list, max_length=30)
    founded_on: LocalDay | None = None
    members: Count | None = None
    women_members: Count | None = None
    youth_members: Count | None = None
    women_led: bool | None = None
    phone: Phone | None = None
    email: Annotated[str | None, BeforeValidator(_email)] = None

    def profile(self) -> CooperativeProfile:
        """Return the cooperative as the service wants it."""
        plain = self.model_dump(exclude={"names", "province", "sectors"})
        return CooperativeProfile(
            name_ar=self.names.ar or "",
            name_fr=self.names.fr or "",
            province_code=self.province,
            sectors=tuple(self.sectors),
            **plain,
        )


class CooperativeView(Schema):
    """A cooperative as it stands in the directory. `ice_valid` is null without an ICE."""

    code: str
    names: Names
    legal_kind: str
    register_court: str | None
    register_number: str | None
    ice: str | None
    ice_valid: bool | None
    province: str
    commune: str
    douar: str | None
    rural: bool | None
    sectors: list[str]
    founded_on: LocalDay | None
    members: int | None
    women_members: int | None
    youth_members: int | None
    women_led: bool | None
    phone: Phone | None
    email: str | None


@api.post("/cooperatives")
@requires("cooperatives.create")
@call(body=NewCooperative, answer=CooperativeView, status=201, summary="Enter a cooperative")
def post_cooperative(session: Session, body: NewCooperative) -> CooperativeView:
    """Enter a cooperative into the directory; an account of a cooperative becomes its account too.

    A wrong check digit of the ICE is told by `ice_valid`, never refused.
    """
    cooperative = create_cooperative(session, actor=current_actor(), profile=body.profile(), now=utc_now())
    return _view(cooperative)


@api.get("/cooperatives/<code>")
@requires("cooperatives.create")
@call(answer=CooperativeView, summary="Read a cooperative")
def get_cooperative(session: Session, code: str) -> CooperativeView:
    """One cooperative by its code: an own one; any for organizers and desk agents."""
    return _view(cooperative_for(session, actor=current_actor(), code=code))


def _view(cooperative: Cooperative) -> CooperativeView:
    return CooperativeView(
        code=show_reference(cooperative.code),
        names=Names(ar=cooperative.name_ar, fr=cooperative.name_fr),
        legal_kind=cooperative.legal_kind,
        register_court=cooperative.register_court,
        register_number=cooperative.register_number,
        ice=cooperative.ice,
        ice_valid=ice_looks_right(cooperative.ice) if cooperative.ice else None,
        province=cooperative.province_code,
        commune=cooperative.commune,
        douar=cooperative.douar,
        rural=cooperative.rural,
        sectors=[sector.sector_code for sector in cooperative.sectors],
        founded_on=cooperative.founded_on,
        members=cooperative.members,
        women_members=cooperative.women_members,
        youth_members=cooperative.youth_members,
        women_led=cooperative.women_led,
        phone=cooperative.phone,
        email=cooperative.email,
    )
