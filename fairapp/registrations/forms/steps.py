"""The steps of the journey. Each gives its answers as plain JSON and is filled from them again."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    FileField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Email, InputRequired, Optional, ValidationError

from fairapp.cooperatives.domain import ice_looks_right
from fairapp.events.domain import QuestionKind
from fairapp.events.models import Question
from fairapp.foundation.text import western_digits
from fairapp.registrations.answers import LONGEST_PRODUCT_NAME, QUESTIONS, split_names
from fairapp.registrations.domain import USUAL_WIDTH_CM, Gender
from fairapp.registrations.forms.questions import answers_in, field_name, files_in, question_fields
from fairapp.web.fields import CountField, IceField, Needed, PhoneField, at_most
from fairapp.web.formats import show_phone
from fairapp.web.forms import Form

WIDTHS_CM = (200, 300, 400, 600)
MOST_SECTORS = 10
MOST_PRODUCTS = 20
MOST_PEOPLE = 10
Choices = Mapping[str, Any]
_AS_SAVED = "steps_as_saved"
_LONGEST_VERSION = 10
NO_ANSWERS = ("csrf_token", "version", "ice_seen")


@contextmanager
def as_saved() -> Iterator[None]:
    """Make the forms of steps with their saved answers, also in a request that posts others."""
    setattr(g, _AS_SAVED, True)
    try:
        yield
    finally:
        setattr(g, _AS_SAVED, False)


class StepForm(Form):
    """A step; its fields are the answers unless it says otherwise.

    `version` is that of the draft when the page was made: a page that is older than the draft is told.
    """

    version = HiddenField()
    sends_files = False  # whether the page is posted with files

    class Meta(Form.Meta):
        """Filled with what is posted, unless it is made `as_saved`."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Leave out what is posted where the saved answers are wanted."""
            return None if g.get(_AS_SAVED) else super().wrap_formdata(form, formdata)

    def seen_version(self) -> int | None:
        """Return the version of the draft that the page was made from; None on a first page."""
        typed = self.version.raw_data[0] if self.version.raw_data else ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < _LONGEST_VERSION else None

    def beside(self) -> dict[str, dict[str, Any]]:
        """Return the answers of a topic that shares the page, by its name."""
        return {}

    def answers(self) -> dict[str, Any]:
        """Return what was answered, as plain JSON."""
        return {name: value for name, value in self.data.items() if name not in NO_ANSWERS}


class IdentityFields(Form):
    """Names and papers of a cooperative."""

    name_ar = StringField(_l("Name in Arabic"), [at_most(200)])
    name_fr = StringField(_l("Name in French"), [at_most(200)])
    legal_kind = SelectField(
        _l("Legal form"), [Needed(_l("Choose the legal form."))], validate_choice=False, default="cooperative"
    )
    register_number = StringField(_l("Number in the local register of cooperatives"), [at_most(60)])
    register_court = StringField(_l("Court that keeps the register"), [at_most(120)])
    ice = IceField(_l("ICE"))

    def validate_name_ar(self, field: StringField) -> None:
        """Ask for a name in one of the two languages."""
        if not (field.data or self.name_fr.data):
            raise ValidationError(_l("Write the name of the cooperative, in Arabic or in French."))

    def validate_legal_kind(self, field: SelectField) -> None:
        """Refuse a legal form that the list does not have."""
        _refuse_unknown(field, _l("Choose the legal form."))

    def validate_register_number(self, field: StringField) -> None:
        """Ask for the number when the court is named: a court alone does not identify."""
        if self.register_court.data and not field.data:
            raise ValidationError(
                _l("Write the number too: the court alone does not identify the cooperative.")
            )


class ContactFields(Form):
    """How a cooperative is reached."""

    phone = PhoneField(_l("Phone"), [Needed(_l("Write the phone number that we can reach you on."))])
    email = EmailField(
        _l("E-mail"),
        [
            Optional(),
            at_most(254),
            Email(message=_l("Write the e-mail address in full, for example name@example.ma.")),
        ],
    )


class AddressFields(Form):
    """Where a cooperative is."""

    province = SelectField(
        _l("Province or prefecture"), [Needed(_l("Choose the province."))], validate_choice=False
    )
    commune = StringField(_l("Commune"), [Needed(_l("Write the name of the commune.")), at_most(120)])
    douar = StringField(_l("Douar"), [at_most(120)])

    def validate_province(self, field: SelectField) -> None:
        """Refuse a province that the list does not have."""
        _refuse_unknown(field, _l("Choose the province."))


class MembersChecks(Form):
    """What must hold between the numbers of members, for every form that asks them."""

    members: CountField

    def validate_women_members(self, field: CountField) -> None:
        """Refuse more women than members."""
        if _exceeds(field.data, self.members.data):
            raise ValidationError(
                _l("The women cannot be more than the members (%(members)s).", members=self.members.data)
            )

    def validate_youth_members(self, field: CountField) -> None:
        """Refuse more young members than members."""
        if _exceeds(field.data, self.members.data):
            raise ValidationError(
                _l(
                    "The young members cannot be more than the members (%(members)s).",
                    members=self.members.data,
                )
            )


