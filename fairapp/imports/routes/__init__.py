"""Pages of imports: sending a register, its dry run, deciding, applying and undoing."""

from flask import Blueprint

pages = Blueprint("imports", __name__)

from fairapp.imports.routes import acting, showing  # noqa: E402, F401 - their views join the blueprint
