"""The base of all forms: messages in the reader's language, text cleaned, refusals on fields."""

from collections.abc import Callable
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import Field, StringField

from fairapp.foundation.errors import Refusal
from fairapp.foundation.text import clean
from fairapp.web.errors import sentence_of
from fairapp.web.problem import status_of

_OK = 200
_INVALID = 422


def _cleaned(value: Any) -> Any:
    return clean(value) if isinstance(value, str) else value


class Form(FlaskForm):
    """A form whose text fields are cleaned of control signs, bidi marks and outer spaces."""

    class Meta(FlaskForm.Meta):
        """`clean` on every text field."""

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            """Add `clean` to the filters of text fields, before their own."""
            if issubclass(unbound_field.field_class, StringField) and not _is_secret(unbound_field):
                filters: tuple[Callable[[Any], Any], ...] = tuple(unbound_field.kwargs.get("filters", ()))
                unbound_field.kwargs["filters"] = (_cleaned, *(f for f in filters if f is not _cleaned))
            return unbound_field.bind(form=form, **options)


class Part(Form):
    """A form inside another (`FormField`); the outer one carries the token."""

    class Meta(Form.Meta):
        """No token of its own."""

        csrf = False


def _is_secret(unbound_field: Any) -> bool:
    return "Password" in unbound_field.field_class.__name__


def show_on_form(form: FlaskForm, refusal: Refusal) -> None:
    """Put the sentence of a refusal beside its field, or above the form when it has none."""
    sentence = sentence_of(refusal)
    field: Field | None = form._fields.get(refusal.field) if refusal.field else None
    if field is None:
        form.form_errors.append(sentence)
    else:
        field.errors = [*field.errors, sentence]
    form.refused_with = status_of(refusal)


def form_status(form: FlaskForm) -> int:
    """Return the status of a page with a form: 422 (or the refusal's) after a failed post, else 200."""
    if request.method == "GET" or not form.errors:
        return _OK
    return int(getattr(form, "refused_with", _INVALID))
