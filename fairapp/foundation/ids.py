"""Ids that can be told on the phone and tokens that cannot be guessed."""

import hashlib
import secrets

from fairapp.foundation.text import clean, western_digits

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # 31 symbols, a prime: no 0 O 1 I L
_RANDOM_SYMBOLS = 7


def _check_symbol(body: str) -> str:
    # Weights 2..8 modulo a prime find every wrong symbol and every swap of neighbours.
    total = sum((place + 2) * ALPHABET.index(symbol) for place, symbol in enumerate(body))
    return ALPHABET[total % len(ALPHABET)]


def new_reference() -> str:
    """Return a fresh reference: seven random symbols and a check symbol, without the dash."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(_RANDOM_SYMBOLS))
    return body + _check_symbol(body)


def parse_reference(text: str) -> str | None:
    """Return the stored form of a reference typed in any case, with or without dashes and spaces.

    None when it cannot be a reference: wrong length, wrong symbol, or the check symbol differs.
    """
    symbols = "".join(c for c in western_digits(clean(text)).upper() if c.isalnum())
    if len(symbols) != _RANDOM_SYMBOLS + 1 or any(c not in ALPHABET for c in symbols):
        return None
    return symbols if _check_symbol(symbols[:-1]) == symbols[-1] else None


def reference_number(reference: str) -> int:
    """Return the number that the seven random symbols of a stored reference spell, below 31**7."""
    number = 0
    for symbol in reference[:_RANDOM_SYMBOLS]:
        number = number * len(ALPHABET) + ALPHABET.index(symbol)
    return number


def numbered_reference(number: int) -> str | None:
    """Return the stored reference that spells a number, or None when the number is too large."""
    symbols = ""
    for _ in range(_RANDOM_SYMBOLS):
        number, digit = divmod(number, len(ALPHABET))
        symbols = ALPHABET[digit] + symbols
    return None if number else symbols + _check_symbol(symbols)


def scattered_reference(series: str, number: int) -> str:
    """Return one of a series of references that never repeats; who lacks the series cannot guess it.

    For bulk: of 60,000 random references two are the same in one case of sixteen.
    """
    space = len(ALPHABET) ** _RANDOM_SYMBOLS
    digest = int(hashlib.sha256(series.encode()).hexdigest(), 16)
    step, start = divmod(digest % (space * space), space)
    step += step % len(ALPHABET) == 0  # prime to the space, so that every number is met once
    return numbered_reference((start + step * number) % space) or ""


def show_reference(reference: str) -> str:
    """Return the form people read, `K7QM-4T2X`."""
    return f"{reference[:4]}-{reference[4:]}"


def new_token() -> str:
    """Return an unguessable token for a link or a device, 192 bits."""
    return secrets.token_urlsafe(24)


def token_hash(token: str) -> str:
    """Return what is stored of a token: SHA-256, hex. Enough for random 192-bit secrets."""
    return hashlib.sha256(token.encode()).hexdigest()
