"""A message of a mailing with its values in it, in the language of the recipient."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import force_locale

from fairapp.foundation.ids import show_reference
from fairapp.mailings.domain import Reach, SmsLength, Written, fill, sms_length, sms_text, write
from fairapp.mailings.queries import Addressee
from fairapp.web.filters import day_range, locale_language, localized
from fairapp.web.i18n import LOCALES

EXAMPLES = 3
UNKNOWN_TOKEN = "x" * 32  # as long as a real one: previews count the letters of links too


@dataclass(frozen=True, slots=True)
class Example:
    """A message as one recipient will read it; `length` of an SMS alone."""

    addressee: Addressee
    written: Written
    length: SmsLength | None


def written_mailing(values: dict[str, Any], public_url: str) -> Written:
    """Return subject and text of a message from its context, in the language that is on."""
    language = locale_language()
    path = (
        f"/m/{values['token']}"
        if values.get("token")
        else f"/{language}/track?reference={values['reference']}"
    )
    link = {"link": f"{public_url.rstrip('/')}{path}"}
    return write(values["subject"], values["body"], _values(values) | link)


def _values(values: dict[str, Any]) -> dict[str, str]:
    stops, comma = values["stops"], "، " if locale_language() == "ar" else ", "
    return {
        "cooperative": localized(values["cooperative"], "name"),
        "reference": show_reference(values["reference"]),
        "event": localized(values["event"], "title"),
        "days": comma.join(_stop_days(stop, with_place=len(stops) > 1) for stop in stops),
    }


def example_of(addressee: Addressee, values: dict[str, Any], public_url: str) -> Example:
    """Return the message that an addressee gets, as it will be sent."""
    with force_locale(LOCALES[addressee.locale]):
        written = written_mailing(values, public_url)
    length = sms_length(sms_text(written.body)) if addressee.reach is Reach.SMS else None
    shown = Written(written.subject, written.body.replace(UNKNOWN_TOKEN, "…"))
    return Example(addressee, shown, length)


def spoken(values: dict[str, Any], language: str) -> Written:
    """Return a message for whoever calls: the values of one recipient are left open."""
    blank = {"cooperative": "…", "reference": "…", "link": ""}
    with force_locale(LOCALES[language]):
        known = _values(values) | blank
        return Written(fill(values["subject"], known), fill(values["body"], known).strip())


def chosen_examples(audience: Sequence[Addressee]) -> list[Addressee]:
    """Return up to three addressees of each language and channel, in the order of the queue."""
    found: dict[tuple[str, Reach], list[Addressee]] = {}
    for addressee in audience:
        group = found.setdefault((addressee.locale, addressee.reach), [])
        if addressee.reach is not Reach.CALL and len(group) < EXAMPLES:
            group.append(addressee)
    return [addressee for key in sorted(found) for addressee in found[key]]


def _stop_days(stop: dict[str, str], *, with_place: bool) -> str:
    days = day_range(date.fromisoformat(stop["starts_on"]), date.fromisoformat(stop["ends_on"]))
    return f"{localized(stop, 'place')} {days}" if with_place else days
