"""The root, which leads to a language, and what machines ask."""

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from fairapp.web.access import public
from fairapp.web.health import health
from fairapp.web.i18n import language_of_browser

plain = Blueprint("web_plain", __name__)
plain.register_blueprint(health)


@plain.get("/")
@public
def choose_language() -> ResponseReturnValue:
    """Lead to the home page in the language of the browser; Arabic when it asks for none of ours."""
    response = redirect(f"/{language_of_browser()}/", 302)
    response.vary.add("Accept-Language")
    return response
