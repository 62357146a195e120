"""Who may call what: every route and call declares it, one hook enforces it."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, g, request
from flask.typing import ResponseReturnValue

from fairapp.audit.domain import GUEST, PERMISSIONS, Actor
from fairapp.foundation.errors import Forbidden, Refusal
from fairapp.foundation.text import N_

PUBLIC = "public"
ActorLoader = Callable[[], Actor]
F = TypeVar("F", bound=Callable[..., Any])


class NotSignedIn(Refusal):
    """Nobody is signed in, or the token is unknown (401; a page sends to the sign-in)."""

    message = N_("Sign in to continue.")


def public(view: F) -> F:
    """Declare that anyone may call a view."""
    view.access = PUBLIC  # type: ignore[attr-defined] # read by the hook and the guard tests
    return view


def requires(action: str) -> Callable[[F], F]:
    """Declare the action that a caller must be allowed; see `audit.domain.PERMISSIONS`.

    Raises: KeyError at import, for an action that nobody declared.
    """
    PERMISSIONS[action]

    def declare(view: F) -> F:
        view.access = action  # type: ignore[attr-defined] # read by the hook and the guard tests
        return view

    return declare


def access_of(app: Flask, endpoint: str) -> str | None:
    """Return the declared access of an endpoint: PUBLIC, an action, or None when undeclared."""
    return getattr(app.view_functions[endpoint], "access", None)


def init_access(app: Flask, load_actor: ActorLoader) -> None:
    """Find the actor of every request and refuse what its endpoint does not allow.

    Undeclared endpoints are refused to everyone, so that a forgotten rule shows at once.
    """
    if "static" in app.view_functions:
        public(app.view_functions["static"])

    @app.before_request
    def enforce() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None  # 404 or 405, decided by the router
        access = access_of(app, request.endpoint)
        g.actor = load_actor()
        if access == PUBLIC:
            return None
        if access is None:
            raise Forbidden()
        if g.actor == GUEST:
            raise NotSignedIn()
        if not g.actor.may(access):
            raise Forbidden()
        return None


def current_actor() -> Actor:
    """Return who makes this request; a guest when nobody is signed in."""
    actor: Actor = g.get("actor", GUEST)
    return actor
