"""What a badge says in its 80 bytes, and the verdict on it at a gate. Pure.

The QR text is base45 (RFC 9285) of 16 bytes of claim and 64 bytes of signature: 120
symbols, all from the alphanumeric set of QR codes. No personal data, no running number.
"""

import enum
from dataclasses import dataclass
from datetime import date, timedelta

VERSION = 1
CLAIM_BYTES = 16
SIGNATURE_BYTES = 64
LONGEST_CODE = 5000  # nothing longer is looked at; a QR code holds at most 4,296 symbols

_DAY_ZERO = date(2020, 1, 1)
_BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {symbol: value for value, symbol in enumerate(_BASE45)}


class ScanOutcome(enum.StrEnum):
    """What the server says of a scan (contracts 3)."""

    ADMITTED = "admitted"
    ALREADY_IN = "already_in"
    REVOKED = "revoked"
    WRONG_EVENT = "wrong_event"
    WRONG_DAY = "wrong_day"
    FORGED = "forged"


class GateDecision(enum.StrEnum):
    """What a gate decided by itself, without network; kept as a fact."""

    ADMITTED = "admitted"
    REFUSED = "refused"


class BadgeStatus(enum.StrEnum):
    """Whether a badge opens a gate."""

    VALID = "valid"
    REVOKED = "revoked"


class HandReason(enum.StrEnum):
    """Why gate staff let someone in against the verdict."""

    CAME_BACK = "came_back"
    IDENTITY_CHECKED = "identity_checked"
    ORGANIZER_AGREED = "organizer_agreed"
    OTHER = "other"


class HolderKind(enum.IntEnum):
    """Who carries a badge; other kinds get numbers of their own."""

    EXHIBITOR = 1


@dataclass(frozen=True, slots=True)
class Claim:
    """What a badge claims: event, number, holder and days, and the key that vouches for it.

    `number` is spelt by the short code (`foundation.ids.numbered_reference`). Both days included.
    """

    event_id: int
    number: int
    holder: HolderKind
    valid_from_on: date
    valid_to_on: date
    key_id: int


def pack_claim(claim: Claim) -> bytes:
    """Return the 16 bytes that are signed: version 1, event 3, number 5, holder 1, days 2 + 2, key 2.

    Days are the first one, counted from 2020-01-01, and how many follow it.

    Raises: OverflowError, when a value does not fit.
    Source: promises B50.
    """
    return b"".join(
        value.to_bytes(size, "big")
        for value, size in (
            (VERSION, 1),
            (claim.event_id, 3),
            (claim.number, 5),
            (claim.holder, 1),
            ((claim.valid_from_on - _DAY_ZERO).days, 2),
            ((claim.valid_to_on - claim.valid_from_on).days, 2),
            (claim.key_id, 2),
        )
    )


def unpack_claim(packed: bytes) -> Claim | None:
    """Return the claim in 16 bytes, or None when they are none of ours."""
    if len(packed) != CLAIM_BYTES or packed[0] != VERSION or packed[9] not in list(HolderKind):
        return None
    first = _DAY_ZERO + timedelta(days=int.from_bytes(packed[10:12], "big"))
    return Claim(
        event_id=int.from_bytes(packed[1:4], "big"),
        number=int.from_bytes(packed[4:9], "big"),
        holder=HolderKind(packed[9]),
        valid_from_on=first,
        valid_to_on=first + timedelta(days=int.from_bytes(packed[12:14], "big")),
        key_id=int.from_bytes(packed[14:16], "big"),
    )


def write_code(claim: bytes, signature: bytes) -> str:
    """Return the QR text of a claim and its raw signature (r, then s)."""
    return base45(claim + signature)


