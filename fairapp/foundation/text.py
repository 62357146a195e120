"""Text as people type it: marks for translation, folding for comparison, digits, phones."""

import re
import unicodedata

_DIGITS = {ord(d): str(n) for base in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹") for n, d in enumerate(base)}
_BIDI_MARKS = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_ARABIC_FOLDS = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "ـ": None}
)


class _PlainLetters(dict[int, str]):
    """What fold() makes of each letter, remembered: nothing of a mark above, a space of a sign."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        bare = "" if unicodedata.combining(letter) else letter.casefold()
        self[code] = "".join(c if c.isalnum() else " " for c in bare)
        return self[code]


_PLAIN_LETTERS = _PlainLetters()
_DIGITS_OF_NUMBER = 9  # without the zero, as spreadsheets leave it
_PHONE = re.compile(r"\+212[1-8]\d{8}", re.ASCII)
MOBILE_PREFIXES = ("+2126", "+2127")


def N_(message: str) -> str:  # noqa: N802 - the name gettext tools look for
    """Mark a sentence for extraction; it is translated where it is shown."""
    return message


def clean(text: str) -> str:
    """Drop control characters and bidi marks, and trim; the text itself stays as typed."""
    if text.isprintable():  # then there is nothing to drop: neither controls nor marks are printable
        return text.strip()
    kept = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return kept.translate(_BIDI_MARKS).strip()


def western_digits(text: str) -> str:
    """Write Arabic-Indic and Persian digits as 0-9."""
    return text.translate(_DIGITS)


def fold(text: str) -> str:
    """Return a key under which spellings of one name meet (promises A41).

    Folds hamza forms, final ya and ta marbuta, tatweel, vowel marks, accents, case,
    punctuation and spaces. For comparison only, never for display.
    """
    plain = unicodedata.normalize("NFKD", clean(western_digits(text)).translate(_ARABIC_FOLDS))
    return " ".join(plain.translate(_PLAIN_LETTERS).split())


def normalize_phone(text: str) -> str | None:
    """Return a Moroccan number as `+212…` (E.164), or None when it cannot be one.

    Takes 06…, 6…, +212 6…, 00212…, 2126…, spaces, dashes and Arabic-Indic digits.
    Source: numbering plan of ANRT, as in `docs/glossary.md` (phone).
    """
    digits = re.sub(r"[^\d+]", "", western_digits(clean(text)))
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    elif digits.startswith("212"):
        digits = "+" + digits
    elif digits.startswith("0"):
        digits = "+212" + digits[1:]
    elif len(digits) == _DIGITS_OF_NUMBER:
        digits = "+212" + digits
    if digits.startswith("+2120"):
        digits = "+212" + digits[5:]
    return digits if _PHONE.fullmatch(digits) else None


def isolate(text: str) -> str:
    """Wrap text typed by people in isolates, for plain text that people read (promises A36)."""
    return f"\u2068{text}\u2069"
