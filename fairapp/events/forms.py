"""Forms of the organizer: an event, a stop, opening registration, and the terms of a call."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Email, Length, NumberRange, Optional, Regexp, StopValidation, ValidationError

from fairapp.events.domain import (
    CriterionTerms,
    DocumentTerms,
    EventDetails,
    EventKind,
    EventLevel,
    QuotaKind,
    QuotaTerms,
    ReasonTerms,
    StopPlan,
    Texts,
)
from fairapp.foundation.text import clean, normalize_phone, western_digits
from fairapp.web.forms import Form

DAY = _l("Write the day as 28/05/2027, or choose it in the calendar.")
CLOCK = _l("Write the time as 18:30.")
LEVELS = {
    EventLevel.NATIONAL.value: _l("National"),
    EventLevel.REGIONAL.value: _l("Regional"),
    EventLevel.PROVINCIAL.value: _l("Provincial"),
    EventLevel.LOCAL.value: _l("Local"),
}
QUOTA_KINDS = {
    QuotaKind.WOMEN_LED.value: _l("Cooperatives led by women"),
    QuotaKind.YOUTH.value: _l("Young people"),
    QuotaKind.FIRST_TIME.value: _l("First participation"),
    QuotaKind.RURAL.value: _l("Rural communes"),
    QuotaKind.PROVINCE.value: _l("A province"),
    QuotaKind.SECTOR.value: _l("A sector"),
}
KINDS = {
    EventKind.FAIR.value: _l("Fair"),
    EventKind.MOBILE_MARKET.value: _l("Mobile market"),
}
EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)

_BETWEEN = _l("Write a number from %(min)s to %(max)s.")


def as_choices(words: Mapping[str, object]) -> list[SelectChoice]:
    """Return options with lazy words; wtforms would take those of a mapping apart."""
    return [SelectChoice(value, word) for value, word in words.items()]


class Needed:
    """Refuse an empty field with its own sentence."""

    def __init__(self, sentence: object) -> None:
        self.sentence = sentence

    def __call__(self, _form: Any, field: Any) -> None:
        """Stop at an empty value; what was typed and could not be read has its mistake already."""
        typed = any(str(text).strip() for text in field.raw_data or ())
        if field.data in (None, "") and not typed:
            field.errors = []
            raise StopValidation(self.sentence)


class DayField(DateField):
    """A day; browsers send 2027-05-28, people who type in an old one write 28/05/2027."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day; an empty field is for `Needed` or `Optional`."""
        if not any(text.strip() for text in valuelist):
            self.data = None
            return
        try:
            super().process_formdata([western_digits(clean(text)) for text in valuelist])
        except ValueError:
            raise ValueError(DAY) from None


def _day_field(label: object, *checks: Any) -> DayField:
    return DayField(label, [*checks, Optional(), _in_our_time], format=["%Y-%m-%d", "%d/%m/%Y"])


def _in_our_time(_form: Any, field: Any) -> None:
    if field.data is not None and not EARLIEST <= field.data <= LATEST:
        raise ValidationError(DAY)


def _line(label: object, most: int = 200, *checks: Any) -> StringField:
    return StringField(label, [*checks, Length(max=most, message=_l("Write at most %(max)d characters."))])


def _none(text: str | None) -> str | None:
    return text or None


class EventForm(Form):
    """What is said of an event, its stops apart."""

    kind = RadioField(
        _l("What is it?"),
        [Needed(_l("Choose a fair or a mobile market."))],
        choices=as_choices(KINDS),
        validate_choice=False,
        default=EventKind.FAIR.value,
    )
    level = SelectField(_l("Reach"), choices=as_choices(LEVELS), default=EventLevel.REGIONAL.value)
    region = SelectField(_l("Region"), [Needed(_l("Choose the region."))])
    title_ar = _line(_l("Title in Arabic"), 200, Needed(_l("Write the title in Arabic.")))
    title_fr = _line(_l("Title in French"), 200, Needed(_l("Write the title in French.")))
    title_en = _line(_l("Title in English"))
    slogan_ar = _line(_l("Slogan in Arabic"))
    slogan_fr = _line(_l("Slogan in French"))
    registration_opens_on = _day_field(_l("Registration opens on"))
    registration_closes_on = _day_field(_l("Registration closes on"))
    answer_by_on = _day_field(_l("Answers by"))
    most_representatives = IntegerField(
        _l("Representatives of a cooperative, at most"), [NumberRange(1, 10, message=_BETWEEN)], default=2
    )
    stands_per_stop = IntegerField(
        _l("Stands of a cooperative at a stop, at most"), [NumberRange(1, 10, message=_BETWEEN)], default=1
    )
    eligibility_ar = TextAreaField(_l("Who may take part, in Arabic"), [Length(max=2000)])
    eligibility_fr = TextAreaField(_l("Who may take part, in French"), [Length(max=2000)])
    organizer_ar = _line(_l("Organizer, in Arabic"))
    organizer_fr = _line(_l("Organizer, in French"))
    organizer_phone = TelField(_l("Telephone for questions"), [Length(max=40)])
    organizer_email = EmailField(
        _l("E-mail for questions"),
        [
            Optional(),
            Email(_l("Write an e-mail address, for example name@example.com."), check_deliverability=False),
        ],
    )

    def offer_regions(self, regions: list[tuple[str, str]]) -> None:
        """Offer the regions."""
        self.region.choices = [SelectChoice("", _l("Choose")), *(SelectChoice(*found) for found in regions)]

    def validate_kind(self, field: Any) -> None:
        """Refuse a kind that is neither."""
        if field.data not in set(EventKind):
            raise ValidationError(_l("Choose a fair or a mobile market."))

    def validate_organizer_phone(self, field: Any) -> None:
        """Refuse a text that is no phone number."""
        if field.data and normalize_phone(field.data) is None:
            raise ValidationError(_l("Write a Moroccan phone number, for example 06 12 34 56 78."))

    def details(self, **kept: Any) -> EventDetails:
        """Return the event as the service wants it; `kept` is what the form does not show."""
        return EventDetails(
            kind=EventKind(self.kind.data),
            level=EventLevel(self.level.data),
            region_code=self.region.data,
            titles=Texts(self.title_ar.data, self.title_fr.data, self.title_en.data or ""),
            slogans=_texts(self.slogan_ar, self.slogan_fr),
            eligibility=_texts(self.eligibility_ar, self.eligibility_fr),
            registration_opens_on=self.registration_opens_on.data,
            registration_closes_on=self.registration_closes_on.data,
            answer_by_on=self.answer_by_on.data,
            most_representatives=self.most_representatives.data,
            stands_per_stop=self.stands_per_stop.data,
            organizer_ar=_none(self.organizer_ar.data),
            organizer_fr=_none(self.organizer_fr.data),
            organizer_phone=normalize_phone(self.organizer_phone.data or ""),
            organizer_email=_none(self.organizer_email.data),
            **kept,
        )


