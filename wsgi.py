"""Entry point of the web server: `gunicorn wsgi:app`."""

from config import Settings
from fairapp import create_app
from fairapp.web.kept import keep_pages

app = create_app(Settings())
keep_pages(app)
