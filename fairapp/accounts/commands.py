"""Commands: a token for a script, the first administrator."""

import click
from flask.cli import AppGroup, with_appcontext

from fairapp.accounts import passwords
from fairapp.accounts.domain import check_password, parse_identity
from fairapp.accounts.queries.people import account_by_identity
from fairapp.accounts.services.people import create_account
from fairapp.accounts.services.roles import grant_role
from fairapp.accounts.services.sign_ins import create_token
from fairapp.audit.domain import SYSTEM, Role, ScopeKind
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import Refusal
from fairapp.web.i18n import FIRST_LANGUAGE, LOCALES

accounts = AppGroup("accounts", help="Accounts of people.")


@click.command("token")
@click.argument("email")
@with_appcontext
def print_token(email: str) -> None:
    """Print one API token of the account EMAIL, and nothing else."""
    identity = parse_identity(email)
    account = account_by_identity(reading(), identity=identity) if identity else None
    if account is None or not account.active:
        raise click.ClickException("no active account has this e-mail address or phone number")
    with transaction() as session:
        token = create_token(session, actor=SYSTEM, account_id=account.id, now=utc_now())
    click.echo(token)


@accounts.command("create-administrator")
@click.argument("email")
@click.option("--name", default="Administrator", show_default=True, help="Name of the person.")
@click.option("--locale", default=FIRST_LANGUAGE, type=click.Choice(list(LOCALES)), show_default=True)
@click.password_option(help="Asked for when it is not given, which keeps it out of the shell's history.")
def create_administrator(email: str, name: str, locale: str, password: str) -> None:
    """Create the first administrator of an instance, with the password asked for."""
    try:
        check_password(password, about=(name, email))
        hashed = passwords.hash_password(password)
        with transaction() as session:
            account = create_account(
                session,
                actor=SYSTEM,
                name=name,
                email=email,
                phone=None,
                locale=locale,
                password_hash=hashed,
                now=utc_now(),
            )
            grant_role(
                session,
                actor=SYSTEM,
                account_id=account.id,
                role=Role.ADMINISTRATOR,
                scope=ScopeKind.NATION,
                now=utc_now(),
            )
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"administrator {account.code} created")


commands = (print_token, accounts)
