"""The last step of a registration beside a bare Flask view that inserts one row.

Goal: at least 25 % of its speed, over HTTP through the same web server, by turns. The last
step checks everything again, writes some fifteen rows and asks for the confirmation mail.

    python -m bench.registration_step
"""

import statistics
import time
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from itsdangerous import URLSafeTimedSerializer

from bench.databases import applications, environment
from bench.servers import Keeper, gunicorn, tell
from config import Settings
from fairapp.foundation.clock import local_date, utc_now
from fairapp.foundation.database import transaction
from fairapp.foundation.ids import new_token
from fairapp.registrations.services.drafts import start_draft
from tests.factories.events import make_event

GOAL = 0.25
ROUNDS = 150
PATH = "/ar/events/bench-fair/register/check"


def answers(number: int) -> dict[str, Any]:
    """Return whole answers of a new cooperative."""
    return {
        "cooperative": {"name_ar": f"تعاونية القياس {number}", "name_fr": "", "legal_kind": "cooperative"},
        "place": {
            "province": "05.301",
            "commune": "أجلموس",
            "phone": f"+2126{number:08d}",
            "email": f"coop{number}@coop.example",
        },
        "members": {"members": 24, "women_members": 20, "youth_members": 5, "women_led": "yes"},
        "products": {"sectors": ["AGR-HONEY"]},
        "stand": {"names": {"AGR-HONEY": "عسل الزعتر، عسل الدغموس"}, "width_cm": 300, "power": True},
        "people": {
            "people": [
                {"name": "فاطمة أمزيان", "gender": "woman", "phone": ""},
                {"name": "Brahim Oubella", "gender": "man", "phone": ""},
            ]
        },
    }


def drafts(app: Flask) -> list[dict[str, str]]:
    """Keep drafts up to their last step; return the cookie and the body that send each."""
    settings: Settings = app.extensions["settings"]
    now, ready = utc_now(), []
    with app.app_context(), transaction() as session:
        event = make_event(
            session,
            slug="bench-fair",
            published_at=now,
            registration_opens_on=local_date(now),
            registration_closes_on=local_date(now),
        )
        for number in range(ROUNDS + 10):
            token = new_token()
            start_draft(session, event=event, token=token, answers=answers(number), locale="ar", now=now)
            ready.append(_browser(app, settings, token))
    return ready


def _browser(app: Flask, settings: Settings, token: str) -> dict[str, str]:
    raw = new_token()
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined] # of the default
    cookie = signer.dumps({"drafts": {"bench-fair": token}, "csrf_token": raw})
    csrf = URLSafeTimedSerializer(settings.secret_key.get_secret_value(), salt="wtf-csrf-token").dumps(raw)
    name = app.config["SESSION_COOKIE_NAME"]
    body = urlencode({"csrf_token": csrf, "is_true": "y", "consent": "y", "declared": "y"})
    return {"cookie": f"{name}={cookie}", "body": body}


def main() -> None:
    """Measure on each database."""
    with applications() as each:
        for name, app in each:
            ready = drafts(app)
            settings: Settings = app.extensions["settings"]
            bare_env = {"BARE_DATABASE": settings.database}
            with gunicorn("wsgi:app", environment(app)) as port, gunicorn("bench.bare:row", bare_env) as bare:
                own, reference = _measure(Keeper(port), Keeper(bare), ready)
            tell(f"registration's last step, {name}", own, reference, beside="one row", goal=GOAL)


def _measure(own: Keeper, bare: Keeper, ready: list[dict[str, str]]) -> tuple[float, float]:
    times: tuple[list[float], list[float]] = ([], [])
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for turn, draft in enumerate(ready):
        began = time.perf_counter()
        status, page = own.ask("POST", PATH, draft["body"].encode(), Cookie=draft["cookie"], **form)
        between = time.perf_counter()
        bare.ask("POST", "/", b"")
        ended = time.perf_counter()
        if status != 303:
            raise RuntimeError(f"the last step answered {status}: {page[:300]!r}")
        if turn >= 10:  # the first rounds warm caches
            times[0].append(between - began)
            times[1].append(ended - between)
    return statistics.median(times[0]), statistics.median(times[1])


if __name__ == "__main__":
    main()
