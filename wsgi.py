"""Entry point of the web server: `gunicorn wsgi:app`."""

from config import Settings
from fairapp import create_app

app = create_app(Settings())
