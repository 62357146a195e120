"""Identities, passwords, scopes of roles, sign-ins and windows of attempts: rules only."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fairapp.accounts.errors import PasswordEasilyGuessed, PasswordTooLong, PasswordTooShort
from fairapp.audit.domain import Role, ScopeKind
from fairapp.foundation.text import clean, fold, normalize_phone

SHORT_SIGN_IN = timedelta(hours=12)
LONG_SIGN_IN = timedelta(days=30)
PASSWORD_LINK_VALID = timedelta(minutes=60)
FIRST_PASSWORD_LINK_VALID = timedelta(days=7)
INVITATION_VALID = timedelta(days=30)
STUCK_AFTER = timedelta(minutes=5)  # longer than a server takes to answer
LEAST_PASSWORD, MOST_PASSWORD = 10, 128

# One account: few tries. One address: many, since a whole fair may share it (promises B67).
SIGN_IN_WINDOW_S = 15 * 60
MOST_SIGN_INS_PER_ACCOUNT = 10
MOST_SIGN_INS_PER_ADDRESS = 300
MOST_LINKS_PER_ACCOUNT = 3

SCOPES: dict[Role, tuple[ScopeKind, ...]] = {
    Role.ADMINISTRATOR: (ScopeKind.NATION,),
    Role.ORGANIZER: (ScopeKind.EVENT, ScopeKind.REGION, ScopeKind.NATION),
    Role.GATE: (ScopeKind.EVENT, ScopeKind.REGION, ScopeKind.NATION),
    Role.OFFICIAL: (ScopeKind.NATION, ScopeKind.REGION, ScopeKind.EVENT),
    Role.DESK_AGENT: (ScopeKind.NATION, ScopeKind.REGION, ScopeKind.EVENT),
    Role.REVIEWER: (ScopeKind.EVENT,),
    Role.COOPERATIVE: (ScopeKind.COOPERATIVE,),
}
"""Scopes in which an account may hold a role. A till is a device, never an account."""

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_GUESSED_FIRST = ("password", "motdepasse", "azerty", "qwerty", "12345", "00000", "11111", "fairapp", "maroc")
_BROWSERS = (
    ("Edg", "Edge"),
    ("SamsungBrowser", "Samsung Internet"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class Identity:
    """What a person signs in with: an e-mail address or a phone number, never both."""

    email: str | None = None
    phone: str | None = None

    @property
    def key(self) -> str:
        """The text that attempts are counted under."""
        return self.email or self.phone or ""


def normalize_email(text: str) -> str | None:
    """Return an address in the one form that is stored, or None when it cannot be one."""
    email = unicodedata.normalize("NFKC", clean(text)).casefold()
    return email if _EMAIL.fullmatch(email) and len(email) <= 254 else None


def parse_identity(text: str) -> Identity | None:
    """Return who signs in, from an e-mail address or a phone number in any writing."""
    if "@" in text:
        email = normalize_email(text)
        return Identity(email=email) if email else None
    phone = normalize_phone(text)
    return Identity(phone=phone) if phone else None


def normalize_password(password: str) -> str:
    """Return the one spelling of a password, whatever the keyboard composed."""
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, *, about: tuple[str, ...] = ()) -> None:
    """Refuse a password that is too short, too long, or guessed first.

    `about` is what others know of the person: name, e-mail address, phone number.

    Raises: PasswordTooShort, PasswordTooLong, PasswordEasilyGuessed.
    Source: NIST SP 800-63B, 5.1.1.2: length and a list, no rules of composition.
    """
    if len(password) < LEAST_PASSWORD:
        raise PasswordTooShort(least=LEAST_PASSWORD)
    if len(password) > MOST_PASSWORD:
        raise PasswordTooLong(most=MOST_PASSWORD)
    plain = _bare(password)
    left = plain
    for word in (*_known_words(about), *_GUESSED_FIRST):
        left = left.replace(word, "")
    if len(left) < LEAST_PASSWORD // 2 or len(set(plain)) < LEAST_PASSWORD // 2:
        raise PasswordEasilyGuessed()


def _bare(text: str) -> str:
    return fold(text).replace(" ", "")


def _known_words(about: tuple[str, ...]) -> list[str]:
    # A phone number is known as +212 6… and as 06…, an address also by what stands before the @.
    texts = [part for text in about for part in (text, text.partition("@")[0], text.replace("+212", "0"))]
    return [word for word in map(_bare, texts) if len(word) > LEAST_PASSWORD // 3]


def password_fingerprint(uniquifier: str, password_hash: str | None) -> str:
    """Return what changes with every change of password, so that a link works once."""
    return hashlib.sha256(f"{uniquifier}:{password_hash or ''}".encode()).hexdigest()[:32]


def describe_browser(user_agent: str) -> str:
    """Return the words by which a person knows the browser, `Chrome, Android`."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return ", ".join(part for part in (browser, system) if part) or clean(user_agent)[:60]


def window_start(now: datetime, window_s: int) -> datetime:
    """Return when the window of attempts began that holds an instant."""
    seconds = int(now.timestamp())
    return datetime.fromtimestamp(seconds - seconds % window_s, UTC)
