"""Who is signed in: server-side sign-ins that can be revoked, and bearer tokens of calls.

The cookie holds a random token; its hash is a row of `sign_ins`, asked for on each request.
Flask-Security brings `login_user`, `logout_user` and `current_user`; its own pages, commands
and tokens are switched off.
"""

from datetime import timedelta
from typing import Any

from flask import Flask, request
from flask import session as cookie
from flask_security import RoleMixin, Security, SQLAlchemyUserDatastore, current_user
from flask_security.utils import login_user, logout_user

from config import Settings
from fairapp.accounts import passwords
from fairapp.accounts.domain import LONG_SIGN_IN, SHORT_SIGN_IN, describe_browser, parse_identity
from fairapp.accounts.models import Account
from fairapp.accounts.queries.actors import actor_of, bearer_actor, signed_in_account
from fairapp.accounts.queries.people import account_by_identity
from fairapp.accounts.services.sign_ins import close_sign_in, open_sign_in
from fairapp.audit.domain import GUEST, Actor
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import db, reading, transaction
from fairapp.foundation.ids import token_hash
from fairapp.web.access import NotSignedIn, init_access

SIGN_IN = "sign_in"
API_PREFIX = "/api/"
_BEARER = "bearer "
_WITHOUT_ACTOR = frozenset({"static"})


class _NoRole(RoleMixin):
    """Stands in for Flask-Security's roles, which it asks for; ours are grants."""


def init_accounts(app: Flask, settings: Settings) -> None:
    """Set up sign-in and find the actor of every request."""
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - the name of a method
        SECURITY_PASSWORD_SINGLE_HASH=["argon2"],  # salted by itself: survives a new SECRET_KEY
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS=passwords.ARGON2,
        SECURITY_CLI_USERS_NAME=False,
        SECURITY_CLI_ROLES_NAME=False,
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        PERMANENT_SESSION_LIFETIME=LONG_SIGN_IN,
        SESSION_REFRESH_EACH_REQUEST=False,
    )
    security: Any = Security(app, SQLAlchemyUserDatastore(db, Account, _NoRole), register_blueprint=False)
    manager = security.login_manager
    manager.session_protection = None  # phones change their address; the sign-in is in the database
    manager.user_loader(_load_account)
    manager.request_loader(lambda _request: None)  # the library's own tokens are not ours
    # Flask-Principal would ask for the user on every request, static files too.
    app.before_request_funcs[None].remove(security.principal._on_before_request)
    init_access(app, load_actor)


def load_actor() -> Actor:
    """Return who makes this request: by bearer token under /api/, by cookie elsewhere.

    Raises: NotSignedIn, for a bearer token that is unknown or revoked.
    """
    if request.endpoint in _WITHOUT_ACTOR:
        return GUEST
    if request.path.startswith(API_PREFIX):
        return _actor_of_call()
    account = signed_in()
    return GUEST if account is None else actor_of(account)


def signed_in() -> Account | None:
    """Return the account that is signed in by cookie, with its grants."""
    if SIGN_IN not in cookie:
        return None
    account = current_user._get_current_object()
    return account if isinstance(account, Account) else None


def authenticate(identifier: str, password: str) -> Account | None:
    """Return the account that an identifier and a password open.

    Takes equally long and says nothing more, whether the account is unknown, disabled or the
    password wrong (promises B67).
    """
    identity = parse_identity(identifier)
    account = account_by_identity(reading(), identity=identity) if identity else None
    stored = account.password if account is not None and account.active else None
    return account if passwords.is_password(password, stored) else None


def start_session(
    account: Account, *, remember: bool, counted: tuple[tuple[str, str, int], ...] = ()
) -> None:
    """Sign this browser in, under a new token and an empty cookie (rotation, B63)."""
    with transaction() as session:
        token = open_sign_in(
            session,
            account_id=account.id,
            browser=describe_browser(request.user_agent.string),
            lasts=_lifetime(remember),
            replaces=cookie.get(SIGN_IN),
            counted=counted,
            now=utc_now(),
        )
    cookie.clear()
    login_user(account, remember=False, authn_via=["password"])
    cookie[SIGN_IN] = token
    cookie.permanent = remember


def end_session() -> None:
    """Sign this browser out; its cookie is worth nothing from now on."""
    if token := cookie.get(SIGN_IN):
        with transaction() as session:
            close_sign_in(session, token=token, now=utc_now())
    logout_user()
    cookie.clear()


def this_sign_in() -> str | None:
    """Return the hash of this browser's sign-in."""
    token = cookie.get(SIGN_IN)
    return token_hash(token) if token else None


def is_remembered() -> bool:
    """Tell whether this browser asked to stay signed in."""
    return bool(cookie.permanent)


def _lifetime(remember: bool) -> timedelta:
    return LONG_SIGN_IN if remember else SHORT_SIGN_IN


def _load_account(uniquifier: str) -> Account | None:
    token = cookie.get(SIGN_IN)
    if not token:
        return None
    account = signed_in_account(reading(), token_hash=token_hash(token), now=utc_now())
    return account if account is not None and account.fs_uniquifier == uniquifier else None


def _actor_of_call() -> Actor:
    header = request.headers.get("Authorization", "")
    if not header:
        return GUEST
    if not header.lower().startswith(_BEARER):
        raise NotSignedIn()
    actor = bearer_actor(reading(), token_hash=token_hash(header[len(_BEARER) :].strip()))
    if actor is None:
        raise NotSignedIn()
    return actor
