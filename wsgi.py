"""Entry point of the web server: `gunicorn wsgi:app`."""

import gc

from config import Settings
from fairapp import create_app
from fairapp.web.kept import keep_pages

app = create_app(Settings())
keep_pages(app)
# What is loaded now stays for good: the collector need not look at it with every large request.
gc.collect()
gc.freeze()
