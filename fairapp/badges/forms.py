"""Forms of badges and of the gate."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from fairapp.badges.domain import LONGEST_CODE, HandReason
from fairapp.web.forms import Form

GATES = {
    "main": _l("Main gate"),
    "2": _l("Gate 2"),
    "3": _l("Gate 3"),
    "4": _l("Gate 4"),
}
HAND_REASONS = {
    HandReason.CAME_BACK: _l("Went out and came back"),
    HandReason.IDENTITY_CHECKED: _l("Identity checked"),
    HandReason.ORGANIZER_AGREED: _l("The organizer agreed"),
    HandReason.OTHER: _l("Another reason"),
}


class RevokeForm(Form):
    """Why a badge is revoked, and whether another is given."""

    reason = StringField(
        _l("Reason"),
        validators=[
            InputRequired(_l("Write the reason.")),
            Length(max=200, message=_l("Write at most 200 characters.")),
        ],
    )
    replace = BooleanField(_l("Give this person a new badge at once"))


class AskForm(Form):
    """A button: send again, print all."""


class PlaceForm(Form):
    """At which stop and gate someone scans. Choices are handed in by the route."""

    class Meta(Form.Meta):
        """A choice changes nothing: it is part of the address, without a token."""

        csrf = False

    place = RadioField(_l("Where do you scan?"), validators=[InputRequired(_l("Choose the place."))])
    gate = SelectField(
        _l("Gate"), choices=[SelectChoice(code, label) for code, label in GATES.items()], default="main"
    )


class ScanForm(Form):
    """A scan: text of the QR, typed code, or a photo of the badge. `id` names it, so that it counts once."""

    id = HiddenField()
    event = HiddenField(validators=[InputRequired()])
    stop = HiddenField(validators=[InputRequired(), Length(max=20)])
    gate = HiddenField(validators=[Length(max=40)])
    code = StringField(_l("Code of the badge"), validators=[Length(max=LONGEST_CODE)])
    photo = FileField(_l("Photo of the QR code"))


class HandForm(Form):
    """Why someone is let in against the verdict."""

    reason = SelectField(
        _l("Reason"), choices=[SelectChoice(code.value, label) for code, label in HAND_REASONS.items()]
    )
