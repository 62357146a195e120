"""Forms of an event and its stops, and of opening registration."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    EmailField,
    IntegerField,
    RadioField,
    SelectField,
    TelField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Email, Length, NumberRange, Optional, ValidationError

from fairapp.events.domain import EventDetails, EventKind, EventLevel, StopPlan, Texts
from fairapp.events.forms.fields import BETWEEN, Needed, as_choices, day_field, line, none, texts_of
from fairapp.foundation.text import normalize_phone
from fairapp.web.forms import Form

LEVELS = {
    EventLevel.NATIONAL.value: _l("National"),
    EventLevel.REGIONAL.value: _l("Regional"),
    EventLevel.PROVINCIAL.value: _l("Provincial"),
    EventLevel.LOCAL.value: _l("Local"),
}
KINDS = {
    EventKind.FAIR.value: _l("Fair"),
    EventKind.MOBILE_MARKET.value: _l("Mobile market"),
}


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
    title_ar = line(_l("Title in Arabic"), 200, Needed(_l("Write the title in Arabic.")))
    title_fr = line(_l("Title in French"), 200, Needed(_l("Write the title in French.")))
    title_en = line(_l("Title in English"))
    slogan_ar = line(_l("Slogan in Arabic"))
    slogan_fr = line(_l("Slogan in French"))
    registration_opens_on = day_field(_l("Registration opens on"))
    registration_closes_on = day_field(_l("Registration closes on"))
    answer_by_on = day_field(_l("Answers by"))
    most_representatives = IntegerField(
        _l("Representatives of a cooperative, at most"), [NumberRange(1, 10, message=BETWEEN)], default=2
    )
    stands_per_stop = IntegerField(
        _l("Stands of a cooperative at a stop, at most"), [NumberRange(1, 10, message=BETWEEN)], default=1
    )
    eligibility_ar = TextAreaField(_l("Who may take part, in Arabic"), [Length(max=2000)])
    eligibility_fr = TextAreaField(_l("Who may take part, in French"), [Length(max=2000)])
    organizer_ar = line(_l("Organizer, in Arabic"))
    organizer_fr = line(_l("Organizer, in French"))
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
            slogans=texts_of(self.slogan_ar, self.slogan_fr),
            eligibility=texts_of(self.eligibility_ar, self.eligibility_fr),
            registration_opens_on=self.registration_opens_on.data,
            registration_closes_on=self.registration_closes_on.data,
            answer_by_on=self.answer_by_on.data,
            most_representatives=self.most_representatives.data,
            stands_per_stop=self.stands_per_stop.data,
            organizer_ar=none(self.organizer_ar.data),
            organizer_fr=none(self.organizer_fr.data),
            organizer_phone=normalize_phone(self.organizer_phone.data or ""),
            organizer_email=none(self.organizer_email.data),
            **kept,
        )


class StopForm(Form):
    """The place, days and hours of a stop."""

    place_ar = line(_l("Town, in Arabic"), 120, Needed(_l("Write the town in Arabic.")))
    place_fr = line(_l("Town, in French"), 120, Needed(_l("Write the town in French.")))
    venue_ar = line(_l("Square or hall, in Arabic"))
    venue_fr = line(_l("Square or hall, in French"))
    province = SelectField(_l("Province or prefecture"), [Needed(_l("Choose the province."))])
    starts_on = day_field(_l("First day"), Needed(_l("Write the first day.")))
    ends_on = day_field(_l("Last day"), Needed(_l("Write the last day.")))
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
            venue_ar=none(self.venue_ar.data),
            venue_fr=none(self.venue_fr.data),
            province_code=self.province.data,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            opens_at=self.opens_at.data,
            closes_at=self.closes_at.data,
        )


class NewEventForm(EventForm, StopForm):
    """A new event with its first stop."""

    slug = line(_l("Address of the page"), 60)


class OpenRegistrationForm(Form):
    """Until when registration opens now."""

    closes_on = day_field(_l("Last day of registration"))


class PlainForm(Form):
    """A button: nothing but the token against forged posts."""
