"""Taking up an invitation to open the account of a cooperative."""

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fairapp.accounts import passwords, sessions
from fairapp.accounts.domain import check_password
from fairapp.accounts.forms import ActForm, InvitationForm
from fairapp.accounts.models import Account, Invitation
from fairapp.accounts.queries.people import account_of_invitation, open_invitation
from fairapp.accounts.queries.places import cooperative
from fairapp.accounts.routes import pages
from fairapp.accounts.routes.landing import home_of_roles
from fairapp.accounts.routes.naming import title_of
from fairapp.accounts.services.invitations import open_invited_account, take_up_invitation
from fairapp.audit.domain import SYSTEM, Role
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import RuleViolation
from fairapp.foundation.ids import token_hash
from fairapp.web.access import current_actor, public, requires
from fairapp.web.forms import form_status, show_on_form


@pages.route("/invitation/<token>", methods=("GET", "POST"))
@public
def open_account(token: str) -> ResponseReturnValue:
    """Choose a name and a password: the account of the invited cooperative."""
    session = reading()
    invitation = open_invitation(session, token_hash=token_hash(token), now=utc_now())
    invited = cooperative(session, cooperative_id=invitation.cooperative_id)
    form = InvitationForm()
    if sessions.signed_in() is None and form.validate_on_submit():
        try:
            account = _open_account(token, invitation, form)
        except RuleViolation as refusal:
            show_on_form(form, refusal)
        else:
            sessions.start_session(account, remember=False)
            flash(_("Your account is open."))
            return redirect(home_of_roles([Role.COOPERATIVE]), 303)
    page = render_template(
        "accounts/invitation.html",
        form=form,
        act=ActForm(),
        token=token,
        invitation=invitation,
        cooperative_name=title_of(invited, "name"),
        account=sessions.signed_in(),
        has_account=account_of_invitation(session, invitation=invitation) is not None,
    )
    return page, form_status(form)


@pages.post("/invitation/<token>/take-up")
@requires("accounts.own")
def join_cooperative(token: str) -> ResponseReturnValue:
    """Add the invited cooperative to the account that is signed in."""
    with transaction() as session:
        take_up_invitation(session, actor=current_actor(), token=token, now=utc_now())
    flash(_("The cooperative is added to your account."))
    return redirect(home_of_roles([Role.COOPERATIVE]), 303)


def _open_account(token: str, invitation: Invitation, form: InvitationForm) -> Account:
    known = (form.name.data, invitation.email or "", invitation.phone or "")
    check_password(form.password.data, about=known)
    hashed = passwords.hash_password(form.password.data)
    with transaction() as session:
        return open_invited_account(
            session, actor=SYSTEM, token=token, name=form.name.data, password_hash=hashed, now=utc_now()
        )
