"""The ledger's own sum, and the command that compares it with what pages show."""

import uuid
from datetime import timedelta

from flask import Flask
from sqlalchemy.orm import Session

from fairapp.turnover.queries.checks import Reconciled, reconcile
from tests import NOW, TODAY
from tests.factories.events import make_running_event
from tests.factories.sales import make_day_report, make_sale, make_stand_day
from tests.factories.stands import make_stand

YESTERDAY = TODAY - timedelta(days=1)


def test_ledger_counts_matching_reversals_and_the_newest_declaration(session: Session) -> None:
    event = make_running_event(session)
    stand, other = (make_stand(session, event.stops[0]) for _ in range(2))
    sale = make_sale(session, event, stand, amount_minor=10_000)
    make_sale(session, event, stand, amount_minor=2_050)
    make_sale(session, event, stand, amount_minor=-10_000, reverses_id=sale.id)
    make_sale(session, event, stand, amount_minor=-700, reverses_id=uuid.uuid4())  # came before its sale
    make_day_report(session, event, stand, takings_minor=99_999)  # the sales count
    make_day_report(session, event, other, takings_minor=1, reported_at=NOW - timedelta(hours=1))
    make_day_report(session, event, other, takings_minor=400)
    undone = make_sale(session, event, other, amount_minor=5_000, day=YESTERDAY)
    make_sale(session, event, other, amount_minor=-5_000, day=YESTERDAY, reverses_id=undone.id)
    make_day_report(session, event, other, day=YESTERDAY, takings_minor=60)
    make_stand_day(session, event, stand, entries_count=3, amount_minor=2_050, takings_minor=99_999)
    make_stand_day(session, event, other, entries_count=0, sales_count=0, amount_minor=0, takings_minor=400)
    make_stand_day(
        session,
        event,
        other,
        day=YESTERDAY,
        entries_count=2,
        sales_count=0,
        amount_minor=0,
        takings_minor=60,
    )

    assert reconcile(session) == [Reconciled(event.slug, shown_minor=2_510, ledger_minor=2_510)]


def test_the_command_names_the_event_that_differs(app: Flask, session: Session) -> None:
    event = make_running_event(session)
    stand = make_stand(session, event.stops[0])
    make_sale(session, event, stand, amount_minor=10_000)
    make_stand_day(session, event, stand, amount_minor=10_001)
    session.commit()

    result = app.test_cli_runner().invoke(args=["turnover", "reconcile"])

    assert result.exit_code == 1
    assert f"DIFFERS  {event.slug}  shown 100.01  ledger 100.00" in result.output
