"""The card of a cooperative."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    EmailField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Email, Optional, ValidationError

from fairapp.cooperatives.domain import CooperativeProfile
from fairapp.cooperatives.models import Cooperative
from fairapp.foundation.text import western_digits
from fairapp.reference.queries import legal_kinds, provinces, sectors
from fairapp.web.fields import CountField, DayField, IceField, Needed, PhoneField, at_most
from fairapp.web.forms import Form

MOST_SECTORS = 10
_SAID = {"yes": True, "no": False}


def _stated(label: object) -> RadioField:
    return RadioField(
        label,
        choices=[
            SelectChoice("yes", _l("Yes")),
            SelectChoice("no", _l("No")),
            SelectChoice("", _l("Not stated")),
        ],
        default="",
        validate_choice=False,
    )


class CardForm(Form):
    """All that the directory keeps of a cooperative."""

    seen = HiddenField()
    name_ar = StringField(_l("Name in Arabic"), [at_most(200)])
    name_fr = StringField(_l("Name in French"), [at_most(200)])
    legal_kind = SelectField(
        _l("Legal form"), [Needed(_l("Choose the legal form."))], validate_choice=False, default="cooperative"
    )
    register_number = StringField(_l("Number in the local register of cooperatives"), [at_most(60)])
    register_court = StringField(_l("Court that keeps the register"), [at_most(120)])
    ice = IceField(_l("ICE"))
    founded_on = DayField(_l("Day of founding"), [Optional()])
    province = SelectField(
        _l("Province or prefecture"), [Needed(_l("Choose the province."))], validate_choice=False
    )
    commune = StringField(_l("Commune"), [Needed(_l("Write the name of the commune.")), at_most(120)])
    douar = StringField(_l("Douar"), [at_most(120)])
    rural = _stated(_l("In a rural commune?"))
    members = CountField(_l("Members"))
    women_members = CountField(_l("Women among them"))
    youth_members = CountField(_l("Members under 35"))
    women_led = _stated(_l("Is the cooperative led by a woman?"))
    sectors = SelectMultipleField(_l("Kinds of products"), validate_choice=False)
    phone = PhoneField(_l("Phone"))
    email = EmailField(
        _l("E-mail"),
        [
            Optional(),
            at_most(254),
            Email(message=_l("Write the e-mail address in full, for example name@example.ma.")),
        ],
    )
    about_ar = TextAreaField(_l("About the cooperative, in Arabic"), [at_most(500)])
    about_fr = TextAreaField(_l("About the cooperative, in French"), [at_most(500)])

    def validate_legal_kind(self, field: SelectField) -> None:
        """Refuse a legal form that the list does not have."""
        if field.data not in legal_kinds():
            raise ValidationError(_l("Choose the legal form."))

    def validate_province(self, field: SelectField) -> None:
        """Refuse a province that the list does not have."""
        if field.data not in provinces():
            raise ValidationError(_l("Choose the province."))

    def validate_sectors(self, field: SelectMultipleField) -> None:
        """Refuse sectors that the list does not have, and too many."""
        if any(code not in sectors() for code in field.data or ()):
            raise ValidationError(_l("Choose from the list."))
        if len(field.data or ()) > MOST_SECTORS:
            raise ValidationError(_l("Choose at most %(max)s.", max=MOST_SECTORS))

    def profile(self) -> CooperativeProfile:
        """Return what was typed, as the service wants it. The form is valid."""
        return CooperativeProfile(
            name_ar=self.name_ar.data or "",
            name_fr=self.name_fr.data or "",
            legal_kind=self.legal_kind.data,
            province_code=self.province.data,
            commune=self.commune.data,
            register_court=self.register_court.data or None,
            register_number=western_digits(self.register_number.data or "") or None,
            ice=self.ice.data or None,
            douar=self.douar.data or None,
            rural=_SAID.get(self.rural.data or ""),
            sectors=tuple(self.sectors.data or ()),
            founded_on=self.founded_on.data,
            members=_count(self.members.data),
            women_members=_count(self.women_members.data),
            youth_members=_count(self.youth_members.data),
            women_led=_SAID.get(self.women_led.data or ""),
            phone=self.phone.data or None,
            email=self.email.data or None,
        )

    def about(self) -> tuple[str | None, str | None]:
        """Return the texts about the cooperative, in Arabic and French."""
        return self.about_ar.data or None, self.about_fr.data or None


def _count(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _word(value: bool | None) -> str:
    return "" if value is None else ("yes" if value else "no")


def card_values(cooperative: Cooperative) -> dict[str, Any]:
    """Return what the form of a card shows at first. The cooperative is loaded with its sectors."""
    same = ("name_ar", "name_fr", "legal_kind", "register_number", "register_court", "ice", "founded_on")
    more = ("commune", "douar", "members", "women_members", "youth_members", "phone", "email")
    values = {name: getattr(cooperative, name) for name in (*same, *more, "about_ar", "about_fr")}
    return values | {
        "province": cooperative.province_code,
        "rural": _word(cooperative.rural),
        "women_led": _word(cooperative.women_led),
        "sectors": [sector.sector_code for sector in cooperative.sectors],
    }
