"""How large a body a view takes (promises B68); read before anything else looks at the body."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, request

F = TypeVar("F", bound=Callable[..., Any])


def takes_up_to(size_bytes: int) -> Callable[[F], F]:
    """Declare the largest body of a view, in place of the usual one."""

    def declare(view: F) -> F:
        view.most_bytes = size_bytes  # type: ignore[attr-defined] # read by the hook
        return view

    return declare


def init_limits(app: Flask) -> None:
    """Set the limit of each request before its form is read, as the protection against forged posts does."""

    @app.before_request
    def limit_body() -> None:
        if request.endpoint is None:
            return
        most_bytes = getattr(app.view_functions[request.endpoint], "most_bytes", None)
        if most_bytes is not None:
            request.max_content_length = most_bytes

    @app.teardown_request
    def close_files(_error: BaseException | None) -> None:
        # Large ones lie in temporary files, also where the view never looked at them.
        if "files" in request.__dict__:
            for file in request.files.values():
                file.close()
