"""Everything that all pages share, wired to the application in one place."""

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.local import LocalProxy
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Settings
from fairapp.web.access import current_actor
from fairapp.web.assets import init_assets
from fairapp.web.compression import init_compression
from fairapp.web.drawings import init_drawings
from fairapp.web.errors import init_errors
from fairapp.web.filters import init_filters, locale_language
from fairapp.web.forgery import init_forgery
from fairapp.web.headers import init_headers
from fairapp.web.i18n import RIGHT_TO_LEFT
from fairapp.web.limits import init_limits
from fairapp.web.logs import init_logs
from fairapp.web.mistakes import init_mistakes
from fairapp.web.navigation import init_navigation

MOST_BODY_BYTES = 2 * 1024 * 1024  # a view that takes files says so (`limits.takes_up_to`)
MOST_FIELD_BYTES = 500_000
MOST_FIELDS = 1_000


def _direction() -> str:
    return "rtl" if locale_language() in RIGHT_TO_LEFT else "ltr"


def _init_config(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        SECRET_KEY_FALLBACKS=[key.get_secret_value() for key in settings.secret_key_fallbacks],
        # A browser takes a __Host- cookie from https alone; on plain http the session still works.
        SESSION_COOKIE_NAME="__Host-fairapp" if settings.is_secure else "fairapp",
        SESSION_COOKIE_SECURE=settings.is_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        TRUSTED_HOSTS=settings.trusted_hosts or None,
        MAX_CONTENT_LENGTH=MOST_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_FIELD_BYTES,
        MAX_FORM_PARTS=MOST_FIELDS,
        PREFERRED_URL_SCHEME="https" if settings.is_secure else "http",
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined] # of the default provider


def _init_templates(app: Flask, settings: Settings) -> None:
    environment = app.jinja_env
    environment.undefined = StrictUndefined
    environment.trim_blocks = True
    environment.lstrip_blocks = True
    environment.globals.update(
        language=LocalProxy(locale_language),
        direction=LocalProxy(_direction),
        actor=LocalProxy(current_actor),
        is_demonstration_instance=settings.fairapp_demo,
    )


def init_web(app: Flask, settings: Settings) -> None:
    """Wire templates, error pages, headers, protection against forged posts, logs and proxies.

    Called before the features; what is registered first runs last on the way out.
    """
    _init_config(app, settings)
    _init_templates(app, settings)
    init_logs(app)
    init_compression(app)
    init_headers(app, settings)
    init_assets(app)
    init_filters(app)
    init_drawings(app)
    init_mistakes(app)
    init_navigation(app)
    init_limits(app)
    init_forgery(app, settings)
    init_errors(app)
    if settings.proxy_count:
        count = settings.proxy_count
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign] # the documented way
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )
