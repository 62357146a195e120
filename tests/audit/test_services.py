"""The record of acts is whole, or says where it was broken (promises B70)."""

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from fairapp.audit import services
from fairapp.audit.domain import SYSTEM, Actor, ActorKind
from fairapp.audit.models import AuditChain, AuditEntry
from fairapp.foundation.database import transaction
from tests import NOW

ORGANIZER = Actor(kind=ActorKind.ACCOUNT, account_id=5)


def record(session: Session, subject_id: int, chain: str = "event:fair") -> AuditEntry:
    return services.record(
        session,
        actor=ORGANIZER,
        action="registrations.decided",
        subject_type="registration",
        subject_id=subject_id,
        now=NOW,
        details={"state": "accepted", "reason": None},
        chain=chain,
    )


def test_record_links_each_act_to_the_one_before(session: Session) -> None:
    first, second = record(session, 1), record(session, 2)
    assert (first.sequence, first.previous_hash) == (1, services.START)
    assert (second.sequence, second.previous_hash) == (2, first.hash)
    assert services.verify_chains(session) == []


def test_record_keeps_a_chain_for_each_event(session: Session) -> None:
    assert [record(session, 1).sequence, record(session, 2, "event:tour").sequence] == [1, 1]


def test_record_by_the_system_names_nobody(session: Session) -> None:
    entry = services.record(
        session, actor=SYSTEM, action="demo.loaded", subject_type="instance", subject_id="1", now=NOW
    )
    assert (entry.actor_kind, entry.actor_id) == (ActorKind.SYSTEM, None)


@pytest.mark.parametrize(
    "change",
    [
        "at = '2030-01-01 00:00:00'",
        "action = 'x'",
        "subject_id = 'x'",
        "details = '{}'",
        "actor_id = NULL",
        "previous_hash = 'x'",
        "hash = 'x'",
        "sequence = 9",
    ],
)
def test_verify_chains_finds_a_change_made_past_the_triggers(committed: Flask, change: str) -> None:
    with committed.app_context():
        with transaction() as session:
            for subject_id in (1, 2, 3):
                record(session, subject_id)
        with transaction() as session:
            assert services.verify_chains(session) == []
            _take_triggers_away(session)
            session.execute(text(f"UPDATE audit_entries SET {change} WHERE sequence = 2"))
            session.expire_all()
            assert services.verify_chains(session) != []


def _take_triggers_away(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("ALTER TABLE audit_entries DISABLE TRIGGER USER"))
    else:
        session.execute(text("DROP TRIGGER tr_audit_entries_no_update"))


def test_verify_chains_finds_a_truncated_chain(session: Session) -> None:
    record(session, 1)
    head = session.get_one(AuditChain, "event:fair")
    head.sequence = 2
    session.flush()
    assert services.verify_chains(session) == ["event:fair:head"]


def test_entries_cannot_be_changed_in_the_database(session: Session) -> None:
    record(session, 1)
    with pytest.raises(Exception, match="append-only"), session.begin_nested():
        session.execute(text("UPDATE audit_entries SET action = 'x'"))
    assert services.verify_chains(session) == []
