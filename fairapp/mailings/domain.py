"""Words of a mailing: who is reached how, the values of its texts, and how long an SMS is. Pure."""

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass

from fairapp.foundation.text import MOBILE_PREFIXES, fold
from fairapp.mailings.errors import PlaceholderUnknown

MOST_MAILINGS_A_DAY = 10
MOST_PARTS = 6
LONGEST_SUBJECT = 150
LONGEST_BODY = 2000

# A word in braces -> the value it stands for; each language has its own words, all are taken everywhere,
# in any spelling that folds to the same.
PLACEHOLDERS: Mapping[str, Mapping[str, str]] = {
    "ar": {
        "التعاونية": "cooperative",
        "رقم الطلب": "reference",
        "التظاهرة": "event",
        "الأيام": "days",
        "الرابط": "link",
    },
    "fr": {
        "coopérative": "cooperative",
        "numéro": "reference",
        "événement": "event",
        "jours": "days",
        "lien": "link",
    },
}
_NAMES = {fold(word): name for words in PLACEHOLDERS.values() for word, name in words.items()}
_WORD = re.compile(r"\{\s*([^{}\n]{0,60}?)\s*\}")
# The alphabet of the GSM network; anything else makes the whole SMS travel in two bytes a letter.
# Source: 3GPP TS 23.038, 6.2.1; the signs of its extension count twice.
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = frozenset("\f^{}\\[~]|€")


class Reach(enum.StrEnum):
    """How a recipient of a mailing is reached: `call` is a person on the phone or at the door."""

    MAIL = "mail"
    SMS = "sms"
    CALL = "call"


class Delivery(enum.StrEnum):
    """How far a message to a recipient is, as the delivery list tells it.

    `to_call`: there is no channel, or the message failed, and nobody called yet.
    """

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    OPENED = "opened"
    TO_CALL = "to_call"
    CALLED = "called"


@dataclass(frozen=True, slots=True)
class SmsLength:
    """How long an SMS is: its letters, in how many parts it travels, and whether in two bytes a letter."""

    letters: int
    parts: int
    is_wide: bool


@dataclass(frozen=True, slots=True)
class Written:
    """A text with its values in it."""

    subject: str
    body: str


def reach_of(*, email: str | None, phone: str | None) -> Reach:
    """Return how someone is reached; an SMS only arrives at a mobile number.

    Source: numbering plan of ANRT, mobile numbers begin with 06 and 07.
    """
    if email:
        return Reach.MAIL
    return Reach.SMS if phone and phone.startswith(MOBILE_PREFIXES) else Reach.CALL


def names_in(text: str) -> tuple[str, ...]:
    """Return the values that a text names, each once.

    Raises: PlaceholderUnknown.
    """
    found = []
    for word in _WORD.findall(text):
        name = _NAMES.get(fold(word))
        if name is None:
            raise PlaceholderUnknown(name="{" + word + "}")
        found.append(name)
    return tuple(dict.fromkeys(found))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values into a text. Values are put in as they are: braces in them name nothing.

    Raises: PlaceholderUnknown.
    """
    names_in(text)
    return _WORD.sub(lambda found: values[_NAMES[fold(found[1])]], text)


def write(subject: str, body: str, values: Mapping[str, str]) -> Written:
    """Return subject and text with their values; the link stands at the end where the text has none.

    Raises: PlaceholderUnknown.
    """
    text = fill(body, values).strip()
    if "link" not in names_in(body):
        text = f"{text}\n\n{values['link']}"
    return Written(" ".join(fill(subject, values).split()), text)


def sms_text(body: str) -> str:
    """Return a text as it goes into an SMS: one line."""
    return " ".join(body.split())


def sms_length(text: str) -> SmsLength:
    """Return how long an SMS is: 160 letters of the GSM alphabet or 70 of any other, less in several parts.

    Source: promises A76; 3GPP TS 23.040, 9.2.3.24 (a part of several carries a header).
    """
    if all(letter in _GSM or letter in _GSM_TWICE for letter in text):
        letters = sum(2 if letter in _GSM_TWICE else 1 for letter in text)
        return SmsLength(letters, _parts(letters, 160, 153), is_wide=False)
    letters = len(text.encode("utf-16-be")) // 2
    return SmsLength(letters, _parts(letters, 70, 67), is_wide=True)


def _parts(letters: int, alone: int, together: int) -> int:
    return 1 if letters <= alone else -(-letters // together)


@dataclass(frozen=True, slots=True)
class Texts:
    """What a mailing says, in both languages; values stand in braces."""

    subject_ar: str
    body_ar: str
    subject_fr: str
    body_fr: str

    def check(self) -> None:
        """Refuse a text that names a value that there is none of.

        Raises: PlaceholderUnknown.
        """
        for text in (self.subject_ar, self.body_ar, self.subject_fr, self.body_fr):
            names_in(text)
