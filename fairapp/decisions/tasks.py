"""Background work after decisions: offers of free places and their deadlines, prints of letters."""

import uuid

from celery import shared_task

from fairapp.decisions.printing import draw_letters
from fairapp.decisions.queries.letters import newest_letters
from fairapp.decisions.queries.waiting import due_offer_ids
from fairapp.decisions.services import answers, places, prints
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


@shared_task(name="decisions.print_letters", **RELIABLE)
def print_letters(*, print_id: str, event_id: int, on_paper_only: bool, key: str) -> None:
    """Draw the newest letters of an event into one PDF, once."""
    found = newest_letters(reading(), event_id=event_id, on_paper_only=on_paper_only)
    content = draw_letters([letter.facts for letter in found])  # slow: before the transaction opens
    with transaction() as session:
        if claim(session, key=key, now=utc_now()):
            prints.keep_print(
                session, print_id=uuid.UUID(print_id), content=content, count=len(found), now=utc_now()
            )
