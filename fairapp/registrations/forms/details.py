"""The second, short form of the accepted: who comes, how the goods come, what is plugged in."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from fairapp.events.domain import QuestionKind
from fairapp.events.models import Question
from fairapp.registrations.details import (
    LONGEST_APPLIANCES,
    MOST_WATTS,
    AnsweredDetails,
    Transport,
)
from fairapp.registrations.domain import Gender, Person
from fairapp.registrations.forms.questions import (
    NumberField,
    answers_in,
    field_name,
    files_in,
    question_fields,
)
from fairapp.registrations.forms.steps import PeopleForm, people_form
from fairapp.web.fields import at_most

_TRANSPORTS = (
    SelectChoice(Transport.CAR.value, _l("Own car")),
    SelectChoice(Transport.VAN.value, _l("Van or pick-up")),
    SelectChoice(Transport.TRUCK.value, _l("Truck")),
    SelectChoice(Transport.PUBLIC.value, _l("Bus, train or taxi")),
    SelectChoice(Transport.SHARED.value, _l("With another cooperative")),
    SelectChoice("", _l("Not known yet")),
)


class DetailsForm(PeopleForm):
    """Made for as many people as the event allows, and for the questions to the accepted."""

    transport = RadioField(
        _l("How do you bring your goods?"), choices=_TRANSPORTS, default="", validate_choice=False
    )
    appliances = StringField(_l("What will you plug in?"), [at_most(LONGEST_APPLIANCES)])
    watts = NumberField(_l("Power of it together, in watts"), least=0, most=MOST_WATTS)
    sends_files = True
    questions: tuple[Question, ...] = ()
    kept: Sequence[Mapping[str, Any]] = ()

    def validate_transport(self, field: RadioField) -> None:
        """Refuse a transport that the list does not have."""
        if field.data and field.data not in tuple(Transport):
            raise ValidationError(_l("Choose one of the answers."))

    def validate(self, extra_validators: Any = None) -> bool:
        """Check all fields, and that files which are needed are there or come now."""
        is_right = bool(super().validate(extra_validators))
        here = {answer["code"] for answer in self.kept} | set(self.files())
        for place, question in enumerate(self.questions):
            if question.kind is QuestionKind.FILE and not question.optional and question.code not in here:
                field = self[field_name(place)]
                field.errors = [*field.errors, _l("Choose a file.")]
                is_right = False
        return is_right

    def details(self) -> AnsweredDetails:
        """Return what was answered beside the questions of the call."""
        people = tuple(
            Person(one["name"], Gender(one["gender"]) if one["gender"] else None, one["phone"] or None)
            for one in self.answers()["people"]
        )
        transport = Transport(self.transport.data) if self.transport.data else None
        watts = self.watts.data if isinstance(self.watts.data, int) else None
        return AnsweredDetails(people, transport, watts, self.appliances.data or None)

    def call_answers(self) -> list[dict[str, Any]]:
        """Return the answers to the questions of the call; files that were sent before stay."""
        return answers_in(self, self.questions, self.kept)

    def files(self) -> dict[str, Any]:
        """Return the files that came, by the code of their question."""
        return files_in(self, self.questions)

    def kept_files(self) -> dict[str, str]:
        """Return the names of the files that were sent before, by the code of their question."""
        return {answer["code"]: answer["value"] for answer in self.kept if answer.get("file")}


def details_form(
    most_people: int, questions: tuple[Question, ...], kept: Sequence[Mapping[str, Any]], *, language: str
) -> type[DetailsForm]:
    """Return the form for an event that allows so many people, with its questions to the accepted."""
    people = people_form(most_people)
    fields = {"questions": questions, "kept": kept} | question_fields(questions, language=language)
    return type("DetailsForm", (DetailsForm, people), fields)
