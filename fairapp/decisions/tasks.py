"""Background work after decisions: offers of free places, their deadlines."""

from celery import shared_task

from fairapp.decisions.queries.waiting import due_offer_ids
from fairapp.decisions.services import answers, places
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.outbox.services import RELIABLE, claim


@shared_task(name="decisions.offer_place", **RELIABLE)
def offer_place(*, place_id: int, key: str) -> None:
    """Offer a free place to the next that fits, once."""
    with transaction() as session:
        if claim(session, key=key, now=utc_now()):
            places.offer_place(session, place_id=place_id, now=utc_now())


@shared_task(name="decisions.expire_offers", **RELIABLE)
def expire_offers() -> None:
    """Ask for the end of each offer whose time is over. Runs every minute."""
    due = due_offer_ids(reading(), now=utc_now())
    if due:
        with transaction() as session:
            answers.ask_for_ends(session, offer_ids=due, now=utc_now())


@shared_task(name="decisions.expire_offer", **RELIABLE)
def expire_offer(*, offer_id: int, key: str) -> None:
    """Close an offer that was not answered in time, once."""
    with transaction() as session:
        if claim(session, key=key, now=utc_now()):
            answers.expire_offer(session, offer_id=offer_id, now=utc_now())
