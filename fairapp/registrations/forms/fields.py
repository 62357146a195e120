"""Fields that forgive how people write: phones, counts, numbers of identity (promises A17)."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TelField
from wtforms.validators import Length, StopValidation, ValidationError

from fairapp.cooperatives.domain import ICE_DIGITS
from fairapp.foundation.text import clean, normalize_phone, western_digits
from fairapp.web.formats import show_phone

_GROUPING = str.maketrans("", "", " \u00a0\u202f.,٬'")
MOST_MEMBERS = 100_000


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
        if self.data and not (self.data.isascii() and self.data.isdigit() and len(self.data) <= ICE_DIGITS):
            raise ValidationError(_l("The ICE has 15 digits. Leave the field empty if you have none."))
