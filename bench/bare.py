"""Bare Flask applications to measure beside: a constant page, and a view that inserts one row."""

import os
import sqlite3
import threading

import psycopg
from flask import Flask, render_template
from jinja2 import DictLoader

BYTES = int(os.environ.get("BARE_PAGE_BYTES", "10000"))
DATABASE = os.environ.get("BARE_DATABASE", "")

page = Flask("bare_page")
page.jinja_loader = DictLoader({"page.html": "x" * BYTES})


@page.get("/")
@page.get("/healthz")
def constant() -> str:
    """Render a constant page."""
    return render_template("page.html")


row = Flask("bare_row")
_local = threading.local()


def _connection() -> sqlite3.Connection | psycopg.Connection[tuple[object, ...]]:
    if not hasattr(_local, "connection"):
        if DATABASE.startswith("postgresql"):
            url = DATABASE.replace("postgresql+psycopg", "postgresql")
            _local.connection = psycopg.connect(url, autocommit=True)
        else:
            _local.connection = sqlite3.connect(DATABASE, isolation_level=None)
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000"):
                _local.connection.execute(f"PRAGMA {pragma}")
        _local.connection.execute("CREATE TABLE IF NOT EXISTS bare_rows (body TEXT NOT NULL)")
    found: sqlite3.Connection | psycopg.Connection[tuple[object, ...]] = _local.connection
    return found


@row.get("/healthz")
def ready() -> str:
    """Answer."""
    _connection()
    return "ok"


@row.post("/")
def insert() -> tuple[str, int]:
    """Insert one row, durably."""
    mark = "%s" if DATABASE.startswith("postgresql") else "?"
    _connection().execute(f"INSERT INTO bare_rows (body) VALUES ({mark})", ("x" * 400,))
    return "", 303