class MembersFields(MembersChecks):
    """Who the members of a cooperative are."""

    members = CountField(_l("How many members?"), [Needed(_l("Write the number of members."))])
    women_members = CountField(_l("Women among them"), [Needed(_l("Write the number of women, or 0."))])
    youth_members = CountField(_l("Members under 35"))
    women_led = RadioField(
        _l("Is the cooperative led by a woman?"),
        choices=[
            SelectChoice("yes", _l("Yes")),
            SelectChoice("no", _l("No")),
            SelectChoice("", _l("Not stated")),
        ],
        default="",
        validate_choice=False,
    )


class CooperativeForm(StepForm, IdentityFields, ContactFields):
    """Who the cooperative is, and how it is reached."""

    ice_seen = HiddenField()  # the ICE whose warning was shown: it is not shown twice

    @property
    def ice_is_doubtful(self) -> bool:
        """Whether the check digits do not agree; a reason to look again, never to refuse."""
        return bool(self.ice.data) and not ice_looks_right(self.ice.data)

    def answers(self) -> dict[str, Any]:
        """Return what was answered, the number in western digits."""
        return super().answers() | {"register_number": western_digits(self.register_number.data or "")}


class PlaceForm(StepForm, AddressFields, MembersFields):
    """Where the cooperative is, and who its members are."""

    def answers(self) -> dict[str, Any]:
        """Return what was answered; a strange choice counts as not stated."""
        known = self.women_led.data if self.women_led.data in ("yes", "no") else ""
        return super().answers() | {"women_led": known}


class ProductsForm(StepForm):
    """What will be shown, by kind."""

    sectors = SelectMultipleField(_l("What will you show?"), validate_choice=False)

    def validate_sectors(self, field: SelectMultipleField) -> None:
        """Ask for at least one kind of the list, and not everything."""
        known = {choice.value for choice in field.iter_choices()}
        if not field.data:
            raise ValidationError(_l("Choose at least one kind of product."))
        if not set(field.data) <= known:
            raise ValidationError(_l("Choose kinds of the list."))
        if len(field.data) > MOST_SECTORS:
            raise ValidationError(_l("Choose at most %(most)s kinds.", most=MOST_SECTORS))


class StopsForm(StepForm):
    """Which stops the cooperative wants to come to."""

    stops = SelectMultipleField(_l("Which stops do you want to come to?"), validate_choice=False)

    def validate_stops(self, field: SelectMultipleField) -> None:
        """Ask for at least one stop of the list."""
        known = {choice.value for choice in field.iter_choices()}
        if not field.data or not set(field.data) <= known:
            raise ValidationError(_l("Choose at least one stop."))


class StandForm(StepForm):
    """What will be on the stand and what it needs; made for the sectors chosen before."""

    width_cm = RadioField(_l("Width of the stand"), default=str(USUAL_WIDTH_CM), validate_choice=False)
    power = BooleanField(_l("Electricity"))
    water = BooleanField(_l("Water"))
    step_free = BooleanField(_l("Access without steps"))
    remark = TextAreaField(_l("Anything the organizer should know"), [at_most(500)])
    sectors: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    kept: Sequence[Mapping[str, Any]] = ()  # answers to them that were given before

    def validate(self, extra_validators: Any = None) -> bool:
        """Check all fields, and that files which the call needs are there or come now."""
        is_right = bool(super().validate(extra_validators))
        here = {answer["code"] for answer in self.kept} | set(files_in(self, self.questions))
        for place, question in enumerate(self.questions):
            if question.kind is QuestionKind.FILE and not question.optional and question.code not in here:
                field = self[field_name(place)]
                field.errors = [*field.errors, _l("Choose a file.")]
                is_right = False
        return is_right

    def kept_files(self) -> dict[str, str]:
        """Return the names of the files that were sent before, by the code of their question."""
        return {answer["code"]: answer["value"] for answer in self.kept if answer.get("file")}

    def beside(self) -> dict[str, dict[str, Any]]:
        """Return the answers to the questions of the call, where it has some."""
        if not self.questions:
            return {}
        return {QUESTIONS: {"answers": answers_in(self, self.questions, self.kept)}}

    def validate_width_cm(self, field: RadioField) -> None:
        """Refuse a width that the list does not have."""
        _refuse_unknown(field, _l("Choose the width of the stand."))

    def names(self) -> list[tuple[str, Any]]:
        """Return (sector, field of its product names) pairs."""
        return [(sector, self[f"names_{place}"]) for place, sector in enumerate(self.sectors)]

    def answers(self) -> dict[str, Any]:
        """Return needs, and names by sector."""
        return {
            "width_cm": int(self.width_cm.data),
            "power": self.power.data,
            "water": self.water.data,
            "step_free": self.step_free.data,
            "remark": self.remark.data,
            "names": {sector: field.data or "" for sector, field in self.names()},
        }


