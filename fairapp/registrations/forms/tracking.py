"""Forms of tracking and withdrawing."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField
from wtforms.validators import ValidationError

from fairapp.foundation.ids import parse_reference
from fairapp.registrations.forms.fields import Needed, PhoneField, at_most
from fairapp.web.forms import Form


class TrackForm(Form):
    """Reference and phone, the two things that anyone holding a registration has."""

    reference = StringField(
        _l("Reference"), [Needed(_l("Write the reference, for example K7QM-4T2X.")), at_most(40)]
    )
    phone = PhoneField(_l("Phone"), [Needed(_l("Write the phone number given in the registration."))])

    def validate_reference(self, field: StringField) -> None:
        """Find a slip of the finger before asking the database."""
        if field.data and parse_reference(field.data) is None:
            raise ValidationError(_l("Check the reference: one of its signs is not right."))


class ResumeForm(TrackForm):
    """Reference and phone of a registration to go on with."""

    has_printed_code = BooleanField(_l("I have a printed code: send no other"))


class CodeForm(Form):
    """The code that was sent or printed."""

    code = StringField(_l("Code"), [Needed(_l("Write the code, for example 123456.")), at_most(40)])


class WithdrawForm(Form):
    """The confirmation of a withdrawal; nothing to fill in."""
