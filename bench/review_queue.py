"""The organizer's queue with 5,000 registrations in one event, beside a reference query.

Goal: every page in less than 300 ms, whatever the filters, counts and search (issue: registering and
deciding). The reference reads the same 5,000 registrations with their cooperatives, bare, in the same
run: the page may cost at most eight times that.

    python -m bench.review_queue
"""

import logging
import random
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, text

from bench.databases import applications
from bench.servers import tell
from fairapp.audit.domain import Role
from fairapp.cooperatives.models import Cooperative
from fairapp.events.models import Event, RequiredDocument
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import db, reading, transaction
from fairapp.foundation.ids import new_reference
from fairapp.foundation.text import fold
from fairapp.reference.queries import provinces, sectors
from fairapp.registrations.domain import DocumentState, FilingChannel, RegistrationState
from fairapp.registrations.models import Details, Document, Registration, RegistrationSector
from tests.clients import sign_in
from tests.factories.accounts import make_account
from tests.factories.events import make_event

MANY = 5000
MOST_MS = 300
ROUNDS = 15
GOAL = 0.125
PATH = "/ar/organizer/events/bench-fair/registrations"
PAGES = (
    "",
    "?state=all",
    "?state=all&page=100",
    "?women=1&first=1",
    "?state=all&missing=1&unconfirmed=1",
    "?state=accepted&details=1",
    "?state=all&sector=AGR-HONEY&sort=name",
    "?state=all&q=%D8%A7%D9%84%D8%A3%D9%85%D9%84+12",
    "?state=all&province=05.301&channel=desk&sort=province",
    "?q=%D9%84%D8%A7+%D8%A3%D8%AD%D8%AF",
)


def fill(app: Flask) -> str:
    """Make an event of 5,000 registrations and another that some took part in; return one reference."""
    chance = random.Random(7)
    now = utc_now()
    with app.app_context(), transaction() as session:
        event = make_event(session, slug="bench-fair")
        earlier = make_event(session, slug="earlier-fair")
        session.add_all(
            RequiredDocument(
                event_id=event.id,
                code=f"paper-{number}",
                position=number,
                title_ar="وثيقة",
                title_fr="Pièce",
                title_en="Paper",
                food_only=number == 3,
            )
            for number in range(4)
        )
        places, shown = list(provinces()), list(sectors())
        names = [f"تعاونية الأمل {number}" for number in range(MANY)]
        session.execute(
            insert(Cooperative),
            [
                {
                    "code": new_reference(),
                    "name_ar": name,
                    "name_fr": f"Coopérative Espoir {number}",
                    "name_key": f"{fold(name)} cooperative espoir {number}",
                    "legal_kind": "cooperative",
                    "province_code": chance.choice(places),
                    "commune": "أجلموس",
                    "members": 20,
                    "women_members": 12,
                    "women_led": chance.choice((True, False, None)),
                    "phone": f"+2126{number:08d}",
                    "words_ar": "",
                    "words_fr": "",
                    "created_at": now,
                }
                for number, name in enumerate(names)
            ],
        )
        ids = list(session.scalars(select(Cooperative.id).order_by(Cooperative.id)))
        states = [state for state in RegistrationState if state is not RegistrationState.DRAFT]

        def rows(of: Event, chosen: list[int]) -> list[dict[str, object]]:
            return [
                {
                    "reference": new_reference(),
                    "event_id": of.id,
                    "cooperative_id": id_,
                    "state": chance.choice(states) if of is event else RegistrationState.ACCEPTED,
                    "channel": chance.choice(list(FilingChannel)),
                    "locale": chance.choice(("ar", "ar", "fr")),
                    "phone": f"+2126{id_:08d}",
                    "received_at": now - timedelta(minutes=chance.randrange(40_000)),
                    "changed_at": now,
                }
                for id_ in chosen
            ]

        session.execute(insert(Registration), rows(event, ids))
        session.execute(insert(Registration), rows(earlier, ids[::2]))
        kept = session.execute(
            select(Registration.id, Registration.state, Registration.reference).where(
                Registration.event_id == event.id
            )
        ).all()
        session.execute(
            insert(RegistrationSector),
            [
                {"registration_id": row.id, "sector_code": code}
                for row in kept
                for code in chance.sample(shown, 2)
            ],
        )
        session.execute(
            insert(Document),
            [
                {
                    "registration_id": row.id,
                    "code": f"paper-{number}",
                    "position": 1,
                    "state": chance.choice(list(DocumentState)),
                    "changed_at": now,
                }
                for row in kept
                for number in range(4)
                if chance.random() < 0.9
            ],
        )
        session.execute(
            insert(Details),
            [
                {"registration_id": row.id, "answers": {}, "asked_at": now, "reminders": 0}
                for row in kept
                if row.state is RegistrationState.ACCEPTED
            ],
        )
        session.execute(text("ANALYZE"))
        return kept[MANY // 2].reference


def reference_query(app: Flask) -> None:
    """Read the 5,000 registrations with their cooperatives, and nothing else."""
    query = (
        select(Registration.id, Registration.state, Cooperative.name_ar, Cooperative.province_code)
        .join(Cooperative, Cooperative.id == Registration.cooperative_id)
        .join(Event, Event.id == Registration.event_id)
        .where(Event.slug == "bench-fair")
        .order_by(Registration.received_at)
    )
    with app.app_context():
        reading().execute(query).all()
        db.session.close()


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _browser(app: Flask) -> FlaskClient:
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    with app.app_context(), transaction() as session:
        account = make_account(session, Role.ORGANIZER)
    return sign_in(app.test_client(), account)


def _paths(reference: str) -> Iterator[str]:
    yield from (PATH + query for query in PAGES)
    yield f"{PATH}/{reference}?state=all"


def main() -> int:
    """Measure on each database; 1 when a page takes longer than it may."""
    slow = 0
    logging.disable(logging.INFO)
    with applications() as each:
        for name, app in each:
            paths = list(_paths(fill(app)))
            browser = _browser(app)
            own: dict[str, list[float]] = {path: [] for path in paths}
            bare = []
            for turn in range(ROUNDS + 2):
                for path in paths:
                    took = _timed(partial(_read, browser, path))
                    if turn >= 2:  # the first rounds warm caches
                        own[path].append(took)
                bare.append(_timed(lambda app=app: reference_query(app)))  # type: ignore[misc] # bound now
            middle = {path: statistics.median(times) for path, times in own.items()}
            for path, took in middle.items():
                worst = max(own[path])
                print(
                    f"  {took * 1000:6.1f} ms (worst {worst * 1000:6.1f})  {path.removeprefix(PATH) or '/'}"
                )
                slow += took * 1000 > MOST_MS
            tell(
                f"queue of 5,000, slowest page, {name}",
                max(middle.values()),
                statistics.median(bare),
                beside="its rows, bare",
                goal=GOAL,
            )
    return 1 if slow else 0


def _read(browser: FlaskClient, path: str) -> None:
    answer = browser.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")


if __name__ == "__main__":
    raise SystemExit(main())
