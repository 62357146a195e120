"""Scans: verdicts, duplicates, offline decisions, races."""

import threading
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor, Role
from fairapp.audit.models import AuditEntry
from fairapp.badges.domain import GateDecision, HandReason, ScanOutcome
from fairapp.badges.errors import ScanNotFound, UnknownStop
from fairapp.badges.models import Badge, Scan
from fairapp.badges.queries.gate import Sighting, people_in
from fairapp.badges.queries.presence import present_cooperatives
from fairapp.badges.services.scanning import Entry, Result, let_in_by_hand, record_scans
from fairapp.events.models import Event
from fairapp.foundation.database import transaction
from fairapp.registrations.models import Registration
from fairapp.stands.models import Allocation
from tests import NOW
from tests.badges.statements import statements_of
from tests.factories.accounts import make_actor
from tests.factories.badges import make_badge, make_placed_registration
from tests.factories.events import make_market, make_running_event

GATE = make_actor(Role.GATE)


def _entry(code: str, *, at: datetime = NOW, **values: Any) -> Entry:
    known: dict[str, Any] = {"id": uuid.uuid4(), "stop": "S1", "gate": "main"}
    return Entry(**(known | {"code": code, "scanned_at": at} | values))


def _send(session: Session, event: Event, *entries: Entry, actor: Actor = GATE) -> list[Result]:
    return record_scans(session, actor=actor, event=event, entries=entries, now=NOW)


def _outcomes(results: list[Result]) -> list[str]:
    return [str(result.outcome) for result in results]


@pytest.fixture
def event(session: Session) -> Event:
    return make_running_event(session)


@pytest.fixture
def badge(session: Session, event: Event) -> Badge:
    return make_badge(session, event=event)


def test_scan_of_a_valid_badge_admits_and_tells_who_and_where(
    session: Session, event: Event, badge: Badge
) -> None:
    result = _send(session, event, _entry(badge.code))[0]

    registration = session.get_one(Registration, badge.registration_id)
    assert result.badge is not None
    assert (result.outcome, result.stands, result.first_seen) == (ScanOutcome.ADMITTED, ("A-14",), None)
    assert result.badge.representative.name == "Representative 1"
    assert present_cooperatives(session, event.id) == {registration.cooperative_id}
    assert people_in(session, stop_id=event.stops[0].id, day=NOW.date()) == 1


def test_second_scan_tells_when_and_at_which_gate_the_first_was(
    session: Session, event: Event, badge: Badge
) -> None:
    _send(session, event, _entry(badge.code, gate="north"))
    result = _send(session, event, _entry(badge.code, at=NOW + timedelta(minutes=12)))[0]
    assert (result.outcome, result.first_seen) == (ScanOutcome.ALREADY_IN, Sighting(NOW, "north"))


def test_scan_on_another_day_admits_again(session: Session, event: Event, badge: Badge) -> None:
    _send(session, event, _entry(badge.code))
    assert _outcomes(_send(session, event, _entry(badge.code, at=NOW + timedelta(days=1)))) == ["admitted"]


def test_short_code_typed_in_any_case_counts_like_the_qr(
    session: Session, event: Event, badge: Badge
) -> None:
    typed = f" {badge.short_code[:4].lower()}-{badge.short_code[4:]} "
    assert _outcomes(_send(session, event, _entry(typed))) == ["admitted"]


@pytest.mark.parametrize("code", ["", "K7QM-4T2X", "V" * 120, "\x00", "\ud800", "زيت" * 50])
def test_unknown_code_is_forged_and_still_kept(session: Session, event: Event, code: str) -> None:
    result = _send(session, event, _entry(code))[0]
    scan = session.scalars(select(Scan)).one()
    assert (result.outcome, result.badge, scan.badge_id) == ("forged", None, None)
    assert present_cooperatives(session, event.id) == set()


def test_revoked_badge_is_refused_by_name(session: Session, event: Event, badge: Badge) -> None:
    badge.revoked_at = NOW
    session.flush()
    result = _send(session, event, _entry(badge.code))[0]
    assert (result.outcome, result.badge is not None) == ("revoked", True)


