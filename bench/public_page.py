"""A public page beside a Flask view that renders a constant page of the same size.

Goal: at least 60 % of its speed, over HTTP through the same web server, by turns.

    python -m bench.public_page
"""

from bench.databases import applications, environment
from bench.servers import Keeper, by_turns, gunicorn, tell
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import transaction
from tests.factories.events import make_event, make_market

GOAL = 0.60
PATHS = ("/ar/", "/ar/events/bench-fair")


def main() -> None:
    """Measure the home page and an event's page."""
    with applications() as each:
        for name, app in each:
            with app.app_context(), transaction() as session:
                make_event(session, slug="bench-fair", published_at=utc_now())
                for number in range(5):
                    make_market(session, slug=f"bench-market-{number}", published_at=utc_now())
            with gunicorn("wsgi:app", environment(app)) as port:
                for path in PATHS:
                    _measure(name, port, path)


def _measure(name: str, port: int, path: str) -> None:
    own = Keeper(port)
    status, body = own.ask("GET", path, **{"Accept-Encoding": "identity"})
    if status != 200:
        raise RuntimeError(f"{path} answered {status}")
    with gunicorn("bench.bare:page", {"BARE_PAGE_BYTES": str(len(body))}) as bare_port:
        bare = Keeper(bare_port)
        times = by_turns(lambda: _get(own, path), lambda: _get(bare, "/"), rounds=400)
    tell(f"public page {path}, {len(body)} bytes, {name}", *times, beside="constant page", goal=GOAL)


def _get(keeper: Keeper, path: str) -> None:
    status, _body = keeper.ask("GET", path)
    if status != 200:
        raise RuntimeError(f"{path} answered {status}")


if __name__ == "__main__":
    main()
