"""The receipt on paper: A5, Arabic with French below, drawn by typst.

Texts go to typst as JSON strings, so nothing in them is ever evaluated. One compiler a thread: it
cannot be shared. No clock is read: the same registration and code give the same paper.
"""

import json
import re
import threading
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import fontpkg
import qrcode
import typst
from flask_babel import force_locale
from flask_babel import gettext as _

from fairapp.foundation.ids import show_reference
from fairapp.registrations.domain import FilingChannel
from fairapp.registrations.models import Registration
from fairapp.web import formats
from fairapp.web.filters import day, day_range
from fairapp.web.i18n import LOCALES

FONT = "IBM Plex Sans Arabic"
Pair = tuple[str, str]  # in Arabic, in French
_TEMPLATE = Path(__file__).with_name("receipt.typ").read_bytes()
_STAR = "M48 24l-7 7v10H31l-7 7-7-7H7V31l-7-7 7-7V7h10l7-7 7 7h10v10z"
MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48">'
    f'<path fill="#f2ae2e" d="{_STAR}"/><path fill="none" stroke="#07392c" stroke-width="2.5"'
    ' stroke-linejoin="round" d="M11 11h26v26H11zM24 5.6L42.4 24 24 42.4 5.6 24z"/>'
    '<circle cx="24" cy="24" r="4" fill="#07392c"/></svg>'
)
_QUOTED = re.compile(r"([«“\"])([^«»“”\"]*)([»”\"])")
_here = threading.local()


def print_receipt(registration: Registration, *, code: str, public_url: str) -> bytes:
    """Return the receipt of a whole registration as PDF, with a one-time code.

    Needs an application context.
    """
    event, cooperative = registration.event, registration.cooperative
    reference = show_reference(registration.reference)
    data = {
        "mark": MARK,
        "title": both(lambda: _("Receipt of a registration request")),
        "reference": {"label": both(lambda: _("Reference")), "text": reference},
        "qr": qr_svg(f"{public_url}/ar/track?reference={reference}"),
        "scan": both(lambda: _("Track the request: scan, or open the address with reference and phone")),
        "address": f"{public_url}/ar/track",
        "facts": [
            _fact(both(lambda: _("Cooperative")), cooperative.name_ar, cooperative.name_fr),
            _fact(both(lambda: _("Event")), event.title_ar, event.title_fr),
            *(_fact((stop.place_ar, stop.place_fr), *_days(stop)) for stop in registration.stops),
            _fact(both(lambda: _("Received")), *_received(registration)),
        ],
        "next": {"label": both(lambda: _("What happens next?")), "steps": _steps(registration)},
        "code": {
            "label": both(lambda: _("One-time code")),
            "text": " ".join((code[:4], code[4:])),
            "use": both(
                lambda: _(
                    "Opens the request once on any phone, to change or to confirm it. Tell it to nobody."
                )
            ),
        },
        "contact": _contact(registration),
        "free": both(lambda: _("Registration is free. Nobody may ask you for money or for a password.")),
    }
    return compiled(_TEMPLATE, data)


def compiled(template: bytes, data: dict[str, Any]) -> bytes:
    """Return a template as PDF; `data` reaches it as JSON."""
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    pdf: bytes = _compiler().compile(input=template, sys_inputs=inputs, format="pdf")
    return pdf


def both(sentence: Callable[[], str]) -> Pair:
    """Return a sentence in Arabic and in French."""
    arabic, french = (_in(language, sentence) for language in ("ar", "fr"))
    return arabic, french


def line(text: str) -> dict[str, str]:
    """Return a text of people with its direction, that of its first strong letter."""
    text = _QUOTED.sub("\\1\u2068\\2\u2069\\3", text)
    for letter in text:
        kind = unicodedata.bidirectional(letter)
        if kind in ("R", "AL", "L"):
            return {"s": text, "d": "ltr" if kind == "L" else "rtl"}
    return {"s": text, "d": "ltr"}


@lru_cache(maxsize=256)
def qr_svg(text: str) -> str:
    """Return a QR code as SVG, for a white ground."""
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=0, mask_pattern=3)
    code.add_data(text, optimize=0)
    code.make(fit=True)
    rows = code.get_matrix()
    steps = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark]
    side = len(rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path d="{"".join(steps)}"/></svg>'
    )


def _in(language: str, sentence: Callable[[], str]) -> str:
    with force_locale(LOCALES[language]):
        return str(sentence())


def _fact(label: Pair, arabic: str, french: str) -> dict[str, Any]:
    lines = [line(arabic)] if arabic == french else [line(arabic), line(french)]
    return {"label": label, "lines": lines}


def _days(stop: Any) -> Pair:
    return both(lambda: day_range(stop.starts_on, stop.ends_on))


def _received(registration: Registration) -> Pair:
    at, clock = registration.received_at, formats.show_clock(registration.received_at)
    return both(
        lambda: _(
            "%(day)s at %(time)s, %(how)s",
            day=day(at),
            time=f"\u2066{clock}\u2069",
            how=_how(registration.channel),
        )
    )


def _how(channel: FilingChannel) -> str:
    if channel is FilingChannel.SELF:
        return str(_("filed by the cooperative itself"))
    return str(_("filed at a desk") if channel is FilingChannel.DESK else _("from a paper form"))


def _steps(registration: Registration) -> list[Pair]:
    event, closes = registration.event, registration.event.registration_closes_on
    steps = []
    if registration.channel is not FilingChannel.SELF and registration.confirmed_at is None:
        steps.append(
            both(
                lambda: _("Confirm that the request is yours: by the link that you received, or by the code.")
            )
        )
    if closes is not None:
        steps.append(
            both(lambda: _("Until %(day)s you may change the request or add documents.", day=day(closes)))
        )
    if event.answer_by_on is not None:
        by = event.answer_by_on
        steps.append(both(lambda: _("The answer comes before %(day)s, always with the reason.", day=day(by))))
    else:
        steps.append(both(lambda: _("The answer comes with its reason.")))
    steps.append(
        both(lambda: _("After acceptance: the stand number, then a badge for each person who comes."))
    )
    return steps


def _contact(registration: Registration) -> dict[str, Any]:
    event = registration.event
    names = (event.organizer_ar or "", event.organizer_fr or "")
    reach = [formats.show_phone(event.organizer_phone)] if event.organizer_phone else []
    reach += [event.organizer_email] if event.organizer_email else []
    return {
        "label": both(lambda: _("A question?")),
        "lines": [line(name) for name in dict.fromkeys(names) if name],
        "reach": reach,
    }


def _compiler() -> Any:
    if not hasattr(_here, "compiler"):
        folder = str(Path(str(fontpkg.path(FONT))).parent)
        _here.compiler = typst.Compiler(font_paths=[folder], ignore_system_fonts=True)
    return _here.compiler
