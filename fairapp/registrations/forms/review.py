"""The organizer's decision, on one registration and on many."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import ValidationError

from fairapp.registrations.domain import NEEDS_REASON, Decision
from fairapp.web.fields import at_most
from fairapp.web.forms import Form


class _Deciding(Form):
    """A decision with its reason. Choices are those that the state and the call allow."""

    decision = RadioField(_l("Decision"), validate_choice=False)
    reason = SelectField(_l("Reason"), validate_choice=False)

    def validate_decision(self, field: RadioField) -> None:
        """Refuse what is not possible now."""
        if field.data not in {choice.value for choice in field.iter_choices()}:
            raise ValidationError(_l("Choose a decision."))

    def validate_reason(self, field: SelectField) -> None:
        """Ask for a reason of the call, where the decision owes one."""
        if self.needs_reason() and not field.data:
            raise ValidationError(_l("Choose the reason: it is sent to the cooperative."))
        if field.data and field.data not in {choice.value for choice in field.iter_choices()}:
            raise ValidationError(_l("The call of this event does not list this reason."))

    def needs_reason(self) -> bool:
        """Tell whether the chosen decision owes a reason."""
        return self.decision.data in {decision.value for decision in NEEDS_REASON}

    def chosen(self) -> Decision:
        """Return the decision."""
        return Decision(self.decision.data)


class DecisionForm(_Deciding):
    """A decision on one registration."""

    note = TextAreaField(_l("Note to the cooperative"), [at_most(500)])
    seen = HiddenField()


class BulkForm(_Deciding):
    """A decision on many registrations; the notes go to those who read the language."""

    note_ar = TextAreaField(_l("Note in Arabic"), [at_most(500)])
    note_fr = TextAreaField(_l("Note in French"), [at_most(500)])

    def __init__(self, *args: Any, always_with_reason: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._always = always_with_reason

    def needs_reason(self) -> bool:
        """Tell whether the decision owes a reason: taking another one back always does."""
        return self._always or super().needs_reason()
