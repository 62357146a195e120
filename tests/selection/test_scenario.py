"""The whole way of a selection, really committed: seed, committee, scores, run, decisions, ranks."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from sqlalchemy import func, select

from fairapp.accounts.models import Account
from fairapp.audit.domain import Actor, Role, ScopeKind
from fairapp.audit.services import verify_chains
from fairapp.events.models import Event
from fairapp.foundation.database import transaction
from fairapp.registrations.domain import RegistrationState
from fairapp.registrations.models import Registration, StateChange
from fairapp.selection.domain.words import Proposal
from fairapp.selection.errors import NothingToDecide
from fairapp.selection.models import Rank, Reviewer, SelectionRun
from fairapp.selection.queries import rank_of
from fairapp.selection.queries.reviewing import desks_of, files_on_list
from fairapp.selection.services.committee import Home, add_reviewer, assign_reviewers, publish_seed
from fairapp.selection.services.reviewing import give_scores, step_aside
from fairapp.selection.services.runs import Override, decide_from_run, override_proposal, record_run
from tests import NOW
from tests.factories.accounts import make_actor
from tests.factories.cooperatives import make_cooperative
from tests.factories.events import make_event
from tests.factories.registrations import make_registration
from tests.factories.selection import make_criterion, make_places, make_quota

ORGANIZER = make_actor(Role.ORGANIZER, ScopeKind.REGION, region_code="05")
POINTS = (9, 8, 7, 6, 5, 4)  # of the cooperatives in order; the last two are led by women


def arrange(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        event = make_event(session, slug="fair", reviews_wanted=2)
        make_criterion(session, event)
        make_places(session, event, 3)
        make_quota(session, event, "women_led", 50)
        for number, _points in enumerate(POINTS):
            cooperative = make_cooperative(
                session,
                name_fr=f"C{number}",
                name_ar=f"C{number}",
                commune=f"Commune {number}",
                women_led=number >= 4,
                phone=f"+21261234560{number}",
            )
            make_registration(session, event=event, cooperative=cooperative)


def seat(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        publish_seed(session, actor=ORGANIZER, slug="fair", seed="4 8 15 16", now=NOW)
    for number in range(3):
        with app.app_context(), transaction() as session:
            add_reviewer(
                session,
                actor=ORGANIZER,
                slug="fair",
                email=f"r{number}@people.example",
                name=f"Reviewer {number}",
                locale="ar",
                home=Home("05.301", f"Commune {number}"),
                now=NOW,
            )
    with app.app_context(), transaction() as session:
        plan = assign_reviewers(session, actor=ORGANIZER, slug="fair", now=NOW)
        assert (len(plan.pairs), dict(plan.lacking)) == (12, {})


def actors(app: Flask) -> list[Actor]:
    with app.app_context(), transaction() as session:
        event_id = session.scalars(select(Event.id)).one()
        accounts = session.scalars(select(Account).join(Reviewer).order_by(Reviewer.id)).all()
        return [
            make_actor(Role.REVIEWER, ScopeKind.EVENT, account, event_id=event_id) for account in accounts
        ]


def score_all(app: Flask, actor: Actor) -> int:
    with app.app_context(), transaction() as session:
        [desk] = desks_of(session, actor=actor)
        reviewer = session.scalars(
            select(Reviewer).where(
                Reviewer.account_id == actor.account_id, Reviewer.event_id == desk.event.id
            )
        ).one()
        todo = [row for row in files_on_list(session, reviewer=reviewer) if not row.is_done]
    for row in todo:
        points = {"quality": POINTS[int(row.name_fr[1:])]}
        with app.app_context(), transaction() as session:
            give_scores(
                session, actor=actor, slug="fair", number=row.number, points=points, note=None, now=NOW
            )
    return len(todo)


def decide_once(app: Flask, start: Barrier, code: str) -> bool:
    start.wait()
    try:
        with app.app_context(), transaction() as session:
            decide_from_run(session, actor=ORGANIZER, slug="fair", code=code, also_told=False, now=NOW)
    except NothingToDecide:
        return False
    return True


def test_from_the_seed_to_the_ranks_of_letters(committed: Flask) -> None:
    arrange(committed)
    seat(committed)
    first, *others = actors(committed)
    with committed.app_context(), transaction() as session:
        reviewer = session.scalars(select(Reviewer).order_by(Reviewer.id)).first()
        assert reviewer is not None
        files = files_on_list(session, reviewer=reviewer)
        number = next(row.number for row in files if int(row.name_fr[1:]) >= 3)  # all three may judge it
        step_aside(session, actor=first, slug="fair", number=number, reason="cousin", now=NOW)
    assert sum(score_all(committed, actor) for actor in (first, *others)) == 12
    with committed.app_context(), transaction() as session:
        run = record_run(session, actor=ORGANIZER, slug="fair", now=NOW)
        proposals = [rank.proposal for rank in session.scalars(select(Rank).order_by(Rank.overall))]
        # three places, two of them for women: C4 and C5 come in, C1 and C2 give way
        assert [proposal.value for proposal in proposals] == [
            "accept",
            "waitlist",
            "waitlist",
            "waitlist",
            "accept",
            "accept",
        ]
        fourth = session.scalars(select(Registration.reference).join(Rank).where(Rank.overall == 4)).one()
    with committed.app_context(), transaction() as session:
        override = Override(Proposal.REFUSE, "no stand of that width", "outside_call")
        override_proposal(
            session, actor=ORGANIZER, slug="fair", code=run.code, reference=fourth, override=override, now=NOW
        )
    start = Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        decided = list(pool.map(lambda _: decide_once(committed, start, run.code), range(2)))
    assert sorted(decided) == [False, True]
    with committed.app_context(), transaction() as session:
        states = [
            row.state for row in session.execute(select(Registration.state).join(Rank).order_by(Rank.overall))
        ]
        accepted, waiting, refused = (
            RegistrationState.ACCEPTED,
            RegistrationState.WAITLISTED,
            RegistrationState.REFUSED,
        )
        assert states == [accepted, waiting, waiting, refused, accepted, accepted]
        assert session.scalar(select(func.count()).where(StateChange.account_id.is_not(None))) == 0
        moved = session.scalars(select(Rank.registration_id).where(Rank.overall == 5)).one()
        facts = rank_of(session, registration_id=moved)
        assert facts is not None
        assert (facts.rank, facts.of, facts.places, facts.by_quota, facts.seed) == (
            5,
            6,
            3,
            "women_led",
            "4 8 15 16",
        )
        assert verify_chains(session) == []
        assert session.scalars(select(SelectionRun.result_hash)).one() == run.result_hash
    replayed = committed.test_cli_runner().invoke(args=["selection", "replay", run.code])
    assert (replayed.exit_code, replayed.output.strip()) == (0, run.result_hash)
