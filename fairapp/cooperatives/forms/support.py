"""Programmes and networks, and since when a cooperative belongs to them."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import Optional, ValidationError

from fairapp.reference.queries import provinces
from fairapp.web.fields import DayField, Needed, at_most
from fairapp.web.forms import Form


class SupportForm(Form):
    """A programme that supports a cooperative since a day."""

    programme = SelectField(_l("Programme"), [Needed(_l("Choose the programme."))], validate_choice=False)
    since_on = DayField(_l("Since"), [Needed(_l("Write the first day."))])
    until_on = DayField(_l("Until"), [Optional()])


class JoinForm(Form):
    """A network that a cooperative joins on a day, and the one that it leaves for it."""

    network = SelectField(_l("Network"), [Needed(_l("Choose the network."))], validate_choice=False)
    since_on = DayField(_l("Since"), [Needed(_l("Write the first day."))])
    leaves = SelectField(_l("It leaves on the same day"), validate_choice=False, default="")


class EndForm(Form):
    """The end of a support or a membership."""

    what = HiddenField()
    until_on = DayField(_l("Until"), [Needed(_l("Write the day on which it ended."))])


class ProgrammeForm(Form):
    """A programme's names."""

    name_ar = StringField(_l("Name in Arabic"), [Needed(_l("Write the name in Arabic.")), at_most(200)])
    name_fr = StringField(_l("Name in French"), [Needed(_l("Write the name in French.")), at_most(200)])
    name_en = StringField(_l("Name in English"), [at_most(200)])


class NetworkForm(Form):
    """A network's names, its province, and its own entry in the directory."""

    name_ar = StringField(_l("Name in Arabic"), [Needed(_l("Write the name in Arabic.")), at_most(200)])
    name_fr = StringField(_l("Name in French"), [Needed(_l("Write the name in French.")), at_most(200)])
    province = SelectField(_l("Province or prefecture"), validate_choice=False, default="")
    body = StringField(_l("Code of its own entry in the directory"), [at_most(20)])

    def validate_province(self, field: Any) -> None:
        """Refuse a province that the list does not have."""
        if field.data and field.data not in provinces():
            raise ValidationError(_l("Choose the province."))
