"""What an entry of the ledger must be, on which day it counts, and what a reversal undoes.

Pure. Amounts are centimes, quantities thousandths, instants aware.
"""

import enum
import re
from collections.abc import Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from fairapp.events.domain import trading_day
from fairapp.foundation.clock import from_local
from fairapp.foundation.text import clean
from fairapp.sales.errors import (
    AmountRejected,
    EntryUnreadable,
    IdUnreadable,
    PaymentUnknown,
    ProductUnreadable,
    QuantityRejected,
    SectorUnknown,
    TimeRejected,
)

MOST_ENTRIES = 1_000
CLOCK_TOLERANCE = timedelta(minutes=10)
LONGEST_PRODUCT = 120

_FIRST_YEAR, _LAST_YEAR = 1970, 2199
_match_amount = re.compile(r"(\d{1,7})(?:\.(\d{1,2}))?", re.ASCII).fullmatch
_QUANTITY = re.compile(r"(\d{1,6})(?:\.(\d{1,3}))?", re.ASCII)
_match_uuid = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE
).fullmatch


class Payment(enum.StrEnum):
    """How a buyer paid."""

    CASH = "cash"
    CARD = "card"
    TRANSFER = "transfer"
    MOBILE = "mobile"


class SyncOutcome(enum.StrEnum):
    """Answer to one entry of a sync (contracts 3)."""

    RECORDED = "recorded"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    REJECTED = "rejected"


class FlagKind(enum.StrEnum):
    """Why an organizer should look at an entry that was recorded all the same."""

    NO_HOLDER = "no_holder"
    OUTSIDE_DAYS = "outside_days"
    CLOCK_CORRECTED = "clock_corrected"
    REVERSAL_MISMATCH = "reversal_mismatch"


class ReportSource(enum.StrEnum):
    """How a stand's declaration reached us."""

    TILL = "till"
    PAPER = "paper"
    PHONE = "phone"


class StandDayState(enum.StrEnum):
    """What we know of one expected stand-day."""

    REPORTED = "reported"
    ZERO = "zero"
    MISSING = "missing"
    DIFFERS = "differs"


_PAYMENTS = {payment.value: payment for payment in Payment}


class SaleEntry(NamedTuple):
    """One well-formed entry as a device sent it. `sold_at` is the device's own time, in UTC.

    Ids are canonical text: entries come by the hundred, and text compares faster than UUIDs.
    `amount_minor` is positive, also of a reversal, which names its sale in `reverses`.
    """

    id: str
    stop: str
    stand: str
    sold_at: datetime
    amount_minor: int
    payment: Payment
    sector: str | None = None
    product: str | None = None
    quantity_milli: int | None = None
    reverses: str | None = None


class BadEntry(NamedTuple):
    """An entry that is not well formed: its id as it was sent, if it is text, and why."""

    id: str | None
    why: str


@dataclass(frozen=True, slots=True)
class SaleOrigin:
    """What a reversal must repeat of its sale."""

    stand_id: int
    amount_minor: int  # signed, as in the ledger


@dataclass(frozen=True, slots=True)
class StopHours:
    """Days and hours of a stop, local, as far as the trading day depends on them."""

    starts_on: date
    ends_on: date
    opens_at: time | None
    closes_at: time | None
    cancelled: bool = False

    def is_open_on(self, day: date) -> bool:
        """Tell whether the stop is held on a day."""
        return not self.cancelled and self.starts_on <= day <= self.ends_on


def read_uuid(text: object) -> str:
    """Return the canonical text of a UUID, version 4 or 7, written in any case.

    Raises: IdUnreadable.
    """
    if isinstance(text, str) and _match_uuid(text):
        return text.lower()
    raise IdUnreadable()


def read_amount(text: object) -> int:
    """Return the centimes of a positive decimal with at most two places.

    Raises: AmountRejected.
    """
    match = _match_amount(text) if isinstance(text, str) else None
    if match is None:
        raise AmountRejected()
    whole, cents = match.groups("")
    amount = int(whole + cents.ljust(2, "0"))
    if amount == 0:
        raise AmountRejected()
    return amount


def read_instant(text: object) -> datetime:
    """Return the UTC instant of an RFC 3339 text with offset.

    Raises: TimeRejected, also where no fair can have been held.
    """
    try:
        instant = datetime.fromisoformat(text.upper()) if isinstance(text, str) else None
    except ValueError:
        raise TimeRejected() from None
    if instant is None or instant.tzinfo is None or not _FIRST_YEAR <= instant.year <= _LAST_YEAR:
        raise TimeRejected()
    return instant if instant.tzinfo is UTC else instant.astimezone(UTC)


