"""Protection against forged posts (promises B64): where a post comes from, and its token."""

from typing import NoReturn
from urllib.parse import urlsplit

from flask import Flask, Request, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect

from config import Settings
from fairapp.foundation.errors import Forbidden
from fairapp.foundation.text import N_
from fairapp.web.problem import is_api_request

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_SECRETS = frozenset({"csrf_token", "code", "passcode"})  # these and passwords are never written out again


class ForeignPost(Forbidden):
    """Another site sent the form."""

    message = N_("This form was sent from another site. Open the page here and send it again.")


class _Protection(CSRFProtect):
    def _error_response(self, reason: str) -> NoReturn:
        raise CSRFError(reason)


def comes_from_here(received: Request, public_url: str) -> bool | None:
    """Tell whether a page of ours sent the request; None when the browser does not say.

    `Sec-Fetch-Site` decides where it is sent (https and localhost), else `Origin`.
    """
    site = received.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = received.headers.get("Origin")
    if origin is None:
        return None
    ours = {_origin(received.host_url), _origin(public_url)}
    return _origin(origin) in ours


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.casefold()


def _is_call_with_token() -> bool:
    # A browser never adds a bearer token by itself, so another site cannot forge such a call.
    return is_api_request() and request.headers.get("Authorization", "").startswith("Bearer ")


def _typed() -> list[tuple[str, str]]:
    fields = request.form.items(multi=True)
    return [(name, value) for name, value in fields if name not in _SECRETS and "password" not in name]


def init_forgery(app: Flask, settings: Settings) -> None:
    """Check origin and token of every post; calls with a bearer token need neither."""
    app.config.update(
        WTF_CSRF_TIME_LIMIT=None,  # slow people keep their work
        WTF_CSRF_SSL_STRICT=False,  # the origin is checked below, without needing a referrer
        WTF_CSRF_CHECK_DEFAULT=False,
    )
    protection = _Protection(app)

    @app.before_request
    def refuse_forged_posts() -> None:
        if request.method in SAFE_METHODS or request.endpoint is None or _is_call_with_token():
            return
        if comes_from_here(request, settings.public_url) is False:
            raise ForeignPost()
        if current_app.config["WTF_CSRF_ENABLED"] and not is_api_request():
            protection.protect(apply_exemptions=True)

    @app.errorhandler(CSRFError)
    def offer_to_send_again(_error: CSRFError) -> ResponseReturnValue:
        # Only a page of ours may be repeated with one tap: else a foreign form would be confirmed by it.
        is_ours = comes_from_here(request, settings.public_url) is True
        typed = _typed() if is_ours else []
        g.pop("csrf_token", None)
        had_files = any(file.filename for file in request.files.values())
        return render_template("errors/send_again.html", typed=typed, had_files=had_files), 400
