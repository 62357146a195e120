"""Recorded runs: what they keep, overrides, decisions, and the rank that letters tell."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.audit.domain import Role, ScopeKind
from fairapp.audit.models import AuditEntry
from fairapp.audit.services import verify_chains
from fairapp.events.models import Event
from fairapp.outbox.models import OutboxRow
from fairapp.registrations.domain import Decision, RegistrationState
from fairapp.registrations.errors import ReasonMissing, ReasonUnknown
from fairapp.registrations.models import Registration, StateChange
from fairapp.selection import tasks
from fairapp.selection.domain.record import hash_of, replay
from fairapp.selection.domain.words import Proposal, RunState
from fairapp.selection.errors import (
    NothingToDecide,
    NothingToRank,
    OverrideNeedsNote,
    PlacesMissing,
    RankingChanged,
    RunDecided,
    RunSuperseded,
    SameAsProposed,
    SeedMissing,
)
from fairapp.selection.models import Rank, SelectionRun
from fairapp.selection.queries import rank_of
from fairapp.selection.queries.field import field_of, rules_of
from fairapp.selection.queries.runs import final_of, rank_for
from fairapp.selection.services.runs import (
    AT_ONCE,
    Override,
    decide_from_run,
    override_proposal,
    pending_decisions,
    record_run,
)
from tests import NOW
from tests.factories.accounts import make_account, make_actor
from tests.factories.cooperatives import make_cooperative
from tests.factories.events import make_event, make_market
from tests.factories.registrations import make_accepted_registration, make_registration
from tests.factories.selection import make_assignment, make_criterion, make_places, make_quota, make_reviewer

ORGANIZER = make_actor(Role.ORGANIZER, ScopeKind.REGION, region_code="05")
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def event(session: Session, app_context: Flask) -> Event:
    event = make_event(session, slug="fair", draw_seed="seed", reviews_wanted=1)
    make_criterion(session, event)
    make_places(session, event, 1)
    return event


def scored(session: Session, event: Event, *points: int, **overrides: Any) -> list[Registration]:
    reviewer = make_reviewer(session, event)
    files = [make_registration(session, event=event, **overrides) for _ in points]
    for file, given in zip(files, points, strict=True):
        make_assignment(session, reviewer, file, {"quality": given})
    return files


def make_run(session: Session, **overrides: Any) -> SelectionRun:
    values: dict[str, Any] = {"actor": ORGANIZER, "slug": "fair", "now": LATER}
    return record_run(session, **(values | overrides))


def change(session: Session, run: SelectionRun, file: Registration, override: Override) -> Rank:
    return override_proposal(
        session,
        actor=ORGANIZER,
        slug="fair",
        code=run.code,
        reference=file.reference,
        override=override,
        now=LATER,
    )


def decide(session: Session, run: SelectionRun, **overrides: Any) -> int:
    values: dict[str, Any] = {
        "actor": ORGANIZER,
        "slug": "fair",
        "code": run.code,
        "also_told": False,
        "now": LATER,
    }
    return decide_from_run(session, **(values | overrides))


def test_a_run_keeps_rules_input_and_result(session: Session, event: Event) -> None:
    low, high, middle = scored(session, event, 3, 9, 6)
    run = make_run(session)
    ranks = session.scalars(select(Rank).order_by(Rank.overall)).all()
    assert [(rank.registration_id, rank.rank, rank.of, rank.places, rank.points_milli) for rank in ranks] == [
        (high.id, 1, 3, 1, 90_000),
        (middle.id, 2, 3, 1, 60_000),
        (low.id, 3, 3, 1, 30_000),
    ]
    assert [(rank.proposal.value, rank.reason_code) for rank in ranks] == [
        ("accept", None),
        ("waitlist", "rank"),
        ("refuse", "rank"),
    ]
    assert hash_of(replay(run.rules, run.input)) == run.result_hash
    kept = str(run.input) + str(run.rules)
    assert not any(
        file.cooperative.name_fr in kept or str(file.phone) in kept for file in (low, high, middle)
    )
    entry = session.scalars(select(AuditEntry)).one()
    assert entry.details == {"run": run.code, "hash": run.result_hash, "ranked": 3}
    assert verify_chains(session) == []


def test_a_run_survives_the_loss_of_what_it_was_made_of(session: Session, event: Event) -> None:
    [file, _other] = scored(session, event, 3, 9)
    run = make_run(session)
    file.cooperative.province_code = "01.511"
    event.draw_seed = "another"
    make_quota(session, event, "women_led", 100)
    session.flush()
    session.expire(run)
    assert hash_of(replay(run.rules, run.input)) == run.result_hash


def test_what_cannot_be_ranked_is_refused(session: Session, event: Event) -> None:
    with pytest.raises(NothingToRank):
        make_run(session)
    make_registration(session, event=event)  # no score
    with pytest.raises(NothingToRank):
        make_run(session)
    scored(session, event, 5)
    with pytest.raises(RankingChanged):
        make_run(session, seen_hash="0" * 64)
    event.draw_seed = None
    session.flush()
    with pytest.raises(SeedMissing):
        make_run(session)
    assert session.scalar(select(SelectionRun)) is None


def test_without_places_nothing_is_recorded(session: Session, app_context: Flask) -> None:
    event = make_event(session, slug="fair", draw_seed="seed")
    make_criterion(session, event)
    scored(session, event, 5)
    with pytest.raises(PlacesMissing):
        make_run(session)


def test_who_competes(session: Session, event: Event) -> None:
    kept = [
        make_registration(session, event=event, state=state)
        for state in ("received", "incomplete", "waitlisted")
    ]
    kept.append(make_accepted_registration(session, event=event))
    by_rank = make_registration(session, event=event, state="refused")
    by_rank.history.append(StateChange(at=NOW, state=RegistrationState.REFUSED, reason_code="rank"))
    outside = make_registration(session, event=event, state="refused")
    outside.history.append(StateChange(at=NOW, state=RegistrationState.REFUSED, reason_code="rank"))
    session.flush()
    outside.history.append(StateChange(at=NOW, state=RegistrationState.REFUSED, reason_code="outside_call"))
    make_registration(session, event=event, state="withdrawn")
    session.flush()
    found = field_of(session, event=event, rules=rules_of(session, event=event))
    assert set(found.ids.values()) == {file.id for file in (*kept, by_rank)}


def test_facts_of_a_registration(session: Session, event: Event) -> None:
    cooperative = make_cooperative(
        session, women_led=True, rural=True, members=10, youth_members=6, province_code="05.301"
    )
    make_accepted_registration(session, cooperative=cooperative)
    file = make_registration(session, event=event, cooperative=cooperative)
    [entry] = field_of(session, event=event, rules=rules_of(session, event=event)).entries
    assert (entry.women_led, entry.rural, entry.youth, entry.first_time) == (True, True, True, False)
    assert (entry.sectors, entry.stops, entry.province) == (("AGR-HONEY", "AGR"), ("S1",), "05.301")
    assert entry.reference == file.reference


def test_an_override_says_why_and_can_be_taken_back(session: Session, event: Event) -> None:
    first, second = scored(session, event, 9, 5)
    run = make_run(session)
    lifted = Override(Proposal.ACCEPT, "the only potter of the province")
    with pytest.raises(OverrideNeedsNote):
        change(session, run, second, replace(lifted, note="  "))
    with pytest.raises(ReasonMissing):
        change(session, run, first, Override(Proposal.REFUSE, "no"))
    with pytest.raises(ReasonUnknown):
        change(session, run, first, Override(Proposal.REFUSE, "no", "because"))
    with pytest.raises(SameAsProposed):
        change(session, run, first, Override(Proposal.ACCEPT, "yes"))
    assert session.scalar(select(Rank.id).where(Rank.overridden_to.is_not(None))) is None
    rank = change(session, run, second, lifted)
    assert (final_of(rank), rank.proposal, rank.override_note) == (
        Proposal.ACCEPT,
        Proposal.WAITLIST,
        "the only potter of the province",
    )
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.sequence.desc())).first()
    assert entry is not None
    assert entry.details["from"] == "waitlist"
    assert entry.details["to"] == "accept"
    change(session, run, second, Override(Proposal.WAITLIST, "sorry"))
    assert final_of(rank_for(session, run=run, reference=second.reference).rank) is Proposal.WAITLIST


def test_decisions_are_taken_from_a_run_with_their_reasons(session: Session, event: Event) -> None:
    first, second, third = scored(session, event, 9, 5, 1)
    run = make_run(session)
    change(session, run, third, Override(Proposal.WAITLIST, "a second chance", "sector_full"))
    assert decide(session, run) == 3
    assert [file.state.value for file in (first, second, third)] == ["accepted", "waitlisted", "waitlisted"]
    assert [file.history[-1].reason_code for file in (first, second, third)] == [None, "rank", "sector_full"]
    assert (run.state, run.decided_at) == (RunState.DECIDED, LATER)
    with pytest.raises(NothingToDecide):
        decide(session, run)
    with pytest.raises(RunDecided):
        change(session, run, first, Override(Proposal.WAITLIST, "no", "rank"))


def test_who_was_told_before_is_only_changed_when_asked(session: Session, event: Event) -> None:
    low, high = scored(session, event, 1, 9)
    low.state = RegistrationState.ACCEPTED
    session.flush()
    run = make_run(session)
    pending = pending_decisions(session, run=run, also_told=False)
    assert ([choice.reference for choice in pending.choices], pending.skipped) == ([high.reference], 1)
    decide(session, run)
    assert low.state.value == "accepted"
    assert pending_decisions(session, run=run, also_told=True).count(Decision.WAITLIST) == 1
    decide(session, run, also_told=True)
    assert low.state.value == "waitlisted"


def test_many_are_decided_in_the_background(session: Session, event: Event) -> None:
    account = make_account(session, Role.ORGANIZER, ScopeKind.REGION, region_code="05")
    actor = make_actor(Role.ORGANIZER, ScopeKind.REGION, account, region_code="05")
    files = scored(session, event, *(number % 10 for number in range(AT_ONCE + 5)))
    run = make_run(session)
    assert decide(session, run, actor=actor) == len(files)
    assert {file.state for file in files} == {RegistrationState.RECEIVED}
    asked = session.scalars(select(OutboxRow).where(OutboxRow.task == "selection.decide_part")).all()
    assert len(asked) == 2
    for message in asked:
        for _again in range(2):
            tasks.decide_part(**message.payload, key=message.key)
    session.expire_all()
    states = sorted(session.scalars(select(Registration.state).where(Registration.event_id == event.id)))
    assert states == sorted(["accepted", "waitlisted"] + ["refused"] * (len(files) - 2))


def test_only_the_latest_run_is_decided_from(session: Session, event: Event) -> None:
    scored(session, event, 9)
    first = make_run(session)
    make_run(session)
    with pytest.raises(RunSuperseded):
        decide(session, first)


def test_the_rank_that_letters_tell(session: Session, event: Event) -> None:
    first, second = scored(session, event, 9, 9)
    other = make_registration(session, event=event)
    run = make_run(session)
    assert rank_of(session, registration_id=first.id) is None
    decide(session, run)
    found = [rank_of(session, registration_id=file.id) for file in (first, second)]
    facts = next(each for each in found if each and each.rank == 2)
    assert (facts.rank, facts.of, facts.places, facts.points_milli) == (2, 2, 1, 90_000)
    assert (facts.category, facts.category_fr, facts.category_ar) == (
        "S1:",
        "Tous les produits",
        "جميع المنتوجات",
    )
    assert (facts.run_code, facts.seed, facts.by_draw, facts.reason_code) == (run.code, "seed", True, "rank")
    assert (facts.proposal, facts.stops, facts.overridden) == (Proposal.WAITLIST, (), False)
    assert rank_of(session, registration_id=other.id) is None


def test_the_category_names_the_stop_of_a_market(session: Session, app_context: Flask) -> None:
    market = make_market(session, slug="fair", stops=2, draw_seed="seed")
    make_criterion(session, market)
    make_places(session, market, 5)
    make_places(session, market, 2, sector="AGR")
    [file] = scored(session, market, 9)
    decide(session, make_run(session))
    facts = rank_of(session, registration_id=file.id)
    assert facts is not None
    assert (facts.category, facts.stops) == ("S1:AGR", ("S1", "S2"))
    assert facts.category_fr == "Agriculture et produits du terroir – Khénifra"
