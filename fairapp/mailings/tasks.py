"""Background work of mailings."""

from celery import shared_task

from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import transaction
from fairapp.mailings import services
from fairapp.outbox.services import RELIABLE, claim


@shared_task(name="mailings.write_part", **RELIABLE)
def write_part(*, mailing_id: int, key: str) -> None:
    """Write the messages to the next recipients of a mailing, once."""
    with transaction() as session:
        if claim(session, key=key, now=utc_now()):
            services.write_part(session, mailing_id=mailing_id, now=utc_now())
