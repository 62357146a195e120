"""Three languages from the first page: part of the path, one locale a request."""

from flask import Flask, g, has_request_context, request
from flask_babel import Babel

LOCALES = {"ar": "ar_MA", "fr": "fr_MA", "en": "en"}  # CLDR locale of each language
LANGUAGE_NAMES = {"ar": "العربية", "fr": "Français", "en": "English"}
FIRST_LANGUAGE = "ar"
RIGHT_TO_LEFT = frozenset({"ar"})
LANGUAGE_PREFIX = f"/<any({','.join(LOCALES)}):lang>"


def current_language() -> str:
    """Return the language of this request: of its path, else of the browser, else Arabic."""
    if not has_request_context():
        return FIRST_LANGUAGE
    language: str | None = g.get("lang") or request.path.split("/")[1]  # the path, where no route matched
    if language in LOCALES:
        return language
    return language_of_browser()


def language_of_browser() -> str:
    """Return the language of ours that the browser likes best, of whatever country; else Arabic."""
    for tag, quality in request.accept_languages:
        language = tag.partition("-")[0].lower()
        if quality > 0 and language in LOCALES:
            return language
    return FIRST_LANGUAGE


def _select_locale() -> str:
    return LOCALES[current_language()]


def init_i18n(app: Flask) -> None:
    """Take the language out of the path and put it into links; set up the catalogues."""
    app.config["BABEL_DEFAULT_LOCALE"] = LOCALES[FIRST_LANGUAGE]
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Africa/Casablanca"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(app, locale_selector=_select_locale)

    @app.url_value_preprocessor
    def take_language(_endpoint: str | None, values: dict[str, object] | None) -> None:
        g.lang = values.pop("lang", None) if values else None

    @app.url_defaults
    def give_language(endpoint: str, values: dict[str, object]) -> None:
        if "lang" not in values and app.url_map.is_endpoint_expecting(endpoint, "lang"):
            values["lang"] = current_language()