def read_quantity(text: object) -> int | None:
    """Return the thousandths of a positive decimal with at most three places, None for none.

    Raises: QuantityRejected.
    """
    if text is None:
        return None
    match = _QUANTITY.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise QuantityRejected()
    whole, part = match.groups()
    quantity = int(whole) * 1000 + (int(part.ljust(3, "0")) if part else 0)
    if quantity == 0:
        raise QuantityRejected()
    return quantity


def read_product(text: object) -> str | None:
    """Return the product without control signs; an empty text names none.

    Raises: ProductUnreadable.
    """
    if text is None:
        return None
    if not isinstance(text, str):
        raise ProductUnreadable()
    product = _clean_product(text)
    if len(product) > LONGEST_PRODUCT:
        raise ProductUnreadable()
    return product or None


@lru_cache(maxsize=1024)  # a stand sells the same few products all day
def _clean_product(text: str) -> str:
    return clean(text)


_FIELDS = ("id", "stop", "stand", "sold_at", "amount", "payment", "sector", "product", "quantity", "reverses")
_all_fields = itemgetter(*_FIELDS)


def read_entry(raw: Any, *, sectors: Set[str]) -> SaleEntry:
    """Return the entry that an object of a request describes.

    Raises: EntryRejected, in the class that says why.
    """
    if not isinstance(raw, dict):
        raise EntryUnreadable()
    try:
        values = _all_fields(raw)
    except KeyError:
        values = tuple(map(raw.get, _FIELDS))
    id_, stop, stand, sold_at, amount, payment, sector, product, quantity, reverses = values
    id_ = read_uuid(id_)
    if not isinstance(stop, str) or not isinstance(stand, str):
        raise EntryUnreadable()
    if sector is not None and (not isinstance(sector, str) or sector not in sectors):
        raise SectorUnknown()
    if not isinstance(payment, str) or payment not in _PAYMENTS:
        raise PaymentUnknown()
    return SaleEntry(
        id_,
        stop,
        stand,
        read_instant(sold_at),
        read_amount(amount),
        _PAYMENTS[payment],
        sector,
        None if product is None else read_product(product),
        None if quantity is None else read_quantity(quantity),
        None if reverses is None else read_uuid(reverses),
    )


def clock_correction(sent_at: datetime | None, now: datetime) -> timedelta:
    """Return what to add to the times of a device: nothing within the tolerance (contracts 3)."""
    if sent_at is None:
        return timedelta(0)
    difference = now - sent_at
    return difference if abs(difference) > CLOCK_TOLERANCE else timedelta(0)


def day_of_sale(sold_at: datetime, stop: StopHours) -> date:
    """Return the trading day of a corrected instant at a stop (contracts 4)."""
    return trading_day(sold_at, closes_at=stop.closes_at, opens_at=stop.opens_at)


@dataclass(frozen=True, slots=True)
class DaySpan:
    """One trading day of a stop: the instants from `starts_at` to before `ends_at`."""

    day: date
    starts_at: datetime
    ends_at: datetime


def span_of_day(sold_at: datetime, stop: StopHours) -> DaySpan:
    """Return the trading day of an instant with its limits, for the many sales that fall into it."""
    day = day_of_sale(sold_at, stop)
    opens, closes = stop.opens_at, stop.closes_at
    turns_at = closes if opens is not None and closes is not None and closes < opens else time.min
    return DaySpan(day, from_local(day, turns_at), from_local(day + timedelta(days=1), turns_at))


def reversal_matches(sale: SaleOrigin, *, stand_id: int, amount_minor: int) -> bool:
    """Tell whether a reversal of a positive amount undoes this ledger entry.

    A reversal cannot be reversed: its amount is negative.
    """
    return sale.stand_id == stand_id and sale.amount_minor == amount_minor


def stand_day_turnover(*, sales_count: int, amount_minor: int, takings_minor: int | None) -> int:
    """Return the turnover of a stand-day: its sales, else what it declared (contracts 3)."""
    if sales_count > 0 or takings_minor is None:
        return amount_minor
    return takings_minor


def stand_day_state(
    *, entries_count: int, sales_count: int, amount_minor: int, takings_minor: int | None
) -> StandDayState:
    """Return what is known of an expected stand-day; an explicit zero is a report."""
    if entries_count == 0 and takings_minor is None:
        return StandDayState.MISSING
    if sales_count > 0 and takings_minor is not None and takings_minor != amount_minor:
        return StandDayState.DIFFERS
    if sales_count == 0 and takings_minor == 0:
        return StandDayState.ZERO
    return StandDayState.REPORTED
