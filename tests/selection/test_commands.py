"""The command that computes a run again."""

from flask import Flask
from sqlalchemy.orm import Session

from fairapp.audit.domain import Role, ScopeKind
from fairapp.foundation.ids import show_reference
from fairapp.selection.models import SelectionRun
from fairapp.selection.services.runs import record_run
from tests import NOW
from tests.factories.accounts import make_actor
from tests.factories.events import make_event
from tests.factories.registrations import make_registration
from tests.factories.selection import make_assignment, make_criterion, make_places, make_reviewer


def make_run(session: Session) -> SelectionRun:
    event = make_event(session, slug="fair", draw_seed="seed")
    make_criterion(session, event)
    make_places(session, event, 1)
    reviewer = make_reviewer(session, event)
    for points in (3, 9):
        make_assignment(session, reviewer, make_registration(session, event=event), {"quality": points})
    return record_run(session, actor=make_actor(Role.ORGANIZER, ScopeKind.NATION), slug="fair", now=NOW)


def test_a_run_gives_its_hash_again(app: Flask, session: Session) -> None:
    run = make_run(session)
    found = app.test_cli_runner().invoke(args=["selection", "replay", show_reference(run.code)])
    assert (found.exit_code, found.output) == (0, f"{run.result_hash}\n")


def test_a_changed_record_is_told(app: Flask, session: Session) -> None:
    run = make_run(session)
    run.rules = {**run.rules, "seed": "another", "places": [{"stop": "", "sector": "", "places": 2}]}
    session.flush()
    found = app.test_cli_runner().invoke(args=["selection", "replay", run.code])
    assert found.exit_code == 1
    assert run.result_hash in found.output


def test_an_unknown_run_is_told(app: Flask, session: Session) -> None:
    assert app.test_cli_runner().invoke(args=["selection", "replay", "AAAA"]).exit_code == 1
