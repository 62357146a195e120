"""The organizer's decision."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import ValidationError

from fairapp.registrations.domain import NEEDS_REASON, Decision
from fairapp.registrations.forms.fields import at_most
from fairapp.web.forms import Form


class DecisionForm(Form):
    """A decision with its reason and a note. Choices are those that the state and the call allow."""

    decision = RadioField(_l("Decision"), validate_choice=False)
    reason = SelectField(_l("Reason"), validate_choice=False)
    note = TextAreaField(_l("Note to the cooperative"), [at_most(500)])
    seen = HiddenField()

    def validate_decision(self, field: RadioField) -> None:
        """Refuse what is not possible now."""
        if field.data not in {choice.value for choice in field.iter_choices()}:
            raise ValidationError(_l("Choose a decision."))

    def validate_reason(self, field: SelectField) -> None:
        """Ask for a reason of the call, where the decision owes one."""
        needed = self.decision.data in {decision.value for decision in NEEDS_REASON}
        if needed and not field.data:
            raise ValidationError(_l("Choose the reason: it is sent to the cooperative."))
        if field.data and field.data not in {choice.value for choice in field.iter_choices()}:
            raise ValidationError(_l("The call of this event does not list this reason."))

    def chosen(self) -> Decision:
        """Return the decision."""
        return Decision(self.decision.data)
