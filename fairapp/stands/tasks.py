"""Background work of stands."""

from celery import shared_task

from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import transaction
from fairapp.outbox.services import RELIABLE, claim
from fairapp.stands.services import allocation


@shared_task(name="stands.release_of_registration", **RELIABLE)
def release_of_registration(*, registration_id: int, key: str) -> None:
    """Release the stands of a registration that is no longer accepted, once."""
    with transaction() as session:
        if claim(session, key=key, now=utc_now()):
            allocation.release_of_registration(session, registration_id=registration_id, now=utc_now())
