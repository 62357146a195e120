"""Signing in and out."""

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fairapp.accounts import sessions
from fairapp.accounts.domain import SIGN_IN_WINDOW_S, parse_identity
from fairapp.accounts.errors import SignInRefused
from fairapp.accounts.forms import SignInForm
from fairapp.accounts.models import Account
from fairapp.accounts.queries.actors import actor_of
from fairapp.accounts.routes import pages
from fairapp.accounts.routes.landing import home_of, safe_next
from fairapp.accounts.services.attempts import SIGN_IN_ACT, count_sign_in
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import transaction
from fairapp.foundation.errors import Refusal, TooManyAttempts
from fairapp.web.access import current_actor, public, requires
from fairapp.web.forms import form_status, show_on_form


@pages.get("/sign-in")
@public
def show_sign_in() -> ResponseReturnValue:
    """Show the sign-in; people who are signed in go on to where they wanted."""
    if sessions.signed_in() is not None:
        return redirect(safe_next(request.args.get("next")) or home_of(current_actor()), 303)
    return _page(SignInForm(next=safe_next(request.args.get("next"))))


@pages.post("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Sign in, and go on to the page that asked for it."""
    form = SignInForm()
    if form.validate_on_submit():
        try:
            account = _sign_in(form)
        except (SignInRefused, TooManyAttempts) as refusal:
            return _page(form, refusal)
        return redirect(safe_next(form.next.data) or home_of(actor_of(account)), 303)
    return _page(form)


@pages.post("/sign-out")
@requires("accounts.own")
def sign_out() -> ResponseReturnValue:
    """Sign this browser out."""
    sessions.end_session()
    return redirect(url_for("accounts.show_sign_in"), 303)


def _sign_in(form: SignInForm) -> Account:
    identity = parse_identity(form.identifier.data)
    keys = (
        f"account:{identity.key if identity else form.identifier.data.casefold()}",
        f"address:{request.remote_addr}",
    )
    with transaction() as session:
        count_sign_in(session, account_key=keys[0], address_key=keys[1], now=utc_now())
    account = sessions.authenticate(form.identifier.data, form.password.data)
    if account is None:
        raise SignInRefused()
    counted = tuple((SIGN_IN_ACT, key, SIGN_IN_WINDOW_S) for key in keys)
    sessions.start_session(account, remember=form.remember.data, counted=counted)
    return account


def _page(form: SignInForm, refusal: Refusal | None = None) -> Response:
    if refusal is not None:
        show_on_form(form, refusal)
    response = make_response(render_template("accounts/sign_in.html", form=form), form_status(form))
    if isinstance(refusal, TooManyAttempts):
        response.headers["Retry-After"] = str(refusal.retry_after_s)
    return response
