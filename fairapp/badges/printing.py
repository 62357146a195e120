"""Badges as PDF: A6, Arabic and French on one face (mockup k-badge).

Names go to typst as JSON strings, so nothing in them is ever evaluated. One compiler a
thread: it cannot be shared.
"""

import json
import re
import threading
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import fontpkg
import typst
from flask_babel import force_locale
from flask_babel import gettext as _

from fairapp.badges import codes
from fairapp.badges.domain import Card
from fairapp.foundation.ids import show_reference
from fairapp.foundation.text import isolate
from fairapp.web import drawings
from fairapp.web.filters import day_range
from fairapp.web.i18n import LOCALES, RIGHT_TO_LEFT

FONT = "IBM Plex Sans Arabic"
_TEMPLATE = Path(__file__).with_name("card.typ").read_bytes()
_ROLES = {"woman": "woman", "man": "man", None: "either"}
_STAR = "M48 24l-7 7v10H31l-7 7-7-7H7V31l-7-7 7-7V7h10l7-7 7 7h10v10z"
_MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48">'
    f'<path fill="#f2ae2e" d="{_STAR}"/><path fill="none" stroke="#07392c" stroke-width="2.5"'
    ' stroke-linejoin="round" d="M11 11h26v26H11zM24 5.6L42.4 24 24 42.4 5.6 24z"/>'
    '<circle cx="24" cy="24" r="4" fill="#07392c"/></svg>'
)
_COLOURS = ("#f2ae2e", "#2f9c74", "#8d86f2", "#2f9c74")
_PICTOS = {
    "AGR": "grain",
    "AGR-OLIVE": "oil",
    "AGR-HONEY": "honey",
    "AGR-DATE": "date",
    "AGR-SAFFRON": "saffron",
    "AGR-DAIRY": "cheese",
    "ARG": "oil",
    "PAM": "herb",
    "FOOD": "grain",
    "FOOD-CHEESE": "cheese",
    "COSM": "soap",
    "CRAFT": "basket",
    "CRAFT-CARPET": "rug",
    "CRAFT-WEAVING": "rug",
    "CRAFT-POTTERY": "pot",
    "CRAFT-LEATHER": "leather",
    "CRAFT-JEWEL": "jewel",
}
# A Latin name in quotes and a number after it would pull the closing quote to the wrong side.
_QUOTED = re.compile(r"([«“\"])([^«»“”\"]*)([»”\"])")
_here = threading.local()


def print_badges(cards: Sequence[Card]) -> bytes:
    """Return one PDF with a page for each badge. Needs an application context."""
    draw = codes.qr_svg_bare if len(cards) == 1 else codes.sheet_svg
    pdf: bytes = _compiler().compile(input=_TEMPLATE, sys_inputs=_inputs(cards, draw), format="pdf")
    return pdf


def picture_of(card: Card, *, ppi: int = 200) -> bytes:
    """Return one badge as PNG, for the pictures of a phone. Needs an application context."""
    png: bytes = _compiler().compile(
        input=_TEMPLATE, sys_inputs=_inputs([card], codes.qr_svg_bare), format="png", ppi=ppi
    )
    return png


def _inputs(cards: Sequence[Card], draw: Callable[[str], str]) -> dict[str, str]:
    data = {
        "title": _title(cards),
        "words": card_words() | {"qr": "QR"},
        "mark": _MARK,
        "band": _band(),
        "pictos": {name: _picto(name) for name in {_picto_of(card) for card in cards} if name},
        "cards": [_face(card, draw) for card in cards],
    }
    return {"cards": json.dumps(data, ensure_ascii=False)}


def card_words() -> dict[str, Any]:
    """Return the words of a badge's face, which stands in Arabic and French for every reader."""
    arabic, french = (_words_in(language) for language in ("ar", "fr"))
    pairs = {key: (arabic[key], french[key]) for key in arabic}
    return {
        "stand": " · ".join(pairs["stand"]),
        "stands": " · ".join(pairs["stands"]),
        "woman": pairs["woman"],
        "man": pairs["man"],
        "either": pairs["either"],
    }


def role_of(card: Card) -> str:
    """Return which of the words of a face names the holder: woman, man or either."""
    return _ROLES[card.gender]


def picto_of(sector_code: str) -> str:
    """Return the pictogram of a sector; of its parent, or the general one, where it has none."""
    return _PICTOS.get(sector_code) or _PICTOS.get(sector_code.partition("-")[0], "more")


