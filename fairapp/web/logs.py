"""Logs as JSON lines, with a request id. Ids and codes only: no names, phones, tokens, paths."""

import json
import logging
import secrets
import sys
import time
import traceback
from typing import Any

from flask import Flask, Response, g, has_request_context, request

from fairapp.web.access import current_actor

_LOG = logging.getLogger("fairapp.requests")
_KNOWN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
_MOST_FRAMES = 12


class JsonLines(logging.Formatter):
    """One JSON object a line; extra values of the record become members."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        line: dict[str, Any] = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{record.msecs:03.0f}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update({key: value for key, value in record.__dict__.items() if key not in _KNOWN})
        if has_request_context():
            line.setdefault("request_id", request_id())
        if record.exc_info and record.exc_info[0] is not None:
            # Without the text of the error: it may quote what people typed.
            line["error"] = record.exc_info[0].__qualname__
            frames = traceback.extract_tb(record.exc_info[2])[-_MOST_FRAMES:]
            line["frames"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        return json.dumps(line, ensure_ascii=False, default=str)


def request_id() -> str:
    """Return the id of this request, made on first use; error pages show it."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(8)
    found: str = g.request_id
    return found


def init_logs(app: Flask) -> None:
    """Write JSON lines to standard error; one line a request; name each request."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    for name in ("fairapp",):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(logging.INFO)
        logger.propagate = False

    def log_exception(exc_info: Any) -> None:
        app.logger.error("unexpected error", exc_info=exc_info, extra={"endpoint": request.endpoint})

    app.log_exception = log_exception  # type: ignore[method-assign] # Flask's own text holds the path

    @app.before_request
    def start_clock() -> None:
        g.started_at = time.perf_counter()

    @app.after_request
    def log_request(response: Response) -> Response:
        response.headers["X-Request-ID"] = request_id()
        if request.endpoint not in ("static", "web_plain.health.alive"):
            actor = current_actor()
            elapsed_ms = (time.perf_counter() - g.get("started_at", time.perf_counter())) * 1000
            _LOG.info(
                "request",
                extra={
                    "method": request.method,
                    "endpoint": request.endpoint,
                    "status": response.status_code,
                    "elapsed_ms": round(elapsed_ms, 1),
                    "account_id": actor.account_id,
                    "device_id": actor.device_id,
                },
            )
        return response
