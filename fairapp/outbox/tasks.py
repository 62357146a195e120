"""The relay: wakes the worker for rows that wait, and keeps why a task failed."""

import logging
from typing import Any

import kombu.exceptions
import redis.exceptions
from celery import current_app, shared_task
from celery.signals import task_failure

from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.outbox import queries, services

log = logging.getLogger(__name__)

BROKER_IS_AWAY = (kombu.exceptions.OperationalError, redis.exceptions.RedisError, OSError)


@shared_task(name="outbox.send_waiting", **services.RELIABLE)
def send_waiting() -> None:
    """Send rows never sent, or sent a lease ago and not done. Runs every second."""
    while queries.has_due_rows(reading(), now=utc_now()):
        reading().rollback()  # the next look must see what the transaction below changed
        with transaction() as session:
            taken = services.take_due(session, now=utc_now())
        unsent = _publish(taken)
        if unsent:
            with transaction() as session:
                services.give_back(session, keys=unsent, now=utc_now())
            return


def _publish(wakeups: list[services.Wakeup]) -> list[str]:
    # One refusal means that the broker is away: the rest would only wait for it too.
    for position, wakeup in enumerate(wakeups):
        try:
            current_app.send_task(wakeup.task, kwargs={**wakeup.payload, "key": wakeup.key}, retry=False)
        except BROKER_IS_AWAY:
            log.warning("broker away, %d rows given back", len(wakeups) - position)
            return [left.key for left in wakeups[position:]]
    return []


@task_failure.connect
def keep_failure(
    sender: Any = None, kwargs: dict[str, Any] | None = None, exception: BaseException | None = None, **_: Any
) -> None:
    """Write why a try failed beside its row, without values that may be personal."""
    key = (kwargs or {}).get("key")
    if key is None:
        return
    with sender.app.flask_app.app_context(), transaction() as session:
        services.note_failure(session, key=key, error=type(exception).__name__)
