"""Dirhams as whole centimes. Never a float."""

import re
from decimal import Decimal

from fairapp.foundation.errors import RuleViolation
from fairapp.foundation.text import N_, clean, western_digits

CURRENCY = "MAD"
MOST_MINOR = 999_999_999  # 9999999.99 dirhams, the largest amount of the contract

_AMOUNT = re.compile(r"\d{1,7}(?:\.\d{1,2})?", re.ASCII)


class AmountUnreadable(RuleViolation):
    """The text is not an amount in dirhams."""

    message = N_("Write the amount in figures, for example 120 or 120.50.")
    field = "amount"


def parse_amount(text: str) -> int:
    """Return centimes of an amount typed by a person; takes `,` `٫` `.`, spaces and any digits.

    Raises: AmountUnreadable.
    """
    plain = re.sub(r"\s", "", western_digits(clean(text))).replace("٫", ".").replace(",", ".")
    return parse_decimal(plain)


def parse_decimal(text: str) -> int:
    """Return centimes of a plain decimal with at most two places, 0 to 9999999.99.

    Raises: AmountUnreadable.
    """
    if not _AMOUNT.fullmatch(text):
        raise AmountUnreadable()
    return int(Decimal(text) * 100)


def to_decimal(amount_minor: int) -> Decimal:
    """Return dirhams with two places."""
    return Decimal(amount_minor).scaleb(-2).quantize(Decimal("0.01"))


def to_text(amount_minor: int) -> str:
    """Return the contract's form of an amount, `"125.50"`."""
    return f"{to_decimal(amount_minor):.2f}"
