"""The documents of the call: what one has, and files with it. Made for the documents that are asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from wtforms import MultipleFileField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from fairapp.events.models import RequiredDocument
from fairapp.registrations.documents import LONGEST_EXPLANATION, DocumentChoice
from fairapp.registrations.domain import DocumentState
from fairapp.registrations.forms.steps import StepForm
from fairapp.web.fields import at_most

TAKEN = "image/*,application/pdf"
_CHOICES = {
    DocumentState.HAS: _l("We have it"),
    DocumentState.APPLIED: _l("We have applied for it"),
    DocumentState.EXEMPT: _l("We are exempt"),
    DocumentState.MISSING: _l("Not yet"),
}


class DocumentsForm(StepForm):
    """How one stands with each document; fields are numbered by its place."""

    sends_files = True
    asked: tuple[RequiredDocument, ...] = ()

    def place_of(self, code: str) -> int | None:
        """Return the place of a document among those asked for."""
        return next((place for place, one in enumerate(self.asked) if one.code == code), None)

    def choices(self) -> dict[str, DocumentChoice]:
        """Return what was answered for each document, by code."""
        return {one.code: self.choice(place) for place, one in enumerate(self.asked)}

    def choice(self, place: int) -> DocumentChoice:
        """Return what was answered for the document at a place."""
        chosen = self[f"state_{place}"].data
        state = DocumentState(chosen) if chosen in tuple(DocumentState) else None
        explains = state in (DocumentState.APPLIED, DocumentState.EXEMPT)
        return DocumentChoice(state, (self[f"explanation_{place}"].data or None) if explains else None)

    def sent(self, place: int) -> list[FileStorage]:
        """Return the files that came for the document at a place, taken by camera or chosen."""
        fields = (self[f"camera_{place}"], self[f"files_{place}"])
        return [
            file
            for field in fields
            for file in field.data or ()
            if isinstance(file, FileStorage) and file.filename
        ]

    def refuse_file(self, place: int, sentence: str) -> None:
        """Say beside the files of a document what is wrong with one of them."""
        field = self[f"files_{place}"]
        field.errors = [*field.errors, sentence]


def documents_form(asked: Sequence[RequiredDocument], *, language: str) -> type[DocumentsForm]:
    """Return the form of the documents that are asked for."""
    fields: dict[str, Any] = {"asked": tuple(asked)}
    for place, document in enumerate(asked):
        title = getattr(document, f"title_{language}")
        choices = [
            SelectChoice(state.value, label)
            for state, label in _CHOICES.items()
            if document.can_be_exempt or state is not DocumentState.EXEMPT
        ]
        fields[f"state_{place}"] = RadioField(title, choices=choices, default="", validate_choice=False)
        fields[f"explanation_{place}"] = StringField(
            _l("Why, or the number of your request"),
            [at_most(LONGEST_EXPLANATION), _explains_exemption],
        )
        fields[f"camera_{place}"] = MultipleFileField(_l("Take a photo"))
        fields[f"files_{place}"] = MultipleFileField(title)
    return type("DocumentsForm", (DocumentsForm,), fields)


def typed(choices: Mapping[str, DocumentChoice], asked: Sequence[RequiredDocument]) -> dict[str, Any]:
    """Return the values of the fields for what was answered before."""
    values: dict[str, Any] = {}
    for place, document in enumerate(asked):
        choice = choices.get(document.code, DocumentChoice(None))
        values[f"state_{place}"] = choice.state.value if choice.state else ""
        values[f"explanation_{place}"] = choice.explanation or ""
    return values


def _explains_exemption(form: DocumentsForm, field: StringField) -> None:
    place = field.short_name.rpartition("_")[2]
    if form[f"state_{place}"].data == DocumentState.EXEMPT.value and not field.data:
        raise ValidationError(_l("Write in some words why you are exempt."))
