"""What operators must look at: background work that failed, messages whose fate is not known."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fairapp.accounts.forms import ActForm
from fairapp.accounts.routes import pages
from fairapp.accounts.services.operations import (
    do_work_again,
    is_stuck,
    send_again_message,
    settle_stuck_message,
)
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import NotFound
from fairapp.messages.queries import stuck_messages
from fairapp.outbox import queries as outbox
from fairapp.outbox.domain import WorkState
from fairapp.web.access import current_actor, requires


@pages.get("/admin/operations")
@requires("operations.read")
def show_operations() -> ResponseReturnValue:
    """Show what waits, what failed, and what a person must decide."""
    session, now = reading(), utc_now()
    return render_template(
        "accounts/admin/operations.html",
        counts={state.value: count for state, count in outbox.counts(session).items()},
        oldest_waiting=outbox.oldest_waiting(session),
        rows=outbox.open_rows(session),
        stuck=[message for message in stuck_messages(session) if is_stuck(message, now=now)],
        act=ActForm(),
        failed=WorkState.FAILED,
    )


@pages.post("/admin/operations/work")
@requires("operations.act")
def repeat_work() -> ResponseReturnValue:
    """Give a piece of work fresh tries."""
    with transaction() as session:
        do_work_again(session, actor=current_actor(), key=ActForm().subject.data or "", now=utc_now())
    flash(_("The work is tried again now."))
    return redirect(url_for("accounts.show_operations"), 303)


@pages.post("/admin/operations/messages/send-again")
@requires("operations.act")
def repeat_message() -> ResponseReturnValue:
    """Send a stuck message once more."""
    with transaction() as session:
        send_again_message(session, actor=current_actor(), message_id=_subject(), now=utc_now())
    flash(_("The message is sent again."))
    return redirect(url_for("accounts.show_operations"), 303)


@pages.post("/admin/operations/messages/settle")
@requires("operations.act")
def settle_message() -> ResponseReturnValue:
    """Note that a stuck message did arrive."""
    with transaction() as session:
        settle_stuck_message(session, actor=current_actor(), message_id=_subject(), now=utc_now())
    flash(_("The message is marked as delivered."))
    return redirect(url_for("accounts.show_operations"), 303)


def _subject() -> int:
    text = ActForm().subject.data or ""
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise NotFound()
    return int(text)
