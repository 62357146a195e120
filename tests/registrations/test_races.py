"""Many at once: twenty registrations give twenty references, one sent by many is one."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from sqlalchemy import func, select

from fairapp.audit.domain import GUEST
from fairapp.events.queries import public_event
from fairapp.foundation.database import transaction
from fairapp.messages.models import Message
from fairapp.registrations.domain import FilingChannel
from fairapp.registrations.models import Registration
from fairapp.registrations.queries.drafts import draft_by_token
from fairapp.registrations.services.drafts import send_draft, start_draft
from tests import NOW
from tests.factories.events import make_event
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
