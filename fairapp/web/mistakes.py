"""The mistakes of a form, for the summary above it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask


@dataclass(frozen=True, slots=True)
class Mistake:
    """One line of the summary above a form; without a field it is about the form as a whole."""

    sentence: str
    field_id: str | None = None
    label: str = ""


def mistakes_of(form: Any) -> list[Mistake]:
    """Return the mistakes of a form in the order of its fields, those of nested forms too."""
    general = [Mistake(str(sentence)) for sentence in form.form_errors]
    return general + [mistake for field in form for mistake in _mistakes_in(field)]


def _mistakes_in(field: Any) -> Iterator[Mistake]:
    inner = getattr(field, "entries", None) or getattr(field, "form", None) or ()
    for part in inner:
        yield from _mistakes_in(part)
    own = () if isinstance(field.errors, dict) else field.errors or ()
    sentences = [error for error in own if not isinstance(error, (list, dict))]
    for sentence in sentences[:1]:
        if field.type == "HiddenField":
            yield Mistake(str(sentence))  # nothing to lead to
        else:
            yield Mistake(str(sentence), field.id, str(field.label.text))


def init_mistakes(app: Flask) -> None:
    """Give the templates `mistakes_of()`."""
    app.jinja_env.globals["mistakes_of"] = mistakes_of
