"""Administration: the overview, accounts, and what becomes of them."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fairapp.accounts import passwords
from fairapp.accounts.domain import FIRST_PASSWORD_LINK_VALID, PASSWORD_LINK_VALID, check_password
from fairapp.accounts.forms import ActForm, GrantForm, NewAccountForm
from fairapp.accounts.links import make_password_link
from fairapp.accounts.models import Account
from fairapp.accounts.queries.people import account_by_code, accounts
from fairapp.accounts.routes import pages
from fairapp.accounts.routes.grants import offer_places
from fairapp.accounts.routes.naming import name_grants
from fairapp.accounts.routes.passwords import link_url, secrets
from fairapp.accounts.services.people import create_account, send_password_link, set_active
from fairapp.audit.domain import Role
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import RuleViolation
from fairapp.messages.queries import stuck_messages
from fairapp.outbox import queries as outbox
from fairapp.outbox.domain import WorkState
from fairapp.web.access import current_actor, requires
from fairapp.web.forms import form_status, show_on_form

MOST_SEARCH = 100


@pages.get("/admin/")
@requires("accounts.manage")
def show_overview() -> ResponseReturnValue:
    """Lead to what administrators look after."""
    session = reading()
    counts = outbox.counts(session)
    return render_template(
        "accounts/admin/overview.html",
        accounts_total=accounts(session).total,
        waiting=counts.get(WorkState.WAITING, 0),
        failed=counts.get(WorkState.FAILED, 0),
        stuck=len(stuck_messages(session)),
    )


@pages.get("/admin/accounts")
@requires("accounts.manage")
def list_accounts() -> ResponseReturnValue:
    """List accounts, those that hold a text."""
    search = request.args.get("search", "").replace("\x00", "").strip()[:MOST_SEARCH]
    number = request.args.get("page", 1, type=int)
    session = reading()
    page = accounts(session, search=search, page=max(1, min(number, 100_000)))
    named = {account.id: name_grants(session, account.grants) for account in page.items}
    return render_template("accounts/admin/accounts.html", page=page, search=search, named=named)


@pages.route("/admin/accounts/new", methods=("GET", "POST"))
@requires("accounts.manage")
def add_account() -> ResponseReturnValue:
    """Create an account, with a first password or a link to choose one."""
    form = NewAccountForm()
    if form.validate_on_submit():
        try:
            account = _create(form)
        except RuleViolation as refusal:
            show_on_form(form, refusal)
        else:
            flash(_("The account is created. Now give it a role."))
            return redirect(url_for("accounts.show_person", code=account.code), 303)
    return render_template("accounts/admin/new_account.html", form=form), form_status(form)


@pages.get("/admin/accounts/<code>")
@requires("accounts.manage")
def show_person(code: str) -> ResponseReturnValue:
    """Show an account with its roles, and what can be done with it."""
    session = reading()
    account = account_by_code(session, code=code)
    form = GrantForm(formdata=None, role=Role.ORGANIZER.value)
    offer_places(session, form)
    return render_template(
        "accounts/admin/account.html",
        account=account,
        named=name_grants(session, account.grants),
        form=form,
        act=ActForm(),
        is_own=account.id == current_actor().account_id,
    )


@pages.post("/admin/accounts/<code>/link")
@requires("accounts.manage")
def make_link(code: str) -> ResponseReturnValue:
    """Make a link under which the person chooses a password, and show it once."""
    account = account_by_code(reading(), code=code)
    valid = PASSWORD_LINK_VALID if account.password else FIRST_PASSWORD_LINK_VALID
    now = utc_now()
    token = make_password_link(account, secrets=secrets(), valid=valid, now=now)
    sent = "send" in request.form
    if sent:
        with transaction() as session:
            send_password_link(
                session, actor=current_actor(), account_id=account.id, token=token, valid=valid, now=now
            )
        flash(_("The link is on its way."))
        return redirect(url_for("accounts.show_person", code=code), 303)
    page = render_template(
        "accounts/admin/link.html", account=account, url=link_url(token), ends_at=now + valid
    )
    return page, 201


@pages.post("/admin/accounts/<code>/disable")
@requires("accounts.manage")
def disable_account(code: str) -> ResponseReturnValue:
    """Disable an account; it is signed out everywhere."""
    return _switch(code, active=False, said=_("The account is disabled and signed out everywhere."))


@pages.post("/admin/accounts/<code>/enable")
@requires("accounts.manage")
def enable_account(code: str) -> ResponseReturnValue:
    """Enable an account again."""
    return _switch(code, active=True, said=_("The account is enabled."))


def _switch(code: str, *, active: bool, said: str) -> ResponseReturnValue:
    account = account_by_code(reading(), code=code)
    try:
        with transaction() as session:
            set_active(session, actor=current_actor(), account_id=account.id, active=active, now=utc_now())
    except RuleViolation as refusal:
        flash(_(refusal.message), "error")
    else:
        flash(said)
    return redirect(url_for("accounts.show_person", code=code), 303)


def _create(form: NewAccountForm) -> Account:
    hashed = None
    if form.password.data:
        known = (form.name.data, form.email.data or "", form.phone.data or "")
        check_password(form.password.data, about=known)
        hashed = passwords.hash_password(form.password.data)
    with transaction() as session:
        return create_account(
            session,
            actor=current_actor(),
            name=form.name.data,
            email=form.email.data,
            phone=form.phone.data,
            locale=form.locale.data,
            password_hash=hashed,
            now=utc_now(),
        )
