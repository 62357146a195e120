"""Background work of registrations: codes to send, drafts that have had their time."""

from celery import shared_task

from fairapp.foundation.clock import local_date, utc_now
from fairapp.foundation.database import transaction
from fairapp.outbox.services import RELIABLE, claim, enqueue
from fairapp.registrations.domain import DRAFTS_KEPT
from fairapp.registrations.queries.drafts import events_with_old_drafts
from fairapp.registrations.services import details
from fairapp.registrations.services.bulk import decide_part as decide_next_part
from fairapp.registrations.services.codes import deliver_code
from fairapp.registrations.services.documents import erase_old_files
from fairapp.registrations.services.drafts import delete_drafts as delete_drafts_of

DELETE_DRAFTS = "registrations.delete_drafts"


@shared_task(name="registrations.send_code", **RELIABLE)
def send_code(*, code_id: int, place: int | None, key: str) -> None:
    """Make and send a code that was asked for."""
    with transaction() as session:
        if claim(session, key=key, now=utc_now()):
            deliver_code(session, code_id=code_id, place=place, now=utc_now())


@shared_task(name="registrations.find_old_drafts", **RELIABLE)
def find_old_drafts() -> None:
    """Ask for the deletion of drafts that were never sent, one message an event."""
    now = utc_now()
    today = local_date(now)
    with transaction() as session:
        for event_id in events_with_old_drafts(session, before=today - DRAFTS_KEPT):
            payload, key = {"event_id": event_id}, f"{DELETE_DRAFTS}:{event_id}:{today.isoformat()}"
            enqueue(session, DELETE_DRAFTS, payload=payload, key=key, now=now)


@shared_task(name=DELETE_DRAFTS, **RELIABLE)
def delete_drafts(*, event_id: int, key: str) -> None:
    """Delete the drafts of an event that were never sent."""
    with transaction() as session:
        if claim(session, key=key, now=utc_now()):
            delete_drafts_of(session, event_id=event_id, now=utc_now())


@shared_task(name="registrations.decide_part", **RELIABLE)
def decide_part(*, bulk_id: int, key: str) -> None:
    """Decide on the next registrations of a bulk decision, once."""
    with transaction() as session:
        if claim(session, key=key, now=utc_now()):
            decide_next_part(session, bulk_id=bulk_id, now=utc_now())


@shared_task(name="registrations.find_details_to_ask", **RELIABLE)
def find_details_to_ask() -> None:
    """Ask for the second form of the accepted, and for its reminders, one message each. Runs daily."""
    with transaction() as session:
        details.ask_for_work(session, now=utc_now())


@shared_task(name=details.ASK_DETAILS, **RELIABLE)
def ask_details(*, registration_id: int, key: str) -> None:
    """Ask an accepted registration for its details, once."""
    with transaction() as session:
        if claim(session, key=key, now=utc_now()):
            details.ask_details(session, registration_id=registration_id, now=utc_now())


@shared_task(name=details.REMIND_DETAILS, **RELIABLE)
def remind_details(*, registration_id: int, number: int, key: str) -> None:
    """Remind an accepted registration of its details, once."""
    with transaction() as session:
        if claim(session, key=key, now=utc_now()):
            details.remind_details(session, registration_id=registration_id, number=number, now=utc_now())


@shared_task(name="registrations.erase_files", **RELIABLE)
def erase_files() -> None:
    """Take away the files of registrations that were withdrawn or refused long ago. Runs daily."""
    with transaction() as session:
        erase_old_files(session, now=utc_now())
