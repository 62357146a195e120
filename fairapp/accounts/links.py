"""Signed links under which an account chooses a password: short-lived, single use, not stored."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session

from fairapp.accounts.domain import password_fingerprint
from fairapp.accounts.errors import LinkNotValid
from fairapp.accounts.models import Account
from fairapp.accounts.queries.people import account_by_code
from fairapp.foundation.errors import NotFound

_SALT = "accounts.password_link"


def make_password_link(account: Account, *, secrets: Sequence[str], valid: timedelta, now: datetime) -> str:
    """Return the token of a link; it ends with `valid`, and with the next change of password."""
    fingerprint = password_fingerprint(account.fs_uniquifier, account.password)
    return _signer(secrets).dumps([account.code, fingerprint, int((now + valid).timestamp())])


def account_of_link(
    session: Session, *, token: str, secrets: Sequence[str], now: datetime
) -> tuple[Account, str]:
    """Return the account of a link, and the fingerprint that `set_password` asks for.

    Raises: LinkNotValid.
    """
    try:
        code, fingerprint, ends_at = _signer(secrets).loads(token)
        account = account_by_code(session, code=code)
    except (BadSignature, NotFound) as error:
        raise LinkNotValid() from error
    live = password_fingerprint(account.fs_uniquifier, account.password)
    if now.timestamp() >= ends_at or live != fingerprint or not account.active:
        raise LinkNotValid()
    return account, fingerprint


def _signer(secrets: Sequence[str]) -> URLSafeSerializer:
    # itsdangerous signs with the last key and takes all of them.
    return URLSafeSerializer(list(reversed(secrets)), salt=_SALT)
