"""Forms of what follows a decision."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from fairapp.decisions.domain.appealing import MOST_SIGNS
from fairapp.decisions.domain.offering import MOST_PLACES
from fairapp.web.forms import Form

MET = "met"  # what the objection asks for was decided meanwhile
REJECT = "reject"


class AskForm(Form):
    """A button: nothing to fill in."""


class PrintForm(Form):
    """Which letters are printed."""

    which = HiddenField(default="all")


class ReasonForm(Form):
    """Why something is done out of order; it stays in the record."""

    reason = TextAreaField(
        _l("Reason"),
        [
            InputRequired(_l("Write the reason: it stays in the record.")),
            Length(max=500, message=_l("Write at most 500 characters.")),
        ],
    )


class MoreForm(Form):
    """How many places are offered beside those that became free. `key` names the form, sent once."""

    key = HiddenField()
    places = IntegerField(
        _l("Number of places"),
        [
            InputRequired(_l("Write how many places there are, for example 2.")),
            NumberRange(min=1, max=MOST_PLACES, message=_l("Write a number of places from 1 to %(max)s.")),
        ],
        default=1,
    )
    stop = SelectField(_l("Stop"), validate_choice=False, default="")


class AppealForm(Form):
    """An objection, in the words of the cooperative."""

    text = TextAreaField(
        _l("Why should the decision be looked at again?"),
        [
            InputRequired(_l("Write why the decision should be looked at again.")),
            Length(max=MOST_SIGNS, message=_l("Write at most %(max)d characters.")),
        ],
    )


class AnswerForm(Form):
    """The answer to an objection. Choices of the outcome are those that the state allows."""

    outcome = RadioField(_l("Answer"), validators=[InputRequired(_l("Choose the answer."))])
    reason = SelectField(_l("Reason of the call"), validate_choice=False, default="")
    answer = TextAreaField(
        _l("Reason of the answer"),
        [
            InputRequired(_l("Write the reason of the answer: it is sent to the cooperative.")),
            Length(max=MOST_SIGNS, message=_l("Write at most %(max)d characters.")),
        ],
    )
