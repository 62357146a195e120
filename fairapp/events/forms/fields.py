"""Fields that the organizer's forms share: days, lines of text, texts in two languages."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional, StopValidation, ValidationError

from fairapp.events.domain import Texts
from fairapp.foundation.text import clean, western_digits

DAY = _l("Write the day as 28/05/2027, or choose it in the calendar.")
EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)
BETWEEN = _l("Write a number from %(min)s to %(max)s.")


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


def day_field(label: object, *checks: Any) -> DayField:
    """Return a field of a day that may stay empty, after `checks`."""
    return DayField(label, [*checks, Optional(), _in_our_time], format=["%Y-%m-%d", "%d/%m/%Y"])


def _in_our_time(_form: Any, field: Any) -> None:
    if field.data is not None and not EARLIEST <= field.data <= LATEST:
        raise ValidationError(DAY)


def line(label: object, most: int = 200, *checks: Any) -> StringField:
    """Return a field of one line of text, of so many signs at most."""
    return StringField(label, [*checks, Length(max=most, message=_l("Write at most %(max)d characters."))])


def none(text: str | None) -> str | None:
    """Return a text, or None for an empty one."""
    return text or None


def texts_of(ar: Any, fr: Any, en: Any = None) -> Texts | None:
    """Return the text of fields; one language stands for the other, none for no text."""
    if not ar.data and not fr.data:
        return None
    return Texts(ar.data or fr.data, fr.data or ar.data, (en.data or "") if en is not None else "")


def lines_of(text: str | None) -> list[str]:
    """Return the lines of a text that say something."""
    return [part for typed in (text or "").splitlines() if (part := typed.strip())]
