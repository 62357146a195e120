"""Forms of tracking and withdrawing."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from fairapp.foundation.ids import parse_reference
from fairapp.web.fields import Needed, PhoneField, at_most
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

    phone = PhoneField(_l("Phone"))
    has_printed_code = BooleanField(_l("I have a printed code: send no other"))

    def validate_phone(self, field: PhoneField) -> None:
        """Ask for the phone that a code is sent to; who holds a printed one may have none."""
        if not field.data and not self.has_printed_code.data:
            raise ValidationError(_l("Write the phone number given in the registration."))


class CodeForm(Form):
    """The code that was sent or printed."""

    code = StringField(_l("Code"), [Needed(_l("Write the code, for example 123456.")), at_most(40)])


class WithdrawForm(Form):
    """The confirmation of a withdrawal; nothing to fill in."""


class SendChangeForm(Form):
    """The confirmation of a change; what it changes is on the page."""


class AnswerChangeForm(Form):
    """The organizer's answer to a change that a cooperative asked for."""

    answer = RadioField(
        _l("Answer"),
        choices=[
            SelectChoice("agree", _l("Agree: the registration is changed")),
            SelectChoice("refuse", _l("Refuse: the registration stays as it is")),
        ],
        validate_choice=False,
    )
    note = TextAreaField(_l("Note to the cooperative"), [at_most(500)])

    @property
    def is_agreed(self) -> bool:
        """Whether the change is agreed to."""
        return bool(self.answer.data == "agree")

    def validate_answer(self, field: RadioField) -> None:
        """Refuse anything but the two answers."""
        if field.data not in ("agree", "refuse"):
            raise ValidationError(_l("Choose one of the answers."))

    def validate_note(self, field: TextAreaField) -> None:
        """Ask for the reason of a refusal: it is sent."""
        if self.answer.data == "refuse" and not field.data:
            raise ValidationError(_l("Write why: the cooperative reads it."))
