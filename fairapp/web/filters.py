"""Filters of templates: every day, number, amount, name and code passes through one of them.

In HTML they isolate what could turn around (`<bdi>`), in plain text they print it bare.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from flask import Flask
from flask_babel import get_locale, gettext
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from fairapp.foundation.clock import local_date
from fairapp.foundation.ids import show_reference
from fairapp.foundation.text import isolate as isolate_text
from fairapp.web import formats
from fairapp.web.i18n import FIRST_LANGUAGE, LOCALES

_ISLAND = Markup("<bdi>{}</bdi>")
_LTR_ISLAND = Markup('<bdi dir="ltr">{}</bdi>')
# A Latin name in quotes and a number after it would pull the closing quote to the wrong side.
_LATIN_IN_QUOTES = re.compile(r"([«“\"])([^«»“”\"]*[A-Za-zÀ-ÿ][^«»“”\"]*)([»”\"])")
_ARABIC = re.compile("[\u0620-\u064a]")
_FALLBACKS = {"ar": ("ar", "fr", "en"), "fr": ("fr", "ar", "en"), "en": ("en", "fr", "ar")}


def locale_language() -> str:
    """Return the language that sentences are written in now; `force_locale` decides in mails."""
    locale = get_locale()
    return locale.language if locale is not None and locale.language in LOCALES else FIRST_LANGUAGE


def localized(thing: object, field: str) -> str:
    """Return `thing.<field>_<language>`; another language where this one is missing or empty.

    Empty text when no language has it. `thing` is a model, a row or a mapping.
    """
    for language in _FALLBACKS[locale_language()]:
        key = f"{field}_{language}"
        text = thing.get(key) if isinstance(thing, dict) else getattr(thing, key, None)
        if text:
            return str(text)
    return ""


def local_name(thing: object) -> str:
    """Return the name of a thing in the language."""
    return localized(thing, "name")


def _as_day(value: date | datetime) -> date:
    return local_date(value) if isinstance(value, datetime) else value


def _island(context: EvalContext, text: str, *, ltr: bool = False) -> str:
    """Return text that its surroundings cannot reorder: `<bdi>` in HTML, bare elsewhere."""
    if not context.autoescape:
        return text
    return _LTR_ISLAND.format(text) if ltr else _ISLAND.format(text)


def day(value: date | datetime) -> str:
    """Return "28 ماي 2027"; of an instant, its local day."""
    return formats.show_day(_as_day(value), language=locale_language())


def weekday(value: date | datetime) -> str:
    """Return "الجمعة 28 ماي"."""
    return formats.show_weekday(_as_day(value), language=locale_language())


def weekday_year(value: date | datetime) -> str:
    """Return "الجمعة 28 ماي 2027"."""
    return formats.show_date(_as_day(value), "EEEE d MMMM y", language=locale_language())


def day_month(value: date | datetime) -> str:
    """Return "28 ماي", for days whose year is clear."""
    return formats.show_date(_as_day(value), "d MMMM", language=locale_language())


def month(value: date | datetime) -> str:
    """Return "ماي"."""
    return formats.show_date(_as_day(value), "LLLL", language=locale_language())


def day_month_short(value: date | datetime) -> str:
    """Return "28 mai", "24 nov.", for narrow places; Arabic months are never shortened."""
    return formats.show_date(_as_day(value), "d MMM", language=locale_language())


def month_short(value: date | datetime) -> str:
    """Return "nov.", for the head of a calendar leaf."""
    return formats.show_date(_as_day(value), "LLL", language=locale_language())


def day_range(start: date, end: date) -> str:
    """Return "من 4 إلى 6 يونيو 2027", with what both days share told once."""
    language = locale_language()
    if start == end:
        return formats.show_day(start, language=language)
    pattern = "d" if (start.year, start.month) == (end.year, end.month) else "d MMMM"
    if start.year != end.year:
        pattern = "d MMMM y"
    first = formats.show_date(start, pattern, language=language)
    return str(gettext("%(start)s to %(end)s", start=first, end=formats.show_day(end, language=language)))


def weekday_range(start: date, end: date) -> str:
    """Return "من الجمعة 4 إلى الأحد 6 يونيو", without the year."""
    language = locale_language()
    if start == end:
        return formats.show_weekday(start, language=language)
    pattern = "EEEE d" if (start.year, start.month) == (end.year, end.month) else "EEEE d MMMM"
    first = formats.show_date(start, pattern, language=language)
    last = formats.show_weekday(end, language=language)
    return str(gettext("%(start)s to %(end)s", start=first, end=last))


@pass_eval_context
def clock(context: EvalContext, value: datetime | time) -> str:
    """Return the local time of an instant, or a wall-clock time: "09:30"."""
    return _island(context, formats.show_clock(value), ltr=True)


@pass_eval_context
def moment(context: EvalContext, value: datetime) -> str:
    """Return the local day and time of an instant."""
    text: str = gettext("%(day)s at %(time)s")
    if context.autoescape:
        text = Markup.escape(text)
    return text % {"day": day(value), "time": clock(context, value)}


@pass_eval_context
def number(context: EvalContext, value: float) -> str:
    """Return a number, grouped."""
    return _island(context, formats.show_number(value, language=locale_language()), ltr=True)


@pass_eval_context
def percent(context: EvalContext, share: float, places: int = 0) -> str:
    """Return a share of 0 to 1 in percent."""
    text = formats.show_percent(float(share), language=locale_language(), places=places)
    return _island(context, text, ltr=True)


@pass_eval_context
def dirhams(context: EvalContext, amount_minor: int, short: bool = False) -> str:
    """Return an amount of centimes with its unit: "1.250,50 درهم"."""
    amount = formats.show_amount(amount_minor, language=locale_language(), short=short)
    text: str = gettext("%(amount)s MAD")
    if context.autoescape:
        text = Markup.escape(text)
    return text % {"amount": _island(context, amount, ltr=True)}


@pass_eval_context
def amount(context: EvalContext, amount_minor: int, short: bool = False) -> str:
    """Return an amount of centimes without its unit, for columns that name it in their head."""
    text = formats.show_amount(amount_minor, language=locale_language(), short=short)
    return _island(context, text, ltr=True)


@pass_eval_context
def reference(context: EvalContext, value: str) -> str:
    """Return the form of a reference that people read, `K7QM-4T2X`."""
    return _island(context, show_reference(value), ltr=True)


@pass_eval_context
def phone(context: EvalContext, value: str | None) -> str:
    """Return a phone number as it is dialled; empty for none."""
    return _island(context, formats.show_phone(value), ltr=True) if value else ""


@pass_eval_context
def isolate(context: EvalContext, value: object) -> str:
    """Isolate text typed by people: `<bdi>` in HTML, isolates in plain text (promises A36)."""
    text = str(value)
    if not context.autoescape:
        return isolate_text(text)
    if _ARABIC.search(text):
        text = _LATIN_IN_QUOTES.sub("\\1\u2068\\2\u2069\\3", text)
    return _island(context, text)


def iso(value: date | datetime) -> str:
    """Return the machine form of a day or an instant, for `datetime=` attributes."""
    return value.isoformat()


FILTERS: tuple[Callable[..., Any], ...] = (
    local_name,
    localized,
    day,
    weekday,
    weekday_year,
    day_month,
    day_month_short,
    month,
    month_short,
    day_range,
    weekday_range,
    clock,
    moment,
    number,
    percent,
    dirhams,
    amount,
    reference,
    phone,
    isolate,
    iso,
)


def init_filters(app: Flask) -> None:
    """Give the templates their filters; `localized` and `local_name` are functions too."""
    for function in FILTERS:
        app.jinja_env.filters[function.__name__] = function
    app.jinja_env.globals.update(localized=localized, local_name=local_name)
