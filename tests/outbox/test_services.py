"""Asking for work, sending it, doing it once."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.foundation.errors import NotFound
from fairapp.outbox import services
from fairapp.outbox.domain import MOST_TRIES, WorkState
from fairapp.outbox.models import OutboxRow
from tests import NOW

LATER = NOW + timedelta(hours=2)


def ask(session: Session, key: str = "badges.issue_badges:7") -> OutboxRow:
    services.enqueue(session, "badges.issue_badges", payload={"registration_id": 7}, key=key, now=NOW)
    return session.scalars(select(OutboxRow).where(OutboxRow.key == key)).one()


def test_enqueue_twice_with_one_key_is_one_row(session: Session) -> None:
    ask(session)
    ask(session)
    assert session.scalars(select(OutboxRow.key)).all() == ["badges.issue_badges:7"]


def test_take_due_puts_the_row_off_by_its_lease(session: Session) -> None:
    ask(session)
    taken = services.take_due(session, now=NOW)
    assert taken == [services.Wakeup("badges.issue_badges:7", "badges.issue_badges", {"registration_id": 7})]
    assert services.take_due(session, now=NOW + timedelta(seconds=29)) == []
    assert len(services.take_due(session, now=NOW + timedelta(seconds=30))) == 1
    assert services.take_due(session, now=NOW + timedelta(seconds=60)) == []  # the lease doubles


def test_take_due_out_of_tries_fails_the_row(session: Session) -> None:
    row = ask(session)
    for hour in range(MOST_TRIES):
        assert len(services.take_due(session, now=NOW + timedelta(hours=hour))) == 1
    assert services.take_due(session, now=NOW + timedelta(days=1)) == []
    assert row.state is WorkState.FAILED


def test_claim_twice_is_done_once(session: Session) -> None:
    row = ask(session)
    assert [services.claim(session, key=row.key, now=LATER) for _ in range(2)] == [True, False]
    assert (row.state, row.done_at) == (WorkState.DONE, LATER)
    assert services.take_due(session, now=LATER) == []


def test_claim_of_unknown_work_is_refused(session: Session) -> None:
    assert services.claim(session, key="nothing", now=NOW) is False


def test_give_back_makes_the_row_due_without_counting_the_try(session: Session) -> None:
    row = ask(session)
    services.take_due(session, now=NOW)
    services.give_back(session, keys=[row.key, "gone"], now=NOW)
    assert (row.tries, row.due_at) == (0, NOW)


def test_note_failure_keeps_the_reason_until_done(session: Session) -> None:
    row = ask(session)
    services.note_failure(session, key=row.key, error="OperationalError")
    assert row.error == "OperationalError"
    services.claim(session, key=row.key, now=NOW)
    services.note_failure(session, key=row.key, error="late")
    assert row.error is None


def test_send_again_gives_fresh_tries(session: Session) -> None:
    row = ask(session)
    row.state, row.tries = WorkState.FAILED, MOST_TRIES
    services.send_again(session, key=row.key, now=LATER)
    assert (row.state, row.tries, row.due_at) == (WorkState.WAITING, 0, LATER)


def test_send_again_of_done_work_is_refused(session: Session) -> None:
    row = ask(session)
    services.claim(session, key=row.key, now=NOW)
    with pytest.raises(NotFound):
        services.send_again(session, key=row.key, now=LATER)
    assert row.state is WorkState.DONE
