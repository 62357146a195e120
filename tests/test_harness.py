"""The tests' own ground: changes are undone, commits of the code are seen, races are real."""

from datetime import UTC, datetime, time

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fairapp.accounts.models import Account
from fairapp.audit.domain import Role
from fairapp.foundation import clock
from fairapp.foundation.database import db, reading, transaction
from fairapp.foundation.errors import Conflict
from tests import NOW, TODAY
from tests.factories.accounts import make_account
from tests.factories.events import make_market
from tests.factories.registrations import make_accepted_registration
from tests.factories.sales import make_sale
from tests.factories.stands import make_allocation, make_stand


def count_accounts(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Account)) or 0


@pytest.mark.parametrize("turn", ["first", "second"])
def test_session_after_another_test_is_empty(session: Session, app_context: Flask, turn: str) -> None:
    assert count_accounts(session) == 0
    make_account(session, Role.ORGANIZER)
    with transaction() as inner:
        make_account(inner, Role.OFFICIAL)
    assert count_accounts(session) == 2


def test_transaction_that_fails_undoes_only_itself(session: Session, app_context: Flask) -> None:
    kept = make_account(session)
    with pytest.raises(Conflict), transaction() as inner:
        make_account(inner)
        make_account(inner, email=kept.email)
    assert count_accounts(session) == 1


def test_reading_session_closed_after_a_change_keeps_the_change(session: Session, app: Flask) -> None:
    with app.app_context():
        assert count_accounts(reading()) == 0
        with transaction() as inner:
            make_account(inner)
    assert count_accounts(session) == 1


def test_committed_application_commits(committed: Flask) -> None:
    with committed.app_context():
        with transaction() as inner:
            make_account(inner)
        with db.engine.connect() as other:
            assert other.scalar(select(func.count()).select_from(Account)) == 1


def test_factories_make_a_stand_that_sells(session: Session) -> None:
    market = make_market(session)
    registration = make_accepted_registration(session, event=market, representatives=2)
    stand = make_stand(session, market.stops[1])
    make_allocation(session, stand, registration)
    sale = make_sale(session, market, stand)
    assert (sale.amount_minor, sale.stop_id) == (12_000, market.stops[1].id)


def test_clock_with_a_session_stands_still(session: Session) -> None:
    assert (clock.utc_now(), clock.from_local(TODAY, time(9))) == (NOW, datetime(2027, 5, 20, 9, tzinfo=UTC))
