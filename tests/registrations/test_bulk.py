"""Decisions on many registrations: looked at first, made in parts, left out with a reason, taken back."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.accounts.models import Account
from fairapp.audit.domain import Role
from fairapp.audit.models import AuditEntry
from fairapp.events.models import Event
from fairapp.messages.domain import Channel
from fairapp.messages.models import Message
from fairapp.outbox.models import OutboxRow
from fairapp.registrations.domain import BulkOutcome, BulkState, Decision, RegistrationState
from fairapp.registrations.errors import (
    DecidedMeanwhile,
    DecisionNotPossible,
    NoteMissing,
    NothingChosen,
    ReasonMissing,
    ReasonUnknown,
    RegistrationNotFound,
)
from fairapp.registrations.models import BulkDecision, BulkItem, Registration, StateChange
from fairapp.registrations.queries.bulk import Group, Progress, foresee, left_out_of, progress_of
from fairapp.registrations.services import bulk as service
from fairapp.registrations.services.bulk import BulkTerms
from fairapp.registrations.services.review import Choice, decide_many
from fairapp.registrations.tasks import decide_part
from tests import NOW
from tests.factories.accounts import make_account, make_actor
from tests.factories.cooperatives import make_cooperative
from tests.factories.events import make_event
from tests.factories.registrations import make_registration

ORGANIZER = make_actor(Role.ORGANIZER)
S = RegistrationState
REFUSE = BulkTerms(Decision.REFUSE, "sector_full")


def _several(session: Session, count: int, **overrides: Any) -> tuple[Event, list[Registration]]:
    event = make_event(session)
    return event, [
        make_registration(session, event=event, cooperative=make_cooperative(session), **overrides)
        for _ in range(count)
    ]


def _states(session: Session, made: list[Registration]) -> list[str]:
    session.expire_all()
    return [registration.state.value for registration in made]


def _state_of(session: Session, bulk: BulkDecision) -> str:
    session.flush()
    session.refresh(bulk)
    return bulk.state.value


def _letters(session: Session) -> list[Message]:
    query = select(Message).where(Message.template == "registrations/decided")
    return list(session.scalars(query.order_by(Message.id)))


def _prepare(
    session: Session, event: Event, made: list[Registration], terms: BulkTerms, **more: Any
) -> BulkDecision:
    given: dict[str, Any] = {"actor": ORGANIZER, "now": NOW, "registration_ids": [row.id for row in made]}
    return service.prepare_bulk(session, event=event, terms=terms, **(given | more))


def _organizer(session: Session) -> Account:
    return make_account(session, Role.ORGANIZER, name="Nadia Benali")


pytestmark = pytest.mark.usefixtures("app_context")


def test_decide_many_decides_tells_and_leaves_out(session: Session) -> None:
    event, (first, second, gone) = _several(session, 3)
    second.state = S.WITHDRAWN
    session.flush()
    stranger = make_registration(session)
    outcomes = decide_many(
        session,
        actor=ORGANIZER,
        event=event,
        choices=[
            Choice(first.reference, Decision.WAITLIST, "rank", "ملاحظة", S.RECEIVED),
            Choice(second.reference, Decision.WAITLIST, "rank"),
            Choice(gone.reference, Decision.REFUSE),
            Choice(stranger.reference, Decision.ACCEPT),
        ],
        now=NOW,
    )
    assert [type(outcome.refusal) for outcome in outcomes] == [
        type(None),
        DecisionNotPossible,
        ReasonMissing,
        RegistrationNotFound,
    ]
    assert [outcome.is_told for outcome in outcomes] == [True, False, False, False]
    assert _states(session, [first, second, gone, stranger]) == [
        "waitlisted",
        "withdrawn",
        "received",
        "received",
    ]
    assert [letter.context["note"] for letter in _letters(session)] == ["ملاحظة"]


def test_decide_many_says_who_was_faster(session: Session) -> None:
    event, (only,) = _several(session, 1)
    nadia = make_actor(Role.ORGANIZER, account=_organizer(session))
    choice = Choice(only.reference, Decision.ACCEPT, seen=S.RECEIVED)
    decide_many(session, actor=nadia, event=event, choices=[choice], now=NOW)
    late = Choice(only.reference, Decision.REFUSE, "rank", seen=S.RECEIVED)
    (outcome,) = decide_many(session, actor=ORGANIZER, event=event, choices=[late], now=NOW)
    assert isinstance(outcome.refusal, DecidedMeanwhile)
    assert (outcome.refusal.values["who"], outcome.refusal.state, outcome.refusal.at) == (
        "Nadia Benali",
        "accepted",
        NOW,
    )
    assert outcome.change is not None
    assert _states(session, [only]) == ["accepted"]
    assert len(_letters(session)) == 1


def test_prepare_decides_nothing_and_shows_what_would_be(session: Session) -> None:
    event, made = _several(session, 4)
    made[1].locale, made[1].email, made[1].cooperative.email = "fr", None, None
    made[2].email = made[2].phone = made[2].cooperative.email = made[2].cooperative.phone = None
    session.flush()
    bulk = _prepare(session, event, made, REFUSE)
    made[3].state = S.WITHDRAWN
    session.flush()
    foreseen = foresee(session, bulk=bulk)
    assert foreseen.changing == dict.fromkeys([row.id for row in made[:3]], S.REFUSED)
    assert sorted(foreseen.groups, key=lambda group: group.example) == sorted(
        [
            Group("ar", Channel.MAIL, 1, made[0].reference),
            Group("fr", Channel.SMS, 1, made[1].reference),
            Group("ar", None, 1, made[2].reference),
        ],
        key=lambda group: group.example,
    )
    assert [(row.reference, row.outcome) for row in foreseen.left_out] == [
        (made[3].reference, BulkOutcome.CHANGED)
    ]
    assert _letters(session) == []
    assert _states(session, made) == ["received", "received", "received", "withdrawn"]


@pytest.mark.parametrize(
    "terms, refusal",
    [
        (BulkTerms(Decision.REFUSE), ReasonMissing),
        (BulkTerms(Decision.REFUSE, "invented"), ReasonUnknown),
        (BulkTerms(Decision.REFUSE, "rank", note_ar="ملاحظة"), NoteMissing),
    ],
    ids=["no reason", "unknown reason", "note in one language"],
)
def test_prepare_with_a_mistake_keeps_nothing(
    session: Session, terms: BulkTerms, refusal: type[Exception]
) -> None:
    event, made = _several(session, 2)
    made[1].locale = "fr"
    session.flush()
    with pytest.raises(refusal):
        _prepare(session, event, made, terms)
    assert session.scalars(select(BulkDecision)).all() == []


def test_prepare_without_any_registration_of_the_event_is_refused(session: Session) -> None:
    event, _made = _several(session, 1)
    with pytest.raises(NothingChosen):
        _prepare(session, event, [make_registration(session)], REFUSE)


def test_prepare_again_forgets_what_was_never_made(session: Session) -> None:
    event, made = _several(session, 2)
    _prepare(session, event, made, REFUSE)
    second = _prepare(session, event, made[:1], REFUSE)
    assert list(session.scalars(select(BulkDecision.code))) == [second.code]
    assert len(session.scalars(select(BulkItem)).all()) == 1


def _make(session: Session, event: Event, bulk: BulkDecision, account: Account) -> None:
    service.make_bulk(
        session, actor=make_actor(Role.ORGANIZER, account=account), event=event, code=bulk.code, now=NOW
    )


def test_make_once_in_parts_and_asked_twice_is_one_decision(session: Session) -> None:
    event, made = _several(session, service.AT_ONCE + 3, locale="fr")
    account = _organizer(session)
    bulk = _prepare(session, event, made, BulkTerms(Decision.REFUSE, "rank", note_fr="Merci"))
    made[1].state = S.ACCEPTED
    session.add(StateChange(registration_id=made[1].id, at=NOW, state=S.ACCEPTED, account_id=account.id))
    session.flush()
    _make(session, event, bulk, account)
    _make(session, event, bulk, account)
    assert _state_of(session, bulk) == "running"
    part = session.scalars(select(OutboxRow).where(OutboxRow.task == service.DECIDE_PART)).one()
    session.commit()
    for _twice in range(2):
        decide_part(**part.payload, key=part.key)
    assert _state_of(session, bulk) == "done"
    assert progress_of(session, bulk_id=bulk.id) == Progress(items=28, decided=27, told=27, left_out=1)
    (left,) = left_out_of(session, bulk_id=bulk.id)
    assert (left.outcome, left.state, left.who) == (BulkOutcome.CHANGED, S.ACCEPTED, "Nadia Benali")
    assert [letter.context["note"] for letter in _letters(session)] == ["Merci"] * 27
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "registrations.decide_bulk")
    ).all()
    assert [entry.chain for entry in entries] == [f"event:{event.slug}"]


def test_part_of_a_closed_account_decides_nothing(session: Session) -> None:
    event, made = _several(session, service.AT_ONCE + 1)
    account = _organizer(session)
    bulk = _prepare(session, event, made, REFUSE)
    _make(session, event, bulk, account)
    account.active = False
    session.flush()
    service.decide_part(session, bulk_id=bulk.id, now=NOW)
    assert bulk.state is BulkState.DONE
    assert progress_of(session, bulk_id=bulk.id) == Progress(items=26, decided=25, told=25, left_out=1)


def test_reversal_is_a_new_decision_with_a_reason_that_is_told(session: Session) -> None:
    event, made = _several(session, 3)
    account = _organizer(session)
    bulk = _prepare(session, event, made, BulkTerms(Decision.ACCEPT))
    _make(session, event, bulk, account)
    made[2].state = S.WITHDRAWN
    session.flush()

    def reverse(reason: str | None) -> BulkDecision:
        return service.prepare_reversal(
            session,
            actor=make_actor(Role.ORGANIZER, account=account),
            event=event,
            code=bulk.code,
            terms=BulkTerms(Decision.REVIEW, reason),
            now=NOW + timedelta(hours=1),
        )

    with pytest.raises(ReasonMissing):
        reverse(None)
    back = reverse("rank")
    _make(session, event, back, account)
    assert _states(session, made) == ["under_review", "under_review", "withdrawn"]
    assert back.reverses_id == bulk.id
    assert progress_of(session, bulk_id=back.id) == Progress(items=3, decided=2, told=2, left_out=1)
    assert [letter.context["state"] for letter in _letters(session)] == ["accepted"] * 3 + [
        "under_review"
    ] * 2