def test_badge_of_another_event_is_refused_without_a_name(session: Session, event: Event) -> None:
    other = make_badge(session)
    result = _send(session, event, _entry(other.code))[0]
    assert (result.outcome, result.badge, result.stands) == ("wrong_event", None, ())
    assert present_cooperatives(session, event.id) == set()


def test_badge_on_a_day_outside_is_refused(session: Session, event: Event, badge: Badge) -> None:
    assert _outcomes(_send(session, event, _entry(badge.code, at=NOW + timedelta(days=9)))) == ["wrong_day"]


def test_badge_at_a_stop_without_a_stand_is_refused(session: Session) -> None:
    event = make_market(session, stops=2)
    badge = make_badge(session, event=event)
    noon = datetime.combine(event.stops[1].starts_on, NOW.timetz())
    assert _outcomes(_send(session, event, _entry(badge.code, stop="S2", at=noon))) == ["wrong_day"]


def test_same_scan_sent_again_is_a_duplicate_and_kept_once(
    session: Session, event: Event, badge: Badge
) -> None:
    entry = _entry(badge.code)
    assert _outcomes(_send(session, event, entry, entry)) == ["admitted", "duplicate"]
    again = _send(session, event, entry)[0]
    assert (again.outcome, again.first_seen) == ("duplicate", Sighting(NOW, "main"))
    assert session.scalar(select(func.count()).select_from(Scan)) == 1


def test_results_come_in_the_order_of_the_call_and_the_earlier_scan_is_judged_first(
    session: Session, event: Event, badge: Badge
) -> None:
    later, earlier = _entry(badge.code, at=NOW + timedelta(minutes=5)), _entry(badge.code)
    results = _send(session, event, later, _entry("x"), earlier)
    assert [result.id for result in results][::2] == [later.id, earlier.id]
    assert _outcomes(results) == ["already_in", "forged", "admitted"]


@pytest.mark.parametrize(
    "decided, contested, present", [(GateDecision.ADMITTED, False, 1), (GateDecision.REFUSED, True, 0)]
)
def test_decision_of_an_offline_gate_is_kept_and_flagged(
    session: Session, event: Event, badge: Badge, decided: GateDecision, contested: bool, present: int
) -> None:
    _send(session, event, _entry(badge.code, decided=decided))
    scan = session.scalars(select(Scan)).one()
    assert (scan.outcome, scan.decided, scan.is_contested) == ("admitted", decided, contested)
    assert len(present_cooperatives(session, event.id)) == present


def test_two_offline_gates_that_admit_the_same_badge_are_flagged(
    session: Session, event: Event, badge: Badge
) -> None:
    admitted = GateDecision.ADMITTED
    _send(session, event, _entry(badge.code, gate="north", decided=admitted))
    late = _entry(badge.code, gate="south", at=NOW - timedelta(minutes=1), decided=admitted)
    result = _send(session, event, late)[0]
    assert (result.outcome, result.first_seen) == ("already_in", Sighting(NOW, "north"))
    assert session.scalars(select(Scan.is_contested).order_by(Scan.gate)).all() == [False, True]


def test_scan_judged_before_a_revocation_stays_as_it_was(
    session: Session, event: Event, badge: Badge
) -> None:
    entry = _entry(badge.code)
    _send(session, event, entry)
    badge.revoked_at = NOW
    session.flush()
    assert _outcomes(_send(session, event, entry)) == ["duplicate"]
    assert session.scalars(select(Scan.outcome)).all() == [ScanOutcome.ADMITTED]


def test_unknown_stop_is_refused_with_its_place_and_nothing_is_kept(
    session: Session, event: Event, badge: Badge
) -> None:
    with pytest.raises(UnknownStop) as caught:
        _send(session, event, _entry(badge.code), _entry(badge.code, stop="S9"))
    assert caught.value.field == "scans/1/stop"
    assert session.scalars(select(Scan)).all() == []


def test_device_of_another_stop_is_refused(session: Session, badge: Badge, event: Event) -> None:
    bound = Actor(kind=GATE.kind, grants=GATE.grants, stop_id=event.stops[0].id + 1)
    with pytest.raises(UnknownStop):
        _send(session, event, _entry(badge.code), actor=bound)


def test_no_scans_are_no_results(session: Session, event: Event) -> None:
    assert _send(session, event) == []


