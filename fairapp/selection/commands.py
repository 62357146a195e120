"""Commands: compute a recorded run again."""

import click
from flask.cli import AppGroup, with_appcontext

from fairapp.foundation.database import reading
from fairapp.foundation.errors import NotFound
from fairapp.selection.domain.record import hash_of, replay
from fairapp.selection.queries.runs import all_ranks, run_by_code

selection = AppGroup("selection", help="Recorded selections.")


@selection.command("replay")
@click.argument("code")
@with_appcontext
def replay_run(code: str) -> None:
    """Rank the recorded input of run CODE again by its recorded rules, and print the hash of the result.

    Ends with 1 when it is not the recorded one, or when the ranks that are kept say something else.
    """
    session = reading()
    try:
        run = run_by_code(session, code=code)
    except NotFound as refusal:
        raise click.ClickException(str(refusal)) from refusal
    result = replay(run.rules, run.input)
    click.echo(hash_of(result))
    if hash_of(result) != run.result_hash:
        raise click.ClickException(f"recorded is {run.result_hash}")
    kept = [
        (row.reference, row.rank.overall, row.rank.points_milli, row.rank.proposal.value)
        for row in all_ranks(session, run=run)
    ]
    found = [(row["reference"], row["overall"], row["points"], row["proposal"]) for row in result["ranks"]]
    if kept != found:
        raise click.ClickException("the ranks that are kept are not those of the result")


commands = (selection,)
