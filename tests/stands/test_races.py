"""The last free stand claimed by many at once is given once (promises B6)."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from sqlalchemy import func, select

from fairapp.audit.domain import Role
from fairapp.events.queries import event_for, stop_of
from fairapp.foundation.database import transaction
from fairapp.foundation.errors import Conflict
from fairapp.outbox.models import OutboxRow
from fairapp.stands.errors import QuotaReached
from fairapp.stands.models import Allocation
from fairapp.stands.services.allocation import set_holder, swap_holders
from tests import NOW
from tests.clients import ApiCaller, give_token
from tests.factories.accounts import make_account, make_actor
from tests.factories.events import make_event
from tests.factories.registrations import make_accepted_registration
from tests.factories.stands import make_allocation, make_stand

ORGANIZER = make_actor(Role.ORGANIZER)
CLAIMS = 20


def _arrange(app: Flask, *, registrations: int, stands: int = 1) -> tuple[str, list[str]]:
    with app.app_context(), transaction() as session:
        event = make_event(session)
        for number in range(stands):
            make_stand(session, event.stops[0], code=f"A-{number + 1}")
        made = [make_accepted_registration(session, event=event) for _ in range(registrations)]
        return event.slug, [registration.reference for registration in made]


def _claim(app: Flask, start: Barrier, slug: str, reference: str, code: str) -> str:
    start.wait()
    with app.app_context():
        try:
            with transaction() as session:
                event = event_for(session, actor=ORGANIZER, action="stands.allocate", slug=slug)
                set_holder(
                    session,
                    actor=ORGANIZER,
                    event=event,
                    stop=stop_of(event, "S1"),
                    stand_code=code,
                    reference=reference,
                    now=NOW,
                )
        except Conflict as refusal:
            return type(refusal).__name__
        return "given"


def test_last_free_stand_claimed_by_twenty_at_once_is_given_once(committed: Flask) -> None:
    slug, references = _arrange(committed, registrations=CLAIMS)
    start = Barrier(CLAIMS)
    with ThreadPoolExecutor(CLAIMS) as pool:
        answers = pool.map(lambda found: _claim(committed, start, slug, found, "A-1"), references)
        assert Counter(answers) == {"given": 1, "StandTaken": CLAIMS - 1}
    with committed.app_context(), transaction() as session:
        assert session.scalar(select(func.count()).select_from(Allocation)) == 1
        assert session.scalar(select(func.count()).select_from(OutboxRow)) == 1


def test_last_free_stand_claimed_by_twenty_requests_is_given_once_and_refused_with_words(
    committed: Flask,
) -> None:
    slug, references = _arrange(committed, registrations=CLAIMS)
    with committed.app_context(), transaction() as session:
        token = give_token(session, make_account(session, Role.ORGANIZER))
    start = Barrier(CLAIMS)

    def claim(reference: str) -> tuple[int, str]:
        start.wait()
        answer = ApiCaller(committed, token).put(
            f"/events/{slug}/stops/S1/stands/A-1/holder",
            json={"registration": reference, "reason": "by hand"},
            headers={"Accept-Language": "en"},
        )
        return answer.status_code, answer.get_json().get("detail", "")

    with ThreadPoolExecutor(CLAIMS) as pool:
        answers = Counter(pool.map(claim, references))
    assert answers == {(200, ""): 1, (409, "Stand A-1 is already allocated."): CLAIMS - 1}


def test_one_registration_claiming_many_stands_at_once_gets_its_quota(committed: Flask) -> None:
    slug, [reference] = _arrange(committed, registrations=1, stands=5)
    start = Barrier(5)

    def claim(number: int) -> str:
        try:
            return _claim(committed, start, slug, reference, f"A-{number}")
        except QuotaReached as refusal:
            return type(refusal).__name__

    with ThreadPoolExecutor(5) as pool:
        assert Counter(pool.map(claim, range(1, 6))) == {"given": 1, "QuotaReached": 4}


def test_swaps_crossing_each_other_end_without_a_deadlock(committed: Flask) -> None:
    slug, _ = _arrange(committed, registrations=0)
    with committed.app_context(), transaction() as session:
        event = event_for(session, actor=ORGANIZER, action="stands.allocate", slug=slug)
        for code in ("B-1", "B-2"):
            stand = make_stand(session, event.stops[0], code=code)
            make_allocation(session, stand, make_accepted_registration(session, event=event))
    start = Barrier(8)

    def swap(number: int) -> str:
        one, other = ("B-1", "B-2") if number % 2 else ("B-2", "B-1")
        start.wait()
        with committed.app_context():
            try:
                with transaction() as session:
                    event = event_for(session, actor=ORGANIZER, action="stands.allocate", slug=slug)
                    swap_holders(
                        session,
                        actor=ORGANIZER,
                        event=event,
                        stop=event.stops[0],
                        stand_code=one,
                        other_code=other,
                        now=NOW,
                    )
            except Conflict:
                return "retry"
            return "swapped"

    with ThreadPoolExecutor(8) as pool:
        answers = Counter(pool.map(swap, range(8)))
    assert answers["swapped"] >= 1
    assert answers["swapped"] + answers["retry"] == 8
    with committed.app_context(), transaction() as session:
        live = select(func.count()).select_from(Allocation).where(Allocation.released_at.is_(None))
        assert session.scalar(live) == 2