def split_code(code: str) -> tuple[bytes, bytes] | None:
    """Return claim and signature of a QR text, or None for any text of another shape.

    One badge has one text: whatever does not come out the same when written again is refused.
    """
    if len(code) != len(base45(bytes(CLAIM_BYTES + SIGNATURE_BYTES))):
        return None
    raw = from_base45(code)
    if raw is None:
        return None
    return raw[:CLAIM_BYTES], raw[CLAIM_BYTES:]


def base45(raw: bytes) -> str:
    """Return bytes, an even number of them, as base45 text."""
    symbols: list[str] = []
    for place in range(0, len(raw), 2):
        rest, first = divmod(int.from_bytes(raw[place : place + 2], "big"), 45)
        third, second = divmod(rest, 45)
        symbols += (_BASE45[first], _BASE45[second], _BASE45[third])
    return "".join(symbols)


def from_base45(text: str) -> bytes | None:
    """Return the bytes of base45 text in whole groups of three symbols, else None."""
    if len(text) % 3 or any(symbol not in _VALUES for symbol in text):
        return None
    raw = bytearray()
    for place in range(0, len(text), 3):
        first, second, third = (_VALUES[symbol] for symbol in text[place : place + 3])
        value = first + 45 * second + 2025 * third
        if value > 0xFFFF:
            return None
        raw += value.to_bytes(2, "big")
    return bytes(raw)


@dataclass(frozen=True, slots=True)
class ScanCase:
    """What a verdict depends on. Without a known badge the other values mean nothing.

    `day` is the trading day of the scan; the days are those of the scanned stop, None when
    the badge's registration holds no stand there.
    """

    known: bool  # signed by one of our keys and on record, or a short code on record
    same_event: bool = True
    revoked: bool = False
    day: date = date.min
    first_on: date | None = None
    last_on: date | None = None
    seen: bool = False  # let in before at this stop on this day


def verdict(case: ScanCase) -> ScanOutcome:
    """Return what a gate says; the gate's phone decides by the same table of cases.

    Source: promises A61; the cases are in `tests/badges/verdicts.json`.
    """
    if not case.known:
        return ScanOutcome.FORGED
    if not case.same_event:
        return ScanOutcome.WRONG_EVENT
    if case.revoked:
        return ScanOutcome.REVOKED
    if case.first_on is None or case.last_on is None or not case.first_on <= case.day <= case.last_on:
        return ScanOutcome.WRONG_DAY
    return ScanOutcome.ALREADY_IN if case.seen else ScanOutcome.ADMITTED


def lets_in(outcome: ScanOutcome, decided: GateDecision | None) -> bool:
    """Tell whether a scan let a person in: what the gate decided goes before the verdict."""
    return outcome is ScanOutcome.ADMITTED if decided is None else decided is GateDecision.ADMITTED


def is_contested(outcome: ScanOutcome, decided: GateDecision | None) -> bool:
    """Tell whether a gate decided otherwise than the server would have (promises B52)."""
    return decided is not None and (decided is GateDecision.ADMITTED) != (outcome is ScanOutcome.ADMITTED)


@dataclass(frozen=True, slots=True)
class CardStop:
    """One stop as a badge shows it, with the stands held there; none when the place is not given."""

    code: str
    place_ar: str
    place_fr: str
    starts_on: date
    ends_on: date
    stands: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """What is on the face of a badge, and whether it still opens a gate.

    `position` of `count` counts the representatives of the registration from 1. `gender` is
    "woman", "man" or None: not stated. `sector_code` is the first one of the registration.
    """

    code: str
    short_code: str
    token: str
    name: str
    gender: str | None
    cooperative_ar: str
    cooperative_fr: str
    event_ar: str
    event_fr: str
    event_slug: str
    stops: tuple[CardStop, ...]
    sector_code: str | None
    position: int
    count: int
    status: BadgeStatus
    phone: str | None = None  # of the organizer

    @property
    def placed(self) -> tuple[CardStop, ...]:
        """The stops where the registration holds a stand."""
        return tuple(stop for stop in self.stops if stop.stands)
