"""One's own account: name, language, password, sign-ins, tokens."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fairapp.accounts import passwords, sessions
from fairapp.accounts.domain import check_password
from fairapp.accounts.errors import WrongPassword
from fairapp.accounts.forms import ActForm, ChangePasswordForm, ProfileForm
from fairapp.accounts.models import Account
from fairapp.accounts.queries.people import open_sign_ins, open_tokens
from fairapp.accounts.routes import pages
from fairapp.accounts.routes.naming import name_grants
from fairapp.accounts.services.people import change_profile, set_password
from fairapp.accounts.services.sign_ins import create_token, revoke_sign_in, revoke_token
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import NotFound, RuleViolation
from fairapp.web.access import current_actor, requires
from fairapp.web.forms import form_status, show_on_form


def _own() -> Account:
    account = sessions.signed_in()
    if account is None:
        raise NotFound()
    return account


@pages.get("/account")
@requires("accounts.own")
def show_account() -> ResponseReturnValue:
    """Show what the account holds and what it is open on."""
    account, session = _own(), reading()
    return render_template(
        "accounts/account.html",
        account=account,
        grants=name_grants(session, account.grants),
        sign_ins=open_sign_ins(session, account_id=account.id, now=utc_now()),
        this_sign_in=sessions.this_sign_in(),
        tokens=open_tokens(session, account_id=account.id),
        act=ActForm(),
    )


@pages.route("/account/profile", methods=("GET", "POST"))
@requires("accounts.own")
def edit_profile() -> ResponseReturnValue:
    """Change name and language."""
    account = _own()
    form = ProfileForm(name=account.name, locale=account.locale)
    if form.validate_on_submit():
        with transaction() as session:
            change_profile(
                session,
                actor=current_actor(),
                account_id=account.id,
                name=form.name.data,
                locale=form.locale.data,
                now=utc_now(),
            )
        flash(_("Your account is changed."))
        return redirect(url_for("accounts.show_account"), 303)
    return render_template("accounts/profile.html", form=form), form_status(form)


@pages.route("/account/password", methods=("GET", "POST"))
@requires("accounts.own")
def change_password() -> ResponseReturnValue:
    """Change the password; every other sign-in ends."""
    account, form = _own(), ChangePasswordForm()
    if form.validate_on_submit():
        try:
            _change_password(account, form)
        except RuleViolation as refusal:
            show_on_form(form, refusal)
        else:
            flash(_("The new password holds from now on. Every other device was signed out."))
            return redirect(url_for("accounts.show_account"), 303)
    return render_template("accounts/password.html", form=form, account=account), form_status(form)


@pages.post("/account/sign-ins/revoke")
@requires("accounts.own")
def end_sign_in() -> ResponseReturnValue:
    """Sign another browser of this account out."""
    with transaction() as session:
        revoke_sign_in(session, actor=current_actor(), sign_in_id=_subject(), now=utc_now())
    flash(_("That device is signed out."))
    return redirect(url_for("accounts.show_account"), 303)


@pages.post("/account/tokens")
@requires("accounts.own")
def add_token() -> ResponseReturnValue:
    """Create an API token and show it, once."""
    with transaction() as session:
        token = create_token(session, actor=current_actor(), account_id=_own().id, now=utc_now())
    return render_template("accounts/token.html", token=token), 201


@pages.post("/account/tokens/revoke")
@requires("accounts.own")
def drop_token() -> ResponseReturnValue:
    """Take an API token back."""
    with transaction() as session:
        revoke_token(session, actor=current_actor(), token_id=_subject(), now=utc_now())
    flash(_("The token no longer opens anything."))
    return redirect(url_for("accounts.show_account"), 303)


def _subject() -> int:
    text = ActForm().subject.data or ""
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise NotFound()
    return int(text)


def _change_password(account: Account, form: ChangePasswordForm) -> None:
    if not passwords.is_password(form.current_password.data, account.password):
        raise WrongPassword()
    check_password(form.password.data, about=(account.name, account.email or "", account.phone or ""))
    hashed, remember = passwords.hash_password(form.password.data), sessions.is_remembered()
    with transaction() as session:
        changed = set_password(
            session, actor=current_actor(), account_id=account.id, password_hash=hashed, now=utc_now()
        )
    sessions.start_session(changed, remember=remember)
