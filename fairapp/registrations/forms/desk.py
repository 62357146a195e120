"""The one page on which somebody files for a cooperative: few fields are needed, the rest may wait."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Email, Optional, ValidationError

from fairapp.events.domain import QuestionKind
from fairapp.events.models import Question, RequiredDocument
from fairapp.foundation.text import western_digits
from fairapp.registrations.answers import LONGEST_PRODUCT_NAME, split_names
from fairapp.registrations.consent import Consent
from fairapp.registrations.domain import USUAL_WIDTH_CM, DocumentState, Gender
from fairapp.registrations.forms.questions import answers_in, field_name, question_fields
from fairapp.registrations.forms.steps import (
    MOST_PRODUCTS,
    MOST_SECTORS,
    AddressFields,
    IdentityFields,
    MembersChecks,
)
from fairapp.web.fields import CountField, Needed, PhoneField, at_most

MOST_NEEDED = 12  # promises A29
OF_THE_COOPERATIVE = (
    "name_ar",
    "name_fr",
    "legal_kind",
    "register_number",
    "register_court",
    "ice",
    "province",
    "commune",
    "douar",
    "phone",
    "email",
    "members",
    "women_members",
    "youth_members",
    "women_led",
)
_LONGEST_EXPLANATION = 300
_NOT_YET = DocumentState.MISSING.value


class DeskForm(IdentityFields, AddressFields, MembersChecks):
    """What an agent, an organizer or a network fills in for a cooperative, made for one event."""

    draft = HiddenField()
    is_another = BooleanField(_l("It is another cooperative: enter it anew"))
    phone = PhoneField(_l("Phone"))
    email = EmailField(
        _l("E-mail"),
        [
            Optional(),
            at_most(254),
            Email(message=_l("Write the e-mail address in full, for example name@example.ma.")),
        ],
    )
    members = CountField(_l("How many members?"))
    women_members = CountField(_l("Women among them"))
    youth_members = CountField(_l("Members under 35"))
    women_led = SelectField(
        _l("Is the cooperative led by a woman?"),
        choices=[
            SelectChoice("", _l("Not stated")),
            SelectChoice("yes", _l("Yes")),
            SelectChoice("no", _l("No")),
        ],
        default="",
        validate_choice=False,
    )
    sectors = SelectMultipleField(_l("What will you show?"), validate_choice=False)
    product_names = TextAreaField(_l("Names of your products"), [at_most(2000)])
    stops = SelectMultipleField(_l("Which stops do you want to come to?"), validate_choice=False)
    width_cm = SelectField(_l("Width of the stand"), default=str(USUAL_WIDTH_CM), validate_choice=False)
    power = BooleanField(_l("Electricity"))
    water = BooleanField(_l("Water"))
    step_free = BooleanField(_l("Access without steps"))
    remark = TextAreaField(_l("Anything the organizer should know"), [at_most(500)])
    consent = RadioField(
        _l("How did the cooperative agree?"),
        choices=[
            SelectChoice(Consent.IN_PERSON.value, _l("In person, at the desk")),
            SelectChoice(Consent.BY_PHONE.value, _l("By phone")),
            SelectChoice(Consent.ON_PAPER.value, _l("On the signed paper form")),
        ],
        validate_choice=False,
    )
    message_language = SelectField(
        _l("Language of the messages to the cooperative"),
        choices={"ar": "العربية", "fr": "Français"},
        default="ar",
        validate_choice=False,
    )
    people_fields: int = 1
    questions: tuple[Question, ...] = ()
    documents: tuple[RequiredDocument, ...] = ()
    has_stops: bool = False

    def validate_sectors(self, field: SelectMultipleField) -> None:
        """Ask for at least one kind of the list, and not everything."""
        known = {choice.value for choice in field.iter_choices()}
        if not field.data or not set(field.data) <= known:
            raise ValidationError(_l("Choose at least one kind of product."))
        if len(field.data) > MOST_SECTORS:
            raise ValidationError(_l("Choose at most %(most)s kinds.", most=MOST_SECTORS))

    def validate_product_names(self, field: TextAreaField) -> None:
        """Refuse names that are too long or too many."""
        names = split_names(field.data or "")
        if any(len(name) > LONGEST_PRODUCT_NAME for name in names):
            raise ValidationError(_l("One name is too long. Part the names with commas."))
        if len(names) > MOST_PRODUCTS:
            raise ValidationError(_l("Write at most %(most)s names.", most=MOST_PRODUCTS))

    def validate_stops(self, field: SelectMultipleField) -> None:
        """Ask for at least one stop of the list, where there are several."""
        known = {choice.value for choice in field.iter_choices()}
        if self.has_stops and (not field.data or not set(field.data) <= known):
            raise ValidationError(_l("Choose at least one stop."))

    def validate_width_cm(self, field: SelectField) -> None:
        """Refuse a width that the list does not have."""
        if field.data not in {choice.value for choice in field.iter_choices()}:
            raise ValidationError(_l("Choose the width of the stand."))

    def validate_consent(self, field: RadioField) -> None:
        """Ask how the cooperative agreed: without it nothing is filed for it."""
        if field.data not in tuple(Consent):
            raise ValidationError(_l("Choose how the cooperative agreed."))

    def people(self) -> list[tuple[Any, Any, Any]]:
        """Return (name, gender, phone) fields of each person."""
        places = range(1, self.people_fields + 1)
        return [(self[f"name_{n}"], self[f"gender_{n}"], self[f"phone_{n}"]) for n in places]

    def asked_questions(self) -> list[tuple[Question, Any]]:
        """Return the questions of the call with their fields."""
        return [(question, self[field_name(place)]) for place, question in enumerate(self.questions)]

    def asked_documents(self) -> list[tuple[RequiredDocument, Any, Any]]:
        """Return the documents of the call with the fields of how one stands with them, and why."""
        return [
            (document, self[f"document_{place}"], self[f"explanation_{place}"])
            for place, document in enumerate(self.documents)
        ]

    def chosen_consent(self) -> Consent:
        """Return how the cooperative agreed; call it on a valid form only."""
        return Consent(self.consent.data)

    def language(self) -> str:
        """Return the language of the messages to the cooperative."""
        return "fr" if self.message_language.data == "fr" else "ar"

    def said_of_itself(self) -> dict[str, dict[str, Any]]:
        """Return the answers of the journey about the cooperative; empty where it was not asked."""
        if "name_ar" not in self:
            return {}
        said = {name: self[name].data for name in OF_THE_COOPERATIVE}
        said["register_number"] = western_digits(said["register_number"] or "")
        said["women_led"] = said["women_led"] if said["women_led"] in ("yes", "no") else ""
        first = OF_THE_COOPERATIVE.index("province")
        where = ("province", "commune", "douar", "members", "women_members", "youth_members", "women_led")
        names = (*OF_THE_COOPERATIVE[:first], "phone", "email")
        return {
            "cooperative": {name: said[name] or None if name == "phone" else said[name] for name in names},
            "place": {name: said[name] for name in where},
        }

    def wishes(self) -> dict[str, dict[str, Any]]:
        """Return the other answers of the journey."""
        sectors = list(self.sectors.data)
        return {
            "products": {"sectors": sectors},
            "stops": {"stops": list(self.stops.data or ()) if self.stops else []},
            "stand": {
                "width_cm": int(self.width_cm.data),
                "power": self.power.data,
                "water": self.water.data,
                "step_free": self.step_free.data,
                "remark": self.remark.data,
                "names": {sectors[0]: self.product_names.data or ""},  # one field: they go to the first kind
            },
            "people": {"people": self._people()},
            "questions": {"answers": answers_in(self, self.questions, ())},
            "documents": {"documents": self._documents()},
        }

    def _people(self) -> list[dict[str, str]]:
        return [
            {
                "name": name.data,
                "gender": gender.data if gender.data in tuple(Gender) else "",
                "phone": phone.data or "",
            }
            for name, gender, phone in self.people()
            if name.data
        ]

    def _documents(self) -> list[dict[str, Any]]:
        return [
            {"code": document.code, "state": state.data, "explanation": why.data or None, "files": []}
            for document, state, why in self.asked_documents()
            if state.data != _NOT_YET
        ]


def desk_form(
    *,
    most_people: int,
    has_stops: bool,
    questions: Sequence[Question],
    documents: Sequence[RequiredDocument],
    language: str,
) -> type[DeskForm]:
    """Return the form for one event: room for its people, its questions and its documents."""
    fields: dict[str, Any] = {
        "people_fields": most_people,
        # A file that a question asks for is brought later: a desk has no time to take pictures.
        "questions": tuple(one for one in questions if one.kind is not QuestionKind.FILE),
        "documents": tuple(documents),
        "has_stops": has_stops,
    }
    for place in range(1, most_people + 1):
        fields |= _person(place)
    fields |= question_fields(fields["questions"], language=language)
    for place, document in enumerate(documents):
        fields |= _document(place, document, language)
    return type("DeskFormOfEvent", (DeskForm,), fields)


def _person(place: int) -> dict[str, Any]:
    needed = [Needed(_l("Write the name of at least one person who comes."))] if place == 1 else []
    genders = [
        SelectChoice("", _l("Not stated")),
        SelectChoice("woman", _l("Woman")),
        SelectChoice("man", _l("Man")),
    ]
    return {
        f"name_{place}": StringField(_l("Full name"), [*needed, at_most(120), _named_if_described]),
        f"gender_{place}": SelectField(
            _l("Woman or man"), choices=genders, default="", validate_choice=False
        ),
        f"phone_{place}": PhoneField(_l("Phone")),
    }


def _named_if_described(form: DeskForm, field: StringField) -> None:
    place = field.short_name.rpartition("_")[2]
    if not field.data and (form[f"phone_{place}"].data or form[f"gender_{place}"].data):
        raise ValidationError(_l("Write the name of this person too."))


def _of_the_list(_form: Any, field: SelectField) -> None:
    if field.data not in {choice.value for choice in field.iter_choices()}:
        raise ValidationError(_l("Choose one of the list."))


def _document(place: int, document: RequiredDocument, language: str) -> dict[str, Any]:
    states = [
        SelectChoice(_NOT_YET, _l("Not yet")),
        SelectChoice(DocumentState.HAS.value, _l("Has it; it was seen")),
        SelectChoice(DocumentState.APPLIED.value, _l("Has applied for it")),
    ]
    if document.can_be_exempt:
        states.append(SelectChoice(DocumentState.EXEMPT.value, _l("Is exempt")))
    label = getattr(document, f"title_{language}") or document.title_ar
    return {
        f"document_{place}": SelectField(
            label, [_of_the_list], choices=states, default=_NOT_YET, validate_choice=False
        ),
        f"explanation_{place}": StringField(
            _l("Number of the request, or why exempt"),
            [at_most(_LONGEST_EXPLANATION), _explains(f"document_{place}")],
        ),
    }


def _explains(state: str) -> Any:
    def check(form: DeskForm, field: StringField) -> None:
        if form[state].data == DocumentState.EXEMPT and not field.data:
            raise ValidationError(_l("Write in some words why you are exempt."))

    return check
