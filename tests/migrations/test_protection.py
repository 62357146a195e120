"""What is recorded once can be neither changed nor removed, whoever asks the database."""

import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from fairapp.audit.domain import ActorKind
from fairapp.audit.models import AuditChain, AuditEntry
from fairapp.badges.domain import ScanOutcome
from fairapp.badges.models import Scan
from tests import NOW, TODAY
from tests.factories.events import make_running_event
from tests.factories.sales import make_day_report, make_sale
from tests.factories.stands import make_stand


def add_sale(session: Session) -> None:
    event = make_running_event(session)
    make_sale(session, event, make_stand(session, event.stops[0]))


def add_day_report(session: Session) -> None:
    event = make_running_event(session)
    make_day_report(session, event, make_stand(session, event.stops[0]))


def add_scan(session: Session) -> None:
    event = make_running_event(session)
    scan = Scan(
        id=uuid.uuid4(),
        event_id=event.id,
        stop_id=event.stops[0].id,
        gate="main",
        code_hash="0" * 64,
        day=TODAY,
        scanned_at=NOW,
        received_at=NOW,
        outcome=ScanOutcome.FORGED,
    )
    session.add(scan)
    session.flush()


def add_audit_entry(session: Session) -> None:
    session.add(AuditChain(name="instance", sequence=1, hash="0" * 64))
    session.flush()
    entry = AuditEntry(
        chain="instance",
        sequence=1,
        at=NOW,
        actor_kind=ActorKind.SYSTEM,
        action="tests.acted",
        subject_type="test",
        subject_id="1",
        details={},
        previous_hash="0" * 64,
        hash="0" * 64,
    )
    session.add(entry)
    session.flush()


@pytest.mark.parametrize(
    "change", ["UPDATE {table} SET id = id", "DELETE FROM {table}"], ids=["update", "delete"]
)
@pytest.mark.parametrize(
    "table,add",
    [
        ("sales", add_sale),
        ("day_reports", add_day_report),
        ("scans", add_scan),
        ("audit_entries", add_audit_entry),
    ],
    ids=["sales", "day_reports", "scans", "audit_entries"],
)
def test_recorded_row_refuses_change(
    session: Session, table: str, add: Callable[[Session], None], change: str
) -> None:
    add(session)
    with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
        session.execute(text(change.format(table=table)))
    assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 1
