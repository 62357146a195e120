"""Forms of a call's terms: lists of lines, each line in Arabic and French, and its rules."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, NumberRange, Optional, Regexp, ValidationError

from fairapp.events.domain import CriterionSource, QuestionKind, QuestionPhase, QuotaKind, Texts
from fairapp.events.forms.fields import BETWEEN, as_choices, day_field, line, lines_of, none, texts_of
from fairapp.events.terms import (
    LEAST_OBJECTION_DAYS,
    MOST_OBJECTION_DAYS,
    MOST_OFFER_HOURS,
    MOST_REVIEWS,
    MOST_SCALE,
    USUAL_SCALE,
    CallRules,
    CapacityTerms,
    CriterionTerms,
    DocumentTerms,
    QuestionTerms,
    QuotaTerms,
    ReasonTerms,
    coded_choices,
)
from fairapp.web.forms import Form, Part

MOST_PLACES = 10_000
MOST_CHOICE_SIGNS = 120
MOST_NUMBER = 1_000_000_000
QUOTA_KINDS = {
    QuotaKind.WOMEN_LED.value: _l("Cooperatives led by women"),
    QuotaKind.YOUTH.value: _l("Young people"),
    QuotaKind.FIRST_TIME.value: _l("First participation"),
    QuotaKind.RURAL.value: _l("Rural communes"),
    QuotaKind.PROVINCE.value: _l("A province"),
    QuotaKind.SECTOR.value: _l("A sector"),
}
SOURCES = {
    CriterionSource.COMMITTEE.value: _l("The committee"),
    CriterionSource.WOMEN_LED.value: _l("Led by a woman"),
    CriterionSource.YOUTH.value: _l("Young members"),
    CriterionSource.FIRST_TIME.value: _l("First participation"),
    CriterionSource.RURAL.value: _l("Seated in a rural commune"),
    CriterionSource.COMPLETE.value: _l("No document missing"),
}
KINDS = {
    QuestionKind.TEXT.value: _l("Text"),
    QuestionKind.CHOICE.value: _l("One of several choices"),
    QuestionKind.NUMBER.value: _l("Number"),
    QuestionKind.FILE.value: _l("Photo or file"),
}
PHASES = {
    QuestionPhase.REGISTRATION.value: _l("In the registration"),
    QuestionPhase.DETAILS.value: _l("After acceptance"),
}


class _Row(Part):
    """One line of a list; an empty line counts for nothing."""

    code = HiddenField(validators=[Optional(), Regexp(r"^[a-z][a-z0-9_]{0,39}$")])
    ar = line(_l("In Arabic"), 200)
    fr = line(_l("In French"), 200)
    en = line(_l("In English"), 200)
    removed = BooleanField(_l("Remove"))

    @property
    def is_kept(self) -> bool:
        """Whether the line says something and stays."""
        return bool(self.ar.data or self.fr.data) and not self.removed.data

    def validate_ar(self, field: Any) -> None:
        """Ask for both languages once one is written."""
        if self.fr.data and not field.data:
            raise ValidationError(_l("Write this in Arabic too."))

    def validate_fr(self, field: Any) -> None:
        """Ask for both languages once one is written."""
        if self.ar.data and not field.data:
            raise ValidationError(_l("Write this in French too."))

    @property
    def texts(self) -> Texts:
        """The text of the line."""
        return Texts(self.ar.data, self.fr.data, self.en.data or "")


class DocumentRow(_Row):
    """A document that the call asks for."""

    hint_ar = line(_l("Hint in Arabic"))
    hint_fr = line(_l("Hint in French"))
    hint_en = line(_l("Hint in English"))
    optional = BooleanField(_l("Optional"))
    food_only = BooleanField(_l("For food only"))
    can_be_exempt = BooleanField(_l("Some are exempt, and say why"))


class CriterionRow(_Row):
    """A criterion, its weight, and how points are given for it."""

    weight = IntegerField(_l("Points of 100"), [Optional(), NumberRange(0, 100, message=BETWEEN)])
    source = SelectField(_l("Who gives the points"), choices=as_choices(SOURCES), default="committee")
    scale = IntegerField(
        _l("Highest score"), [Optional(), NumberRange(1, MOST_SCALE, message=BETWEEN)], default=5
    )
    guide_ar = line(_l("When which score is given, in Arabic"), 500)
    guide_fr = line(_l("When which score is given, in French"), 500)
    guide_en = line(_l("When which score is given, in English"), 500)


class ReasonRow(_Row):
    """A reason for a decision."""


class QuestionRow(_Row):
    """A question of this call; its choices are written one a line, in the same order."""

    kind = SelectField(_l("Answer"), choices=as_choices(KINDS), default="text")
    phase = SelectField(_l("Asked"), choices=as_choices(PHASES), default="registration")
    optional = BooleanField(_l("Optional"))
    hint_ar = line(_l("Hint in Arabic"))
    hint_fr = line(_l("Hint in French"))
    hint_en = line(_l("Hint in English"))
    choices_ar = TextAreaField(_l("Choices in Arabic, one a line"), [Length(max=4000)])
    choices_fr = TextAreaField(_l("Choices in French, one a line"), [Length(max=4000)])
    least = IntegerField(_l("Least number"), [Optional(), NumberRange(0, MOST_NUMBER, message=BETWEEN)])
    most = IntegerField(_l("Greatest number"), [Optional(), NumberRange(0, MOST_NUMBER, message=BETWEEN)])

    def validate_choices_fr(self, field: Any) -> None:
        """Refuse choices that are not as many in both languages."""
        if self.kind.data == QuestionKind.CHOICE and len(lines_of(field.data)) != len(
            lines_of(self.choices_ar.data)
        ):
            raise ValidationError(_l("Write as many choices in French as in Arabic, in the same order."))
        if any(
            len(text) > MOST_CHOICE_SIGNS for text in lines_of(field.data) + lines_of(self.choices_ar.data)
        ):
            raise ValidationError(_l("One choice is too long. Write each on a line of its own."))

    def choice_texts(self) -> list[Texts]:
        """Return the texts of the choices, in order."""
        both = zip(lines_of(self.choices_ar.data), lines_of(self.choices_fr.data), strict=True)
        return [Texts(ar, fr) for ar, fr in both]


class CapacityRow(Part):
    """Places at a stop, in a sector."""

    stop = SelectField(_l("Stop"))
    sector = SelectField(_l("Sector"))
    places = IntegerField(_l("Places"), [Optional(), NumberRange(0, MOST_PLACES, message=BETWEEN)])


class QuotaRow(Part):
    """A share of places kept for a group."""

    kind = SelectField(_l("Group"), choices=as_choices({"": _l("No quota"), **QUOTA_KINDS}))
    target = line(_l("Code of the province or sector"), 20)
    least_percent = IntegerField(
        _l("At least, in percent"), [Optional(), NumberRange(0, 100, message=BETWEEN)]
    )

    def validate_least_percent(self, field: Any) -> None:
        """Ask for the share once a group is chosen."""
        if self.kind.data and field.data is None:
            raise ValidationError(_l("Write the share in percent, for example 50."))


class DocumentsForm(Form):
    """The documents of a call."""

    rows = FieldList(FormField(DocumentRow))

    def terms(self) -> list[DocumentTerms]:
        """Return the documents as the service wants them."""
        return [
            DocumentTerms(
                code=code,
                titles=row.texts,
                hints=texts_of(row.hint_ar, row.hint_fr, row.hint_en),
                optional=row.optional.data,
                food_only=row.food_only.data,
                can_be_exempt=row.can_be_exempt.data,
            )
            for code, row in _coded(self.rows, "document")
        ]


class CriteriaForm(Form):
    """The criteria of a call."""

    rows = FieldList(FormField(CriterionRow))

    def terms(self) -> list[CriterionTerms]:
        """Return the criteria as the service wants them."""
        return [
            CriterionTerms(
                code=code,
                titles=row.texts,
                weight=row.weight.data or 0,
                scale=row.scale.data or USUAL_SCALE,
                source=CriterionSource(row.source.data),
                guides=texts_of(row.guide_ar, row.guide_fr, row.guide_en),
            )
            for code, row in _coded(self.rows, "criterion")
        ]


class ReasonsForm(Form):
    """The reasons of a call."""

    rows = FieldList(FormField(ReasonRow))

    def terms(self) -> list[ReasonTerms]:
        """Return the reasons as the service wants them."""
        return [ReasonTerms(code=code, texts=row.texts) for code, row in _coded(self.rows, "reason")]


class QuotasForm(Form):
    """The quotas of a call."""

    rows = FieldList(FormField(QuotaRow))

    def terms(self) -> list[QuotaTerms]:
        """Return the quotas as the service wants them."""
        return [
            QuotaTerms(QuotaKind(row.kind.data), row.least_percent.data, row.target.data or "")
            for row in (entry.form for entry in self.rows)
            if row.kind.data
        ]


class QuestionsForm(Form):
    """The questions of a call."""

    rows = FieldList(FormField(QuestionRow))

    def terms(self, known: dict[str, list[dict[str, str]]]) -> list[QuestionTerms]:
        """Return the questions as the service wants them; `known` are the stored choices, by code."""
        return [
            QuestionTerms(
                code=code,
                titles=row.texts,
                kind=QuestionKind(row.kind.data),
                phase=QuestionPhase(row.phase.data),
                hints=texts_of(row.hint_ar, row.hint_fr, row.hint_en),
                optional=row.optional.data,
                choices=coded_choices(row.choice_texts(), known.get(code, []))
                if row.kind.data == QuestionKind.CHOICE
                else (),
                least=row.least.data,
                most=row.most.data,
            )
            for code, row in _coded(self.rows, "question")
        ]


class CapacitiesForm(Form):
    """The places of a call."""

    rows = FieldList(FormField(CapacityRow))

    def offer(self, stops: Sequence[tuple[str, str]], sectors: Sequence[tuple[str, str]]) -> None:
        """Offer the stops and the sectors, by code and name."""
        for entry in self.rows:
            row = entry.form
            row.stop.choices = [SelectChoice("", _l("Each stop")), *(SelectChoice(*stop) for stop in stops)]
            row.sector.choices = [
                SelectChoice("", _l("All sectors together")),
                *(SelectChoice(*sector) for sector in sectors),
            ]

    def terms(self) -> list[CapacityTerms]:
        """Return the places as the service wants them; a line without a number counts for nothing."""
        return [
            CapacityTerms(row.places.data, row.stop.data or "", row.sector.data or "")
            for row in (entry.form for entry in self.rows)
            if row.places.data is not None
        ]


class RulesForm(Form):
    """How a call decides, lets object, and fills places that become free."""

    is_blind = RadioField(
        _l("Does the committee see the names?"),
        choices=[
            SelectChoice("no", _l("Yes, it sees the names")),
            SelectChoice("yes", _l("No, names are hidden until the scores are given")),
        ],
        default="no",
    )
    reviews_wanted = IntegerField(
        _l("Reviewers of each registration"), [NumberRange(1, MOST_REVIEWS, message=BETWEEN)]
    )
    draw_seed = line(_l("Seed of the draw"), 64)
    waiting_list = RadioField(
        _l("Waiting list"),
        choices=[
            SelectChoice("running", _l("A free place is offered to the next by itself")),
            SelectChoice("stopped", _l("Stopped: the organizer offers free places")),
        ],
        default="running",
    )
    offer_hours = IntegerField(
        _l("Hours to answer an offer"), [NumberRange(1, MOST_OFFER_HOURS, message=BETWEEN)]
    )
    objection_days = IntegerField(
        _l("Days to object"),
        [NumberRange(LEAST_OBJECTION_DAYS, MOST_OBJECTION_DAYS, message=BETWEEN)],
    )
    objections_ar = TextAreaField(_l("How to object, in Arabic"), [Length(max=2000)])
    objections_fr = TextAreaField(_l("How to object, in French"), [Length(max=2000)])
    objections_en = TextAreaField(_l("How to object, in English"), [Length(max=2000)])
    details_due_on = day_field(_l("Details of the accepted are due on"))

    def rules(self) -> CallRules:
        """Return the rules as the service wants them; call it on a valid form only."""
        ar, fr, en = self.objections_ar.data, self.objections_fr.data, self.objections_en.data
        return CallRules(
            objections=Texts(ar or "", fr or "", en or "") if ar or fr or en else None,
            objection_days=self.objection_days.data,
            reviews_wanted=self.reviews_wanted.data,
            is_blind=self.is_blind.data == "yes",
            draw_seed=none(self.draw_seed.data),
            offer_hours=self.offer_hours.data,
            waiting_list_stopped=self.waiting_list.data == "stopped",
            details_due_on=self.details_due_on.data,
        )


def _coded(rows: Any, prefix: str) -> list[tuple[str, Any]]:
    """Return the lines that stay with their codes; a new line gets the next free one."""
    kept = [entry.form for entry in rows if entry.form.is_kept]
    used = {row.code.data for row in kept}
    free = (code for number in range(1, len(rows) * 2 + 2) if (code := f"{prefix}_{number}") not in used)
    return [(row.code.data or next(free), row) for row in kept]
