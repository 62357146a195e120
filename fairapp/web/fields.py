"""Fields that forgive how people write: phones, counts, numbers of identity (promises A17)."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, StringField, TelField
from wtforms.validators import Length, StopValidation, ValidationError

from fairapp.foundation.text import clean, normalize_phone, western_digits
from fairapp.web.formats import show_phone

_GROUPING = str.maketrans("", "", " \u00a0\u202f.,٬'")
MOST_MEMBERS = 100_000
_ICE_DIGITS = 15


def at_most(length: int) -> Length:
    """Return the check of a longest text, with a sentence that says by how much."""
    return Length(max=length, message=_l("Write at most %(max)d characters."))  # wtforms fills in the number


def _as_typed(field: StringField) -> str:
    return clean(str(field.raw_data[0])) if field.raw_data else ""


class Needed:
    """Refuse an empty field with its own sentence; white space counts as empty."""

    def __init__(self, message: object) -> None:
        self.message = message

    def __call__(self, _form: Any, field: Any) -> None:
        """Stop at an empty value."""
        if field.data is None or (isinstance(field.data, str) and not field.data.strip()):
            if field.errors:
                raise StopValidation()
            raise StopValidation(self.message)


class PhoneField(TelField):
    """A Moroccan phone in any writing; `data` is `+212…`, or the text as typed when it is none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep what was typed; normalise what can be."""
        typed = clean(valuelist[0]) if valuelist else ""
        self.data = normalize_phone(typed) or typed

    def _value(self) -> str:
        return _as_typed(self) if self.raw_data else show_phone(self.data or "")

    def pre_validate(self, form: Any) -> None:
        """Refuse a text that is no phone number; an empty one is for `Needed`."""
        if self.data and normalize_phone(self.data) is None:
            raise ValidationError(_l("Write a Moroccan phone number, for example 06 12 34 56 78."))


class CountField(StringField):
    """A count of people; any digits and separators. `data` is a number, None, or the text as typed."""

    data: int | str | None

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number; keep what was typed when it is none."""
        typed = clean(valuelist[0]) if valuelist else ""
        bare = western_digits(typed).translate(_GROUPING)
        if not typed:
            self.data = None
        elif bare.isascii() and bare.isdigit() and len(bare) <= len(str(MOST_MEMBERS)):
            self.data = int(bare)
        else:
            self.data = typed

    def _value(self) -> str:
        return _as_typed(self) if self.raw_data else ("" if self.data is None else str(self.data))

    def pre_validate(self, form: Any) -> None:
        """Refuse what is not a plausible count."""
        if isinstance(self.data, str):
            raise ValidationError(_l("Write a number in figures, for example 12."))
        if self.data is not None and self.data > MOST_MEMBERS:
            raise ValidationError(_l("Write a number in figures, for example 12."))


class IceField(StringField):
    """The common identifier of an enterprise; only digits count. Wrong check digits are no mistake."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep the digits, or the text as typed when it has other signs."""
        typed = clean(valuelist[0]) if valuelist else ""
        bare = western_digits(typed).translate(_GROUPING).replace("-", "").replace("/", "")
        self.data = bare if bare.isascii() and bare.isdigit() else typed

    def _value(self) -> str:
        return _as_typed(self) if self.raw_data else str(self.data or "")

    def pre_validate(self, form: Any) -> None:
        """Refuse only what cannot be an ICE at all."""
        if self.data and not (self.data.isascii() and self.data.isdigit() and len(self.data) <= _ICE_DIGITS):
            raise ValidationError(_l("The ICE has 15 digits. Leave the field empty if you have none."))


_DAY = _l("Write the day as 28/05/2027, or choose it in the calendar.")
_EARLIEST, _LATEST = date(1900, 1, 1), date(2199, 12, 31)


class DayField(DateField):
    """A day; browsers send 2027-05-28, people who type in an old one write 28/05/2027. None for none."""

    data: Any

    def __init__(self, label: object, validators: Any = (), **kwargs: Any) -> None:
        super().__init__(label, validators, format=["%Y-%m-%d", "%d/%m/%Y"], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day; what cannot be read stays as typed."""
        if not any(text.strip() for text in valuelist):
            self.data = None
            return
        try:
            super().process_formdata([western_digits(clean(text)) for text in valuelist])
        except ValueError:
            raise ValueError(_DAY) from None

    def pre_validate(self, form: Any) -> None:
        """Refuse days of other centuries."""
        if self.data is not None and not _EARLIEST <= self.data <= _LATEST:
            raise ValidationError(_DAY)
