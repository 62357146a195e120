"""What a cooperative says of a registration that another filed for it."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from fairapp.web.fields import Needed, at_most
from fairapp.web.forms import Form

OURS, NOT_OURS = "ours", "not_ours"


class OwnershipForm(Form):
    """Whether the registration is its own."""

    answer = RadioField(
        _l("Did you agree to this registration?"),
        choices=[
            SelectChoice(OURS, _l("Yes, it is ours")),
            SelectChoice(NOT_OURS, _l("No, we did not ask for it")),
        ],
        validate_choice=False,
    )

    def validate_answer(self, field: RadioField) -> None:
        """Ask for one of the two."""
        if field.data not in (OURS, NOT_OURS):
            raise ValidationError(_l("Choose one of the answers."))


class CodedOwnershipForm(OwnershipForm):
    """The same, proven by a code that was printed or sent."""

    code = StringField(_l("Code"), [Needed(_l("Write the code of your receipt.")), at_most(40)])