def days_line(card: Card, language: str) -> str:
    """Return the days of a badge in a language, from the first to the last of its stops."""
    stops = card.placed or card.stops
    first, last = min(stop.starts_on for stop in stops), max(stop.ends_on for stop in stops)
    return _days(first, last, language)


def dates_line(card: Card, language: str = "ar") -> str:
    """Return place and days of a badge; the days alone when it is for several stops."""
    stops = card.placed or card.stops
    if len(stops) > 1:
        return days_line(card, language)
    place = stops[0].place_ar if language == "ar" else stops[0].place_fr
    return f"{place} · {days_line(card, language)}"


def letter_line(cards: Sequence[Card], language: str) -> dict[str, str]:
    """Return the letter about badges in one sentence, for readers of another language."""
    card = cards[0]
    values = {
        "event": isolate(card.event_ar if language == "ar" else card.event_fr),
        "days": days_line(card, language),
        "stands": isolate(", ".join(code for stop in card.placed for code in stop.stands)),
    }
    with force_locale(LOCALES[language]):
        return {
            "line": str(_("Your badges for %(event)s are ready: %(days)s, stand %(stands)s.", **values)),
            "link": str(_("Open the badge")),
            "language": language,
            "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
        }


@lru_cache(maxsize=512)
def _days(first: date, last: date, language: str) -> str:
    with force_locale(LOCALES[language]):
        return str(day_range(first, last))


def _words_in(language: str) -> dict[str, str]:
    with force_locale(LOCALES[language]):
        return {
            "stand": _("Stand"),
            "stands": _("Stands"),
            "woman": _("Exhibitor (woman)"),
            "man": _("Exhibitor (man)"),
            "either": _("Exhibitor (man or woman)"),
        }


def _face(card: Card, draw: Callable[[str], str]) -> dict[str, Any]:
    return {
        "qr": draw(card.code),
        "event": _line(card.event_ar),
        "event_fr": _line(card.event_fr),
        "dates": _line(dates_line(card)),
        "name": _line(card.name),
        "cooperative": _line(card.cooperative_ar),
        "cooperative_fr": _line(card.cooperative_fr),
        "places": [
            {"place": _line(stop.place_ar), "stands": _line(", ".join(stop.stands))} for stop in card.placed
        ],
        "picto": _picto_of(card),
        "role": role_of(card),
        "foot": f"{show_reference(card.short_code)} · {card.position}/{card.count}",
    }


def _line(text: str) -> dict[str, str]:
    """Return a text with its direction, that of its first strong letter."""
    text = isolate_quotes(text)
    for letter in text:
        kind = unicodedata.bidirectional(letter)
        if kind in ("R", "AL"):
            return {"s": text, "d": "rtl"}
        if kind == "L":
            return {"s": text, "d": "ltr"}
    return {"s": text, "d": "ltr"}


def isolate_quotes(text: str) -> str:
    """Isolate what stands in quotes, so that a closing quote before a number stays where it belongs."""
    return _QUOTED.sub("\\1\u2068\\2\u2069\\3", text)


def _title(cards: Sequence[Card]) -> str:
    return cards[0].event_ar if cards else ""


def _picto_of(card: Card) -> str | None:
    return picto_of(card.sector_code) if card.sector_code else None


@lru_cache(maxsize=64)
def _picto(name: str) -> str:
    drawn = str(drawings.picto(name))
    return drawn.replace(
        "<svg ",
        '<svg xmlns="http://www.w3.org/2000/svg" fill="none" stroke="#13201a" stroke-width="1.75"'
        ' stroke-linecap="round" stroke-linejoin="round" ',
        1,
    ).replace('class="t"', 'fill="#e0f0e7" stroke="none"')


@lru_cache(maxsize=1)
def _band() -> str:
    stars = "".join(
        f'<path fill="{_COLOURS[place % 4]}" transform="translate({place * 48 + 4} 4) scale(.84)"'
        f' d="{_STAR}"/>'
        for place in range(28)
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {28 * 48} 48">{stars}</svg>'


def _compiler() -> Any:
    if not hasattr(_here, "compiler"):
        folder = str(Path(str(fontpkg.path(FONT))).parent)
        _here.compiler = typst.Compiler(font_paths=[folder], ignore_system_fonts=True)
    return _here.compiler
