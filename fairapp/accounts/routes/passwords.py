"""Choosing a password: by a link, and asking for one."""

from flask import Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fairapp.accounts import passwords, sessions
from fairapp.accounts.domain import check_password, parse_identity
from fairapp.accounts.forms import ForgottenPasswordForm, NewPasswordForm
from fairapp.accounts.links import account_of_link
from fairapp.accounts.models import Account
from fairapp.accounts.queries.actors import actor_of
from fairapp.accounts.queries.people import account_by_identity
from fairapp.accounts.routes import pages
from fairapp.accounts.routes.landing import home_of
from fairapp.accounts.services.people import ask_for_password_link, set_password
from fairapp.audit.domain import SYSTEM
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import RuleViolation, TooManyAttempts
from fairapp.web.access import current_actor, public
from fairapp.web.forms import form_status, show_on_form


def secrets() -> list[str]:
    """Return the keys that links are signed with, the present one first."""
    return [current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"]]


@pages.route("/forgotten-password", methods=("GET", "POST"))
@public
def ask_for_link() -> ResponseReturnValue:
    """Send a link to whoever has this identity; the answer is the same for everyone (B67)."""
    form = ForgottenPasswordForm()
    if form.validate_on_submit():
        try:
            _ask_for_link(form.identifier.data)
        except TooManyAttempts as refusal:
            show_on_form(form, refusal)
            response = make_response(render_template("accounts/forgotten.html", form=form), form_status(form))
            response.headers["Retry-After"] = str(refusal.retry_after_s)
            return response
        return render_template("accounts/forgotten_sent.html")
    return render_template("accounts/forgotten.html", form=form), form_status(form)


@pages.route("/password/<token>", methods=("GET", "POST"))
@public
def choose_password(token: str) -> ResponseReturnValue:
    """Set the password that a link allows, and sign in with it."""
    account, fingerprint = account_of_link(reading(), token=token, secrets=secrets(), now=utc_now())
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            changed = _set_password(account, form.password.data, fingerprint)
        except RuleViolation as refusal:
            show_on_form(form, refusal)
        else:
            sessions.start_session(changed, remember=False)
            flash(_("The new password holds from now on."))
            return redirect(home_of(actor_of(account)), 303)
    page = render_template("accounts/choose_password.html", form=form, account=account)
    return Response(page, form_status(form))


def _set_password(account: Account, password: str, fingerprint: str) -> Account:
    known = (account.name, account.email or "", account.phone or "")
    check_password(password, about=known)
    hashed = passwords.hash_password(password)
    actor = current_actor() if current_actor().account_id else SYSTEM
    with transaction() as session:
        return set_password(
            session,
            actor=actor,
            account_id=account.id,
            password_hash=hashed,
            fingerprint=fingerprint,
            now=utc_now(),
        )


def _ask_for_link(identifier: str) -> None:
    identity = parse_identity(identifier)
    account = account_by_identity(reading(), identity=identity) if identity else None
    with transaction() as session:
        ask_for_password_link(
            session,
            account_id=account.id if account is not None and account.active else None,
            account_key=f"account:{identity.key if identity else identifier.casefold()}",
            address_key=f"address:{request.remote_addr}",
            now=utc_now(),
        )


def link_url(token: str) -> str:
    """Return the address of a password link, with the host from the settings."""
    base: str = current_app.extensions["settings"].public_url.rstrip("/")
    return base + url_for("accounts.choose_password", token=token)