def test_let_in_by_hand_is_a_fact_of_its_own_done_once(session: Session, event: Event, badge: Badge) -> None:
    badge.revoked_at = NOW
    session.flush()
    refused = _send(session, event, _entry(badge.code))[0]

    for _ in range(2):
        let_in_by_hand(
            session,
            actor=GATE,
            event=event,
            scan_id=refused.id,
            reason=HandReason.IDENTITY_CHECKED,
            now=NOW + timedelta(minutes=1),
        )

    scans = session.scalars(select(Scan).order_by(Scan.scanned_at)).all()
    assert [(s.outcome, s.decided, s.is_contested, s.reason) for s in scans] == [
        ("revoked", None, False, None),
        ("revoked", "admitted", True, "identity_checked"),
    ]
    assert (
        session.scalar(
            select(func.count()).where(AuditEntry.action == "badges.let_in_by_hand").select_from(AuditEntry)
        )
        == 1
    )
    assert len(present_cooperatives(session, event.id)) == 1


def test_let_in_by_hand_of_a_scan_elsewhere_is_not_found(
    session: Session, event: Event, badge: Badge
) -> None:
    scan = _send(session, event, _entry(badge.code))[0]
    with pytest.raises(ScanNotFound):
        let_in_by_hand(
            session,
            actor=GATE,
            event=make_running_event(session),
            scan_id=scan.id,
            reason=HandReason.OTHER,
            now=NOW,
        )


def test_scanned_badges_of_one_and_of_three_take_the_same_number_of_statements(
    session: Session, event: Event
) -> None:
    counts = []
    for many in (1, 3):
        entries = [_entry(make_badge(session, event=event, stand=f"Q-{many}{n}").code) for n in range(many)]
        session.expire_all()
        session.refresh(event, ["stops", "slug"])
        with statements_of(session) as statements:
            _send(session, event, *entries)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_two_gates_at_once_admit_a_badge_once(committed: Flask) -> None:
    with committed.app_context(), transaction() as session:
        event = make_running_event(session)
        badge = make_badge(session, event=event)
    same = _entry(badge.code)
    start, answers = threading.Barrier(6), []

    def gate(entry: Entry) -> None:
        with committed.app_context():
            start.wait()
            with transaction() as session:
                found = session.get_one(Event, event.id)
                session.refresh(found, ["stops"])
                answers.extend(_outcomes(_send(session, found, entry)))

    entries = [same, same, *(_entry(badge.code) for _ in range(4))]
    threads = [threading.Thread(target=gate, args=(entry,)) for entry in entries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(answers) == sorted(["admitted", "duplicate", *["already_in"] * 4])
    with committed.app_context(), transaction() as session:
        assert session.scalar(select(func.count()).select_from(Scan)) == 5


def test_same_unknown_code_sent_by_two_threads_is_kept_once(committed: Flask) -> None:
    with committed.app_context(), transaction() as session:
        event = make_running_event(session)
    same, start, answers = _entry("nothing of ours"), threading.Barrier(4), []

    def gate() -> None:
        with committed.app_context():
            start.wait()
            with transaction() as session:
                found = session.get_one(Event, event.id)
                session.refresh(found, ["stops"])
                answers.extend(_outcomes(_send(session, found, same)))

    threads = [threading.Thread(target=gate) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answers) == ["duplicate"] * 3 + ["forged"]


def test_scan_after_the_stand_was_taken_back_is_not_for_today(
    session: Session, event: Event, badge: Badge
) -> None:
    allocation = session.scalars(select(Allocation)).one()
    allocation.released_at = NOW
    session.flush()
    assert _outcomes(_send(session, event, _entry(badge.code))) == ["wrong_day"]


def test_registration_without_a_badge_is_not_present(session: Session, event: Event) -> None:
    make_placed_registration(session, event=event, stand="Z-1")
    assert present_cooperatives(session, event.id) == set()


def test_scan_without_badge_that_another_call_kept_meanwhile_is_a_duplicate(
    session: Session, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = _entry("nothing of ours")
    _send(session, event, entry)
    monkeypatch.setattr("fairapp.badges.queries.gate.known_scans", lambda *_, **__: {})
    assert _outcomes(_send(session, event, entry)) == ["duplicate"]
