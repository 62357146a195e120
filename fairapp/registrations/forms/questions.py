"""Fields of the questions of a call, in the order and the kind that the call gives them.

Fields are named by the place of their question. Answers are `[{"code", "value", "file"}]`, as drafts
keep them; a file that was sent before stays until another is chosen.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from wtforms import FileField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from fairapp.events.domain import QuestionKind
from fairapp.events.models import Question
from fairapp.foundation.text import clean, western_digits
from fairapp.web.fields import Needed, at_most

LONGEST_TEXT = 500
_LONG_TEXT = 120  # from here on, several lines
_LONGEST_NUMBER = 12
_GROUPING = str.maketrans("", "", " \u00a0\u202f'٬")
_NEEDED = _l("Answer this question.")


class NumberField(StringField):
    """A whole number in any digits. `data` is a number, None, or the text as typed."""

    data: int | str | None

    def __init__(self, *args: Any, least: int | None = None, most: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.least, self.most = least, most

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number; keep what was typed when it is none."""
        typed = clean(valuelist[0]) if valuelist else ""
        bare = western_digits(typed).translate(_GROUPING).replace("−", "-")
        digits = bare.removeprefix("-")
        if not typed:
            self.data = None
        elif digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_NUMBER:
            self.data = int(bare)
        else:
            self.data = typed

    def _value(self) -> str:
        if self.raw_data:
            return clean(str(self.raw_data[0]))
        return "" if self.data is None else str(self.data)

    def pre_validate(self, form: Any) -> None:
        """Refuse what is no number, or outside the bounds of the question."""
        if isinstance(self.data, str):
            raise ValidationError(_l("Write a number in figures, for example 12."))
        if self.data is not None and self.least is not None and self.data < self.least:
            raise ValidationError(_l("Write a number of at least %(least)s.", least=self.least))
        if self.data is not None and self.most is not None and self.data > self.most:
            raise ValidationError(_l("Write a number of at most %(most)s.", most=self.most))


def question_fields(questions: Sequence[Question], *, language: str) -> dict[str, Any]:
    """Return a field for each question, by name."""
    return {field_name(place): _field(question, language) for place, question in enumerate(questions)}


def field_name(place: int) -> str:
    """Return the name of the field of the question at a place."""
    return f"question_{place}"


def given_in(questions: Sequence[Question], answers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the values of the fields for answers that were given before. Files have none."""
    by_code = {answer["code"]: answer for answer in answers}
    return {
        field_name(place): by_code[question.code].get("value") or ""
        for place, question in enumerate(questions)
        if question.code in by_code and question.kind is not QuestionKind.FILE
    }


def answers_in(
    form: Any, questions: Sequence[Question], before: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return the answers of a form; a file that was sent before stays."""
    kept = {answer["code"]: answer for answer in before}
    answers: list[dict[str, Any]] = []
    for place, question in enumerate(questions):
        if question.kind is QuestionKind.FILE:
            answers += [dict(kept[question.code])] if question.code in kept else []
            continue
        value = form[field_name(place)].data
        answers.append({"code": question.code, "value": "" if value is None else str(value), "file": None})
    return answers


def files_in(form: Any, questions: Sequence[Question]) -> dict[str, FileStorage]:
    """Return the files that came with a form, by the code of their question."""
    sent = {
        question.code: form[field_name(place)].data
        for place, question in enumerate(questions)
        if question.kind is QuestionKind.FILE
    }
    return {code: file for code, file in sent.items() if isinstance(file, FileStorage) and file.filename}


def _field(question: Question, language: str) -> Any:
    title = getattr(question, f"title_{language}")
    needed = [] if question.optional else [Needed(_NEEDED)]
    if question.kind is QuestionKind.NUMBER:
        return NumberField(title, needed, least=question.least, most=question.most)
    if question.kind is QuestionKind.CHOICE:
        choices = [SelectChoice(choice["code"], choice[language]) for choice in question.choices]
        if question.optional:
            choices.append(SelectChoice("", _l("Not stated")))
        known = _ChosenOf(question)
        return RadioField(
            title, [known], choices=choices, default="" if question.optional else None, validate_choice=False
        )
    if question.kind is QuestionKind.FILE:
        return FileField(title)
    longest = min(question.most or LONGEST_TEXT, 2 * LONGEST_TEXT)
    kind = TextAreaField if longest > _LONG_TEXT else StringField
    return kind(title, [*needed, at_most(longest)])


class _ChosenOf:
    """Refuse what the question does not offer, and nothing where an answer is needed."""

    def __init__(self, question: Question) -> None:
        self.codes = {choice["code"] for choice in question.choices}
        self.optional = question.optional

    def __call__(self, _form: Any, field: Any) -> None:
        """Look the choice up."""
        if field.data in self.codes or (self.optional and not field.data):
            return
        raise ValidationError(_l("Choose one of the answers."))
