"""Background work of accounts: the link for a forgotten password."""

from celery import shared_task
from flask import current_app

from fairapp.accounts.domain import PASSWORD_LINK_VALID
from fairapp.accounts.links import make_password_link
from fairapp.accounts.queries.people import account_for_update
from fairapp.accounts.services import people
from fairapp.audit.domain import SYSTEM
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import transaction
from fairapp.outbox.services import RELIABLE, claim


@shared_task(name="accounts.send_password_link", **RELIABLE)
def send_password_link(*, account_id: int | None, key: str) -> None:
    """Send an account the link it asked for, once; without an account there is nothing to do."""
    now = utc_now()
    with transaction() as session:
        if not claim(session, key=key, now=now) or account_id is None:
            return
        account = account_for_update(session, account_id=account_id)
        secrets = [current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"]]
        token = make_password_link(account, secrets=secrets, valid=PASSWORD_LINK_VALID, now=now)
        people.send_password_link(
            session, actor=SYSTEM, account_id=account.id, token=token, valid=PASSWORD_LINK_VALID, now=now
        )
