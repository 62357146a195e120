"""Security headers of every answer (promises B65), and what may be kept of a page."""

from flask import Flask, Response, request, session

from config import Settings
from fairapp.audit.domain import GUEST
from fairapp.web.access import current_actor

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",  # data: the masks of the stylesheet; blob: a photo before its upload
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    )
)
_FEATURES = "geolocation=(), microphone=(), payment=(), usb=()"
_CAMERA_PAGE = "gate"  # /<language>/gate, the only page that may use the camera
_IMPERSONAL = frozenset({"csrf_token", "_flashes"})  # what a guest's session holds of nobody
_HSTS = "max-age=31536000"


def _may_use_camera() -> bool:
    return request.path.split("/")[2:3] == [_CAMERA_PAGE]


def _set_headers(response: Response, *, is_secure: bool) -> None:
    headers = response.headers
    camera = "camera=(self)" if _may_use_camera() else "camera=()"
    for name, value in (
        ("Content-Security-Policy", POLICY),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", f"{camera}, {_FEATURES}"),
    ):
        headers.setdefault(name, value)
    if is_secure:
        headers.setdefault("Strict-Transport-Security", _HSTS)


def _set_caching(response: Response) -> None:
    if "Cache-Control" in response.headers:
        return
    if current_actor() != GUEST or set(session) - _IMPERSONAL:
        response.headers["Cache-Control"] = "no-store"  # also a guest's draft or tracked registration
    else:
        # Asked again each time: a 304 is one round trip, and a fair's page is never out of date.
        response.headers["Cache-Control"] = "private, no-cache"
        response.vary.add("Cookie")


def init_headers(app: Flask, settings: Settings) -> None:
    """Set the headers on every answer, errors and static files included."""

    @app.after_request
    def set_headers(response: Response) -> Response:
        _set_headers(response, is_secure=settings.is_secure)
        _set_caching(response)
        return response
