"""Worker and broker killed while mail waits: none is lost, none is taken twice (promises B10, B12)."""

import os
from collections import Counter
from functools import partial
from pathlib import Path

from flask import Flask
from pydantic import SecretStr
from sqlalchemy import func, select

from fairapp import create_app
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import transaction
from fairapp.messages import services
from fairapp.messages.domain import Channel, MessageState
from fairapp.messages.models import Message
from tests.processes import Backstage, MailServer, free_port, wait_until

LONG = "FAIRAPP_DRILL" in os.environ
MAILS = 1_000 if LONG else 100
KILLS = 12 if LONG else 2


def write_mails() -> None:
    with transaction() as session:
        for number in range(MAILS):
            services.write_message(
                session,
                channel=Channel.MAIL,
                recipient=f"cooperative{number}@coop.example",
                locale="ar",
                template="messages/check",
                context={"number": number},
                key=f"kill:{number}",
                now=utc_now(),
            )


def in_state(app: Flask, *states: MessageState) -> list[str]:
    with app.app_context(), transaction() as session:
        return list(session.scalars(select(Message.recipient).where(Message.state.in_(states))))


def undone(app: Flask) -> int:
    with app.app_context(), transaction() as session:
        waiting = select(func.count()).select_from(Message).where(Message.state == MessageState.WAITING)
        return session.scalar(waiting) or 0


def has_taken(server: MailServer, mails: int) -> bool:
    return len(server.mails) >= mails


def test_mail_waiting_while_worker_and_broker_are_killed_arrives_once(
    committed: Flask, tmp_path: Path
) -> None:
    server = MailServer(free_port()).start()
    server.pause_s = 0.02
    settings = committed.extensions["settings"].model_copy(update={"mail_url": SecretStr(server.url)})
    app = create_app(settings)
    backstage = Backstage(settings)
    with app.app_context():
        write_mails()
    try:
        backstage.start()
        for kill in range(KILLS):
            enough = MAILS * (kill + 1) // (2 * KILLS + 1)
            wait_until(partial(has_taken, server, enough), within_s=120, what=f"{enough} mails")
            backstage.kill(backstage.worker, backstage.broker)
            backstage.start()
        wait_until(lambda: undone(app) == 0, within_s=600 if LONG else 100, what="every mail taken")
    finally:
        backstage.stop()
        server.stop()
    stuck = in_state(app, MessageState.SENDING)
    times_taken = Counter(server.recipients)
    assert max(times_taken.values()) == 1
    assert len(stuck) <= 2 * KILLS  # at most one per killed worker process
    assert set(times_taken) | set(stuck) == {f"cooperative{number}@coop.example" for number in range(MAILS)}
