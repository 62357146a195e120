"""Static files: addresses that change with their content, so that they may be kept for a year."""

import hashlib
from pathlib import Path

from flask import Flask, Response, request, url_for

KEPT = "public, max-age=31536000, immutable"
ASKED_AGAIN = "public, no-cache"
_DIGITS = 10


class Assets:
    """Content hashes of the static folder; read again only when a file's time or size changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, tuple[tuple[int, int], str]] = {}

    def hash_of(self, filename: str) -> str:
        """Return the content hash of a static file.

        Raises: FileNotFoundError.
        """
        path = self._folder / filename
        stat = path.stat()
        state = (stat.st_mtime_ns, stat.st_size)
        known = self._known.get(filename)
        if known is None or known[0] != state:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()[:_DIGITS]
            known = self._known[filename] = (state, digest)
        return known[1]

    def url(self, filename: str) -> str:
        """Return the address of a static file, with its content hash."""
        return url_for("static", filename=filename, v=self.hash_of(filename))


def init_assets(app: Flask) -> None:
    """Give the templates `asset()`; keep hashed files for a year, ask again for the others."""
    assets = Assets(Path(app.static_folder or ""))
    app.extensions["assets"] = assets
    app.jinja_env.globals["asset"] = assets.url

    @app.after_request
    def set_caching(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code in (200, 304):
            filename = (request.view_args or {}).get("filename", "")
            current = request.args.get("v") == assets.hash_of(filename)
            response.headers["Cache-Control"] = KEPT if current else ASKED_AGAIN
        return response
