"""`flask messages check`."""

import click
from flask.cli import AppGroup

from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import transaction
from fairapp.messages.domain import Channel
from fairapp.messages.services import write_message

messages = AppGroup("messages", help="Mail and SMS.")


@messages.command("check")
@click.argument("address")
def check(address: str) -> None:
    """Send a mail to ADDRESS through the worker, to see that mail is delivered."""
    now = utc_now()
    with transaction() as session:
        message = write_message(
            session,
            channel=Channel.MAIL,
            recipient=address,
            locale="en",
            template="messages/check",
            context={"number": int(now.timestamp())},
            key=f"messages.check:{address}:{now.isoformat()}",
            now=now,
        )
    click.echo(f"message {message.id} waits for the worker; the operators' page tells how it went")


commands = (messages,)
