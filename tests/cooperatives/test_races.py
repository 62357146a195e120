"""Two merge, or one merges while another files: no entry is left behind, and none leads round in a ring."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from sqlalchemy import select

from fairapp.audit.domain import Role
from fairapp.cooperatives.errors import SameEntry
from fairapp.cooperatives.models import Cooperative
from fairapp.cooperatives.services.merging import merge_cooperatives
from fairapp.events.queries import public_event
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import transaction
from fairapp.registrations.domain import Filing, FilingChannel, Person
from fairapp.registrations.models import Registration
from fairapp.registrations.services.filing import file_registration
from tests import NOW
from tests.factories.accounts import make_actor
from tests.factories.cooperatives import make_cooperative
from tests.factories.events import make_event

ORGANIZER = make_actor(Role.ADMINISTRATOR)
ROUNDS = 5


def _at_once(app: Flask, *works: Callable[[], object]) -> list[str]:
    start = Barrier(len(works))

    def run(work: Callable[[], object]) -> str:
        with app.app_context():
            start.wait()
            try:
                work()
            except SameEntry as refusal:
                return type(refusal).__name__
            return "done"

    with ThreadPoolExecutor(len(works)) as pool:
        return sorted(pool.map(run, works))


def _pair(app: Flask) -> tuple[Cooperative, Cooperative]:
    with app.app_context(), transaction() as session:
        return make_cooperative(session), make_cooperative(session)


def _merging(kept: Cooperative, merged: Cooperative) -> Callable[[], object]:
    def work() -> None:
        with transaction() as session:
            merge_cooperatives(
                session,
                actor=ORGANIZER,
                kept_code=kept.code,
                merged_code=merged.code,
                taken=(),
                sectors=("AGR-HONEY",),
                reason="one chair",
                now=utc_now(),
            )

    return work


def test_two_mergings_in_both_directions_are_one(committed: Flask) -> None:
    for _round in range(ROUNDS):
        one, other = _pair(committed)
        told = _at_once(committed, _merging(one, other), _merging(other, one))
        assert told == ["SameEntry", "done"]
        with committed.app_context(), transaction() as session:
            query = select(Cooperative.merged_into_id).where(Cooperative.id.in_((one.id, other.id)))
            assert sum(into is None for into in session.scalars(query)) == 1


def test_what_is_filed_during_a_merging_stands_with_the_kept_entry(committed: Flask) -> None:
    with committed.app_context(), transaction() as session:
        slug = make_event(session).slug
    for _round in range(ROUNDS):
        kept, merged = _pair(committed)

        def file(code: str = merged.code) -> None:
            with transaction() as session:
                event = public_event(session, slug=slug)
                filing = Filing(
                    cooperative_code=code,
                    profile=None,
                    people=(Person("Aïcha"),),
                    sectors=("AGR-HONEY",),
                    stops=("S1",),
                    channel=FilingChannel.DESK,
                )
                file_registration(session, actor=ORGANIZER, event=event, filing=filing, now=NOW)

        assert _at_once(committed, _merging(kept, merged), file) == ["done", "done"]
        with committed.app_context(), transaction() as session:
            query = select(Registration.cooperative_id)
            assert kept.id in session.scalars(query).all()
            assert merged.id not in session.scalars(query).all()