class PeopleForm(StepForm):
    """Who comes; made for as many people as the event allows."""

    people_fields: int = 1

    def people(self) -> list[tuple[Any, Any, Any]]:
        """Return (name, gender, phone) fields of each person."""
        return [
            (self[f"name_{place}"], self[f"gender_{place}"], self[f"phone_{place}"])
            for place in range(1, self.people_fields + 1)
        ]

    def answers(self) -> dict[str, Any]:
        """Return the people that have a name."""
        return {
            "people": [
                {
                    "name": name.data,
                    "gender": gender.data if gender.data in tuple(Gender) else "",
                    "phone": phone.data or "",
                }
                for name, gender, phone in self.people()
                if name.data
            ]
        }


class CheckForm(StepForm):
    """The declaration before sending; who files for others says how and in which language to answer."""

    consent = BooleanField(
        _l("I declare that this information is true, and agree to its use."),
        [InputRequired(_l("Tick the declaration to send the registration."))],
    )


class DeskCheckForm(CheckForm):
    """The declaration that an agent records for a cooperative."""

    channel = RadioField(
        _l("How was the registration taken?"),
        choices=[
            SelectChoice("desk", _l("At the desk, with the cooperative present")),
            SelectChoice("paper", _l("From a paper form")),
        ],
        default="desk",
        validate_choice=False,
    )
    message_language = RadioField(
        _l("Language of the messages to the cooperative"),
        choices={"ar": "العربية", "fr": "Français"},
        default="ar",
        validate_choice=False,
    )


def stand_form(
    sectors: tuple[str, ...],
    labels: Mapping[str, str],
    questions: tuple[Question, ...] = (),
    kept: Sequence[Mapping[str, Any]] = (),
    language: str = "ar",
) -> type[StandForm]:
    """Return the form of the stand with one field of names for each sector, and the call's questions."""
    fields: dict[str, Any] = {"sectors": sectors, "questions": questions, "kept": kept}
    fields["sends_files"] = any(question.kind is QuestionKind.FILE for question in questions)
    for place, sector in enumerate(sectors):
        fields[f"names_{place}"] = StringField(labels[sector], [at_most(1000), _names_fit])
    return type("StandForm", (StandForm,), fields | question_fields(questions, language=language))


def people_form(most: int) -> type[PeopleForm]:
    """Return the form of the people who come, with room for so many."""
    fields: dict[str, Any] = {"people_fields": most}
    genders = [
        SelectChoice("", _l("Not stated")),
        SelectChoice("woman", _l("Woman")),
        SelectChoice("man", _l("Man")),
    ]
    for place in range(1, most + 1):
        needed = [Needed(_l("Write the name of at least one person who comes."))] if place == 1 else []
        fields[f"name_{place}"] = StringField(_l("Full name"), [*needed, at_most(120), _named_if_described])
        fields[f"gender_{place}"] = SelectField(
            _l("Woman or man"), choices=genders, default="", validate_choice=False
        )
        fields[f"phone_{place}"] = PhoneField(_l("Phone"))
    return type("PeopleForm", (PeopleForm,), fields)


def told_apart(saved: StepForm, typed: StepForm) -> list[tuple[str, str, str]]:
    """Return (label, what was saved elsewhere, what is typed here) of the fields that differ."""
    pairs = [
        (field, saved[field.short_name])
        for field in typed
        if field.short_name not in NO_ANSWERS and field.short_name in saved
    ]
    shown = [(str(field.label.text), _readable(other), _readable(field)) for field, other in pairs]
    return [(label, other, own) for label, other, own in shown if other != own]


def _readable(field: Any) -> str:
    if isinstance(field, BooleanField):
        return str(_("Yes") if field.data else _("No"))
    if isinstance(field, FileField):
        return ""
    if hasattr(field, "iter_choices"):
        given = field.data if isinstance(field.data, list) else [field.data]
        labels = [str(one.label) for one in field.iter_choices() if one.value in given]
        return str(_(", ").join(labels))
    if isinstance(field, PhoneField):
        return show_phone(str(field.data or ""))
    return "" if field.data is None else str(field.data)


def _named_if_described(form: PeopleForm, field: StringField) -> None:
    place = field.short_name.rpartition("_")[2]
    if not field.data and (form[f"phone_{place}"].data or form[f"gender_{place}"].data):
        raise ValidationError(_l("Write the name of this person too."))


def _names_fit(_form: StandForm, field: StringField) -> None:
    names = split_names(field.data or "")
    if any(len(name) > LONGEST_PRODUCT_NAME for name in names):
        raise ValidationError(_l("One name is too long. Part the names with commas."))
    if len(names) > MOST_PRODUCTS:
        raise ValidationError(_l("Write at most %(most)s names.", most=MOST_PRODUCTS))


def _refuse_unknown(field: Any, message: object) -> None:
    if field.data not in {choice.value for choice in field.iter_choices()}:
        raise ValidationError(message)


def _exceeds(part: Any, whole: Any) -> bool:
    return isinstance(part, int) and isinstance(whole, int) and part > whole
