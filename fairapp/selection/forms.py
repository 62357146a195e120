"""Forms of committees, scores and overrides."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from fairapp.accounts.domain import normalize_email
from fairapp.events.models import Criterion
from fairapp.selection.domain.words import Proposal
from fairapp.web.fields import Needed, at_most
from fairapp.web.forms import Form
from fairapp.web.i18n import LANGUAGE_NAMES

_PREFIX = "c_"
_NOT_LISTED = _l("Choose one of the list.")


class ActForm(Form):
    """One button that changes something."""


class SeedForm(Form):
    """The seed of the draw; empty: one is drawn."""

    seed = StringField(_l("Seed of the draw"), [at_most(64)])


class HomeForm(Form):
    """Where a reviewer belongs. The choices of both lists are handed in by the page."""

    province = SelectField(_l("Province or prefecture"), invalid_choice_message=_NOT_LISTED)
    commune = StringField(_l("Commune"), [at_most(120)])
    network = SelectField(_l("Network or union"), invalid_choice_message=_NOT_LISTED)


class ReviewerForm(HomeForm):
    """A person for the committee."""

    email = EmailField(_l("E-mail address"), [Needed(_l("Write the e-mail address.")), at_most(254)])
    name = StringField(_l("First and last name"), [at_most(120)])
    locale = SelectField(
        _l("Language of messages"),
        choices=[SelectChoice(code, name) for code, name in LANGUAGE_NAMES.items()],
    )

    def validate_email(self, field: EmailField) -> None:
        """Refuse what cannot be an address."""
        if normalize_email(field.data or "") is None:
            raise ValidationError(_l("This is not a complete e-mail address."))


class ConflictForm(Form):
    """Whose registration a reviewer may not judge, and why."""

    reference = StringField(
        _l("Reference of the registration"), [Needed(_l("Write the reference.")), at_most(20)]
    )
    reason = StringField(_l("Reason"), [Needed(_l("Write the reason in a few words.")), at_most(300)])


class AsideForm(Form):
    """Why a reviewer steps aside."""

    reason = StringField(_l("Reason"), [Needed(_l("Write the reason in a few words.")), at_most(300)])


class OverrideForm(Form):
    """Another decision than the ranking proposes."""

    proposal = RadioField(_l("Decision"), validate_choice=False)
    reason = SelectField(_l("Reason"), validate_choice=False)
    note = TextAreaField(_l("Why you depart from the ranking"), [at_most(500)])

    def validate_proposal(self, field: RadioField) -> None:
        """Refuse what is no proposal."""
        if field.data not in {proposal.value for proposal in Proposal}:
            raise ValidationError(_l("Choose a decision."))


class RecordForm(Form):
    """The ranking that was looked at, by its hash."""

    seen = HiddenField()


class DecideForm(Form):
    """Whether decisions that were told before are changed too."""

    told = BooleanField(_l("Also change decisions that were told before"))


class ScoreForm(Form):
    """Points for each criterion, and a note. Made for a call by `score_form`."""

    note = TextAreaField(_l("Note for the organizer"), [at_most(500)])

    def points(self) -> dict[str, int]:
        """Return the points given, by criterion."""
        return {
            name.removeprefix(_PREFIX): int(field.data)
            for name, field in self._fields.items()
            if name.startswith(_PREFIX) and str(field.data).isdigit()
        }

    def of(self, criterion: Criterion) -> Any:
        """Return the field of a criterion."""
        return self._fields[_PREFIX + criterion.code]


class _OnScale:
    """Ask for points on the scale of the field's choices."""

    def __call__(self, _form: Any, field: Any) -> None:
        if field.data not in {choice.value for choice in field.iter_choices()}:
            raise ValidationError(_l("Choose how many points."))


def score_form(
    criteria: Sequence[tuple[Criterion, str]], scores: dict[str, int], note: str | None
) -> ScoreForm:
    """Return the form of a call's criteria, with their titles; filled with points given before."""
    fields = {
        _PREFIX + criterion.code: RadioField(
            title,
            [_OnScale()],
            choices=[SelectChoice(str(points), str(points)) for points in range(criterion.scale + 1)],
            validate_choice=False,
        )
        for criterion, title in criteria
    }
    kind = type("ScoreFormOfCall", (ScoreForm,), fields)
    data: dict[str, Any] = {_PREFIX + code: str(points) for code, points in scores.items()}
    form: ScoreForm = kind(data={**data, "note": note or ""})
    return form
