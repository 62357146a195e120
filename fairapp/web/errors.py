"""Error pages and the answer to every refusal: what happened, in the reader's language (promises A19).

Under /api/ the same refusals become problem+json (`web/problem.py`).
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Flask, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError, RequestEntityTooLarge

from fairapp.foundation.errors import NotFound, Refusal, TooManyAttempts
from fairapp.foundation.text import N_
from fairapp.web.access import NotSignedIn
from fairapp.web.i18n import current_language
from fairapp.web.logs import request_id
from fairapp.web.problem import as_problem, is_api_request, status_of

_LOG = logging.getLogger(__name__)
_RETRY_AFTER_S = 10


@dataclass(frozen=True, slots=True)
class ErrorText:
    """What an error page says: a title, a sentence, and the name of its icon."""

    title: str
    sentence: str
    icon: str = "alert"


TEXTS: dict[int, ErrorText] = {
    400: ErrorText(N_("The request could not be read"), N_("Go back to the page before and try once more.")),
    401: ErrorText(N_("Sign in to continue"), N_("This page is for people with an account."), "lock"),
    403: ErrorText(
        N_("Your account may not open this page"),
        N_("If you need it, ask the organizer for access."),
        "lock",
    ),
    404: ErrorText(
        N_("We did not find this page"),
        N_("The address may be wrong or old. The list of fairs leads further."),
        "search",
    ),
    405: ErrorText(
        N_("This address cannot be used in this way"),
        N_("Nothing was changed. Start again from the list of fairs."),
    ),
    409: ErrorText(
        N_("Someone was faster"),
        N_("The page changed in the meantime. Your change was not recorded."),
        "users",
    ),
    413: ErrorText(
        N_("The file is too large"),
        N_("Nothing was recorded. Choose a smaller file, or take the photo again."),
        "file",
    ),
    422: ErrorText(N_("This is not possible"), N_("Nothing was recorded. Go back and change your answers.")),
    429: ErrorText(
        N_("Too many attempts"),
        N_("Wait a few minutes, then try again. Nothing was lost."),
        "clock",
    ),
    500: ErrorText(
        N_("The page could not be shown"),
        N_("The fault is ours. What you saved before is kept; this last step was not recorded."),
    ),
    503: ErrorText(
        N_("The service is busy for a moment"),
        N_("This last step was not recorded. What you saved before is kept. Try again in a minute."),
        "clock",
    ),
}

# Shown when not even the error page can be drawn.
_LAST_RESORT = """<!doctype html><html lang="ar" dir="rtl"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>fairapp</title>
<p>تعذّر عرض الصفحة. ما حفظتموه من قبل محفوظ. المرجو المحاولة بعد قليل.</p>
<p lang="fr" dir="ltr">La page n’a pas pu s’afficher. Ce que vous aviez enregistré est conservé.
Réessayez dans un moment.</p>
<p lang="en" dir="ltr">The page could not be shown. What you saved before is kept. Try again soon.</p>"""


def sentence_of(refusal: Refusal) -> str:
    """Return the sentence of a refusal in the language, with its values."""
    return str(gettext(refusal.message, **refusal.values))


def sign_in_url(next_path: str | None = None) -> str:
    """Return the sign-in page, which leads back to a path afterwards."""
    url = f"/{current_language()}/sign-in"
    return f"{url}?{urlencode({'next': next_path})}" if next_path else url


def error_page(status: int, sentence: str | None = None) -> ResponseReturnValue:
    """Return the page of an error; `sentence` says it more exactly than the general one."""
    text = TEXTS.get(status) or TEXTS[500 if status >= InternalServerError.code else 400]
    try:
        page = render_template(
            "errors/error.html",
            status=status,
            heading=gettext(text.title),
            sentence=sentence or gettext(text.sentence),
            error_icon=text.icon,
            request_id=request_id(),
            is_post=request.method not in ("GET", "HEAD"),
            here=request.full_path.rstrip("?"),
        )
    except Exception:  # the page of last resort must come whatever broke
        _LOG.exception("error page failed", extra={"status": status})
        page = _LAST_RESORT
    return Response(page, status=status, mimetype="text/html")


def _on_refusal(refusal: Refusal) -> ResponseReturnValue:
    status = status_of(refusal)
    if isinstance(refusal, NotSignedIn):
        if request.method in ("GET", "HEAD"):
            return redirect(sign_in_url(request.full_path.rstrip("?")), 303)
        return redirect(sign_in_url(), 303)
    response = error_page(status, None if type(refusal) is NotFound else sentence_of(refusal))
    assert isinstance(response, Response)
    if isinstance(refusal, TooManyAttempts):
        response.headers["Retry-After"] = str(refusal.retry_after_s)
    return response


def _on_http_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None or error.code < 400:
        return error  # a redirect of the router
    response = error_page(error.code)
    assert isinstance(response, Response)
    for name, value in error.get_headers(request.environ):
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def _on_database_trouble(_error: OperationalError) -> ResponseReturnValue:
    _LOG.exception("database not ready", extra={"endpoint": request.endpoint})
    response = error_page(503)
    assert isinstance(response, Response)
    response.headers["Retry-After"] = str(_RETRY_AFTER_S)
    return response


def init_errors(app: Flask) -> None:
    """Register the answers to refusals and errors, for pages and for calls."""

    def register(kind: type[Exception], on_page: Callable[..., ResponseReturnValue]) -> None:
        def answer(error: Exception) -> ResponseReturnValue:
            if is_api_request():
                return as_problem(error)
            return on_page(error)

        app.register_error_handler(kind, answer)

    register(Refusal, _on_refusal)
    register(HTTPException, _on_http_error)
    register(OperationalError, _on_database_trouble)
    register(RequestEntityTooLarge, lambda _error: error_page(413))
    register(InternalServerError, lambda _error: error_page(500))
