"""Many at once: twenty registrations give twenty references, one sent by many is one."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from sqlalchemy import func, select

from fairapp.accounts.queries.actors import account_actor
from fairapp.audit.domain import GUEST, Role
from fairapp.events.queries import event_for, public_event
from fairapp.foundation.database import transaction
from fairapp.messages.models import Message
from fairapp.registrations.domain import Decision, FilingChannel, RegistrationState
from fairapp.registrations.models import Registration, StateChange
from fairapp.registrations.queries.drafts import draft_by_token
from fairapp.registrations.services.drafts import send_draft, start_draft
from fairapp.registrations.services.review import Choice, decide_many
from tests import NOW
from tests.factories.accounts import make_account
from tests.factories.cooperatives import make_cooperative
from tests.factories.events import make_event
from tests.factories.registrations import make_registration
from tests.registrations.test_answers import ANSWERS

MANY = 20


def _arrange(app: Flask, drafts: int) -> str:
    with app.app_context(), transaction() as session:
        event = make_event(session)
        for number in range(drafts):
            place = {**ANSWERS["place"], "phone": f"+2126123400{number:02d}"}
            start_draft(
                session,
                event=event,
                token=f"secret-{number}",
                answers={**ANSWERS, "place": place},
                locale="ar",
                now=NOW,
            )
        return event.slug


def _send(app: Flask, start: Barrier, slug: str, token: str) -> str:
    start.wait()
    with app.app_context(), transaction() as session:
        event = public_event(session, slug=slug)
        registration = send_draft(
            session,
            actor=GUEST,
            event=event,
            draft_id=draft_by_token(session, event_id=event.id, token=token).id,
            channel=FilingChannel.SELF,
            locale="ar",
            now=NOW,
        )
        return registration.reference


def _send_all(app: Flask, slug: str, tokens: list[str]) -> list[str]:
    start = Barrier(len(tokens))
    with ThreadPoolExecutor(len(tokens)) as pool:
        return list(pool.map(lambda token: _send(app, start, slug, token), tokens))


def _counted(app: Flask) -> tuple[int | None, int | None]:
    with app.app_context(), transaction() as session:
        return (
            session.scalar(select(func.count(Registration.id))),
            session.scalar(select(func.count(Message.id))),
        )


def test_twenty_sent_at_once_give_twenty_references(committed: Flask) -> None:
    slug = _arrange(committed, MANY)
    references = _send_all(committed, slug, [f"secret-{number}" for number in range(MANY)])
    assert len(set(references)) == MANY
    assert _counted(committed) == (MANY, MANY)


def test_one_sent_by_many_at_once_is_one_registration(committed: Flask) -> None:
    slug = _arrange(committed, 1)
    references = _send_all(committed, slug, ["secret-0"] * 8)
    assert len(set(references)) == 1
    assert _counted(committed) == (1, 1)


def _two_organizers(app: Flask, count: int) -> tuple[str, list[str], list[int]]:
    with app.app_context(), transaction() as session:
        event = make_event(session)
        references = [
            make_registration(session, event=event, cooperative=make_cooperative(session)).reference
            for _ in range(count)
        ]
        accounts = [make_account(session, Role.ORGANIZER, name=name) for name in ("Nadia", "Said")]
        return event.slug, references, [account.id for account in accounts]


def _decide_all(
    app: Flask, start: Barrier, slug: str, references: list[str], account_id: int, decision: Decision
) -> list[str | None]:
    """Decide on all at once as one of two people; return for each who was faster, None where oneself."""
    start.wait()
    with app.app_context(), transaction() as session:
        actor = account_actor(session, account_id=account_id)
        assert actor is not None
        outcomes = decide_many(
            session,
            actor=actor,
            event=event_for(session, actor=actor, action="registrations.decide", slug=slug),
            choices=[
                Choice(reference, decision, "rank", seen=RegistrationState.RECEIVED)
                for reference in references
            ],
            now=NOW,
        )
        return [str(outcome.refusal.values["who"]) if outcome.refusal else None for outcome in outcomes]


def test_two_who_decide_on_the_same_at_once_make_one_decision_each(committed: Flask) -> None:
    slug, references, (nadia, said) = _two_organizers(committed, 6)
    start = Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(_decide_all, committed, start, slug, references, nadia, Decision.ACCEPT)
        second = pool.submit(_decide_all, committed, start, slug, references[::-1], said, Decision.REFUSE)
        mine, yours = first.result(), second.result()[::-1]
    for one, other in zip(mine, yours, strict=True):
        assert {one, other} in ({None, "Nadia"}, {None, "Said"})
    with committed.app_context(), transaction() as session:
        changes = select(func.count(StateChange.id)).where(StateChange.state != RegistrationState.RECEIVED)
        letters = select(func.count(Message.id)).where(Message.template == "registrations/decided")
        assert (session.scalar(changes), session.scalar(letters)) == (6, 6)
