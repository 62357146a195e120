"""`flask decisions verify`."""

import click
from flask.cli import AppGroup

from fairapp.decisions.queries.letters import letters_with_faults
from fairapp.foundation.database import reading

decisions = AppGroup("decisions", help="Letters about decisions.")
_FAULTS = {
    "facts": "what it says is not what was hashed",
    "record": "the record of acts holds another hash, or none",
}


@decisions.command("verify")
def verify() -> None:
    """Check each letter against its hash and the record of acts; exit 1 where one was changed."""
    faults = list(letters_with_faults(reading()))
    for letter, fault in faults:
        click.echo(f"letter {letter.id}: {_FAULTS[fault]}")
    click.echo(f"{len(faults)} faults" if faults else "all letters are as they were written")
    if faults:
        raise SystemExit(1)


commands = (decisions,)