class StopForm(Form):
    """The place, days and hours of a stop."""

    place_ar = _line(_l("Town, in Arabic"), 120, Needed(_l("Write the town in Arabic.")))
    place_fr = _line(_l("Town, in French"), 120, Needed(_l("Write the town in French.")))
    venue_ar = _line(_l("Square or hall, in Arabic"))
    venue_fr = _line(_l("Square or hall, in French"))
    province = SelectField(_l("Province or prefecture"), [Needed(_l("Choose the province."))])
    starts_on = _day_field(_l("First day"), Needed(_l("Write the first day.")))
    ends_on = _day_field(_l("Last day"), Needed(_l("Write the last day.")))
    opens_at = TimeField(_l("Opens at"), [Optional()])
    closes_at = TimeField(_l("Closes at"), [Optional()])

    def offer_provinces(self, groups: list[tuple[str, list[tuple[str, str]]]]) -> None:
        """Offer the provinces, by region."""
        self.province.choices = [
            SelectChoice("", _l("Choose")),
            *(SelectChoice(code, name, optgroup=region) for region, found in groups for code, name in found),
        ]

    def plan(self) -> StopPlan:
        """Return the stop as the service wants it; call it on a valid form only."""
        return StopPlan(
            place_ar=self.place_ar.data,
            place_fr=self.place_fr.data,
            venue_ar=_none(self.venue_ar.data),
            venue_fr=_none(self.venue_fr.data),
            province_code=self.province.data,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            opens_at=self.opens_at.data,
            closes_at=self.closes_at.data,
        )


class NewEventForm(EventForm, StopForm):
    """A new event with its first stop."""

    slug = _line(_l("Address of the page"), 60)


class OpenRegistrationForm(Form):
    """Until when registration opens now."""

    closes_on = _day_field(_l("Last day of registration"))


class PlainForm(Form):
    """A button: nothing but the token against forged posts."""


class _Row(Form):
    """One line of a list; an empty line counts for nothing."""

    class Meta(Form.Meta):
        """The form around it has the token."""

        csrf = False

    code = HiddenField(validators=[Optional(), Regexp(r"^[a-z][a-z0-9_]{0,39}$")])
    ar = _line(_l("In Arabic"), 200)
    fr = _line(_l("In French"), 200)
    en = _line(_l("In English"), 200)
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

    hint_ar = _line(_l("Hint in Arabic"))
    hint_fr = _line(_l("Hint in French"))
    optional = BooleanField(_l("Optional"))
    food_only = BooleanField(_l("For food only"))


class CriterionRow(_Row):
    """A criterion and its weight."""

    weight = IntegerField(_l("Points of 100"), [Optional(), NumberRange(0, 100, message=_BETWEEN)])


class ReasonRow(_Row):
    """A reason for a decision."""


class QuotaRow(Form):
    """A share of places kept for a group."""

    class Meta(Form.Meta):
        """The form around it has the token."""

        csrf = False

    kind = SelectField(_l("Group"), choices=as_choices({"": _l("No quota"), **QUOTA_KINDS}))
    target = _line(_l("Code of the province or sector"), 20)
    least_percent = IntegerField(
        _l("At least, in percent"), [Optional(), NumberRange(0, 100, message=_BETWEEN)]
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
                hints=_texts(row.hint_ar, row.hint_fr),
                optional=row.optional.data,
                food_only=row.food_only.data,
            )
            for code, row in _coded(self.rows, "document")
        ]


class CriteriaForm(Form):
    """The criteria of a call."""

    rows = FieldList(FormField(CriterionRow))

    def terms(self) -> list[CriterionTerms]:
        """Return the criteria as the service wants them."""
        return [
            CriterionTerms(code=code, titles=row.texts, weight=row.weight.data or 0)
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


def _texts(ar: Any, fr: Any) -> Texts | None:
    if not ar.data and not fr.data:
        return None
    return Texts(ar.data or fr.data, fr.data or ar.data)


def _coded(rows: Any, prefix: str) -> list[tuple[str, Any]]:
    """Return the lines that stay with their codes; a new line gets the next free one."""
    kept = [entry.form for entry in rows if entry.form.is_kept]
    used = {row.code.data for row in kept}
    free = (code for number in range(1, len(rows) * 2 + 2) if (code := f"{prefix}_{number}") not in used)
    return [(row.code.data or next(free), row) for row in kept]
