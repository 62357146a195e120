"""Keyed hashes of short secrets: whoever reads the database alone cannot find them (promises B67)."""

import hashlib
import hmac

from flask import current_app

from config import Settings


def seal(text: str) -> str:
    """Return the hash of a secret under the key of this instance, hex."""
    return _sealed(text, _keys()[0])


def opens(text: str, sealed: str) -> bool:
    """Tell whether a text is the secret of a hash, also one made under an older key."""
    return any(hmac.compare_digest(_sealed(text, key), sealed) for key in _keys())


def _sealed(text: str, key: bytes) -> str:
    return hmac.new(key, f"registrations.codes:{text}".encode(), hashlib.sha256).hexdigest()


def _keys() -> list[bytes]:
    settings: Settings = current_app.extensions["settings"]
    secrets = (settings.secret_key, *settings.secret_key_fallbacks)
    return [secret.get_secret_value().encode() for secret in secrets]
