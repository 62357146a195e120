"""Hashing of passwords: argon2id, by Flask-Security. Needs an application context."""

from functools import cache

from flask_security.utils import hash_password as _hash
from flask_security.utils import verify_password as _verify

from fairapp.accounts.domain import MOST_PASSWORD, normalize_password

# 19 MiB, two passes: as strong as the library's 64 MiB, and 300 people at once do not fill
# the memory of a small server. Source: OWASP password storage cheat sheet, argon2id.
ARGON2 = {"argon2__memory_cost": 19_456, "argon2__time_cost": 2, "argon2__parallelism": 1}


def hash_password(password: str) -> str:
    """Return what is stored of a password. Slow on purpose: never inside a transaction."""
    hashed: str = _hash(normalize_password(password))
    return hashed


def is_password(password: str, stored: str | None) -> bool:
    """Tell whether a password is the stored one; takes as long when nothing is stored."""
    if len(password) > MOST_PASSWORD:
        password = ""
    matches: bool = _verify(normalize_password(password), stored or _decoy())
    return matches and stored is not None


@cache
def _decoy() -> str:
    return hash_password("nobody has this password")
