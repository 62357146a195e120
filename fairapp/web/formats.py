"""Days, times, numbers and amounts as people of each language write them (promises A38).

Plain text in a language of `LOCALES`, without markup: for filters, calendars and files.
"""

from datetime import date, datetime, time

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from fairapp.foundation.clock import to_local
from fairapp.foundation.money import to_decimal
from fairapp.web.i18n import LOCALES

_WHOLE = "#,##0"
_CENTIMES = "#,##0.00"


def show_date(day: date, pattern: str, *, language: str) -> str:
    """Return a day by a CLDR pattern; the first of a month is "1er" in French."""
    text = format_date(day, pattern, locale=LOCALES[language])
    if language == "fr" and day.day == 1:
        return " ".join("1er" if word == "1" else word for word in text.split(" "))
    return text


def show_day(day: date, *, language: str) -> str:
    """Return "28 ماي 2027", "28 mai 2027", "28 May 2027"."""
    return show_date(day, "d MMMM y", language=language)


def show_weekday(day: date, *, language: str) -> str:
    """Return "الجمعة 28 ماي", "vendredi 28 mai", "Friday 28 May"."""
    return show_date(day, "EEEE d MMMM", language=language)


def show_clock(at: datetime | time) -> str:
    """Return the wall-clock time in Morocco, "09:30"."""
    wall = to_local(at).time() if isinstance(at, datetime) else at
    return f"{wall:%H:%M}"


def show_number(value: float, *, language: str) -> str:
    """Return a number grouped as CLDR does: 1.234,5 in Arabic, 1 234,5 in French."""
    return format_decimal(value, locale=LOCALES[language])


def show_percent(share: float, *, language: str, places: int = 0) -> str:
    """Return a share of 0 to 1 in percent: 75% in Arabic and English, 75 % in French."""
    pattern = "#,##0." + "#" * places if places else _WHOLE
    sign = "\xa0%" if language == "fr" else "%"
    return format_percent(share, pattern + sign, locale=LOCALES[language])


def show_amount(amount_minor: int, *, language: str, short: bool = False) -> str:
    """Return dirhams without their unit; `short` leaves out centimes that are zero."""
    pattern = _WHOLE if short and amount_minor % 100 == 0 else _CENTIMES
    return format_decimal(to_decimal(amount_minor), pattern, locale=LOCALES[language])


def show_phone(phone: str) -> str:
    """Return a Moroccan number as it is dialled, "06 12 34 56 78"; others as they are."""
    if not phone.startswith("+212") or len(phone) != len("+212612345678"):
        return phone
    national = "0" + phone.removeprefix("+212")
    return " ".join(national[place : place + 2] for place in range(0, len(national), 2))
