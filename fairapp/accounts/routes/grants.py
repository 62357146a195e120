"""Giving roles and taking them back."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from fairapp.accounts.errors import CooperativeUnknown, EventUnknown
from fairapp.accounts.forms import ActForm, GrantForm
from fairapp.accounts.queries.people import account_by_code
from fairapp.accounts.queries.places import cooperative_by_code, event_id_of, events
from fairapp.accounts.routes import pages
from fairapp.accounts.routes.naming import name_grants, title_of
from fairapp.accounts.services.roles import grant_role, take_back_role
from fairapp.audit.domain import Role, ScopeKind
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import NotFound, RuleViolation
from fairapp.foundation.ids import parse_reference
from fairapp.reference.queries import regions
from fairapp.web.access import current_actor, requires
from fairapp.web.forms import form_status, show_on_form
from fairapp.web.i18n import current_language


def offer_places(session: Session, form: GrantForm) -> None:
    """Let a form choose among the regions and the events."""
    language = current_language()
    form.offer(
        [(entry.code, entry.name(language)) for entry in regions().values()],
        [(row.slug, title_of(row, "title")) for row in events(session)],
    )


@pages.post("/admin/accounts/<code>/roles")
@requires("accounts.manage")
def give_role(code: str) -> ResponseReturnValue:
    """Give an account a role within a scope."""
    read = reading()
    account = account_by_code(read, code=code)
    form = GrantForm()
    offer_places(read, form)
    if form.validate_on_submit():
        try:
            reach = _reach(read, form)
            with transaction() as session:
                grant_role(
                    session,
                    actor=current_actor(),
                    account_id=account.id,
                    role=Role(form.role.data),
                    now=utc_now(),
                    **reach,
                )
        except (RuleViolation, EventUnknown) as refusal:
            show_on_form(form, refusal)
        else:
            flash(_("The role is given."))
            return redirect(url_for("accounts.show_person", code=code), 303)
    page = render_template(
        "accounts/admin/account.html",
        account=account,
        named=name_grants(read, account.grants),
        form=form,
        act=ActForm(),
        is_own=account.id == current_actor().account_id,
    )
    return page, form_status(form)


@pages.post("/admin/accounts/<code>/roles/take-back")
@requires("accounts.manage")
def take_role(code: str) -> ResponseReturnValue:
    """Take a role back; it ends at once."""
    account = account_by_code(reading(), code=code)
    subject = ActForm().subject.data or ""
    if not subject.isascii() or not subject.isdigit() or len(subject) > 18:
        raise NotFound()
    try:
        with transaction() as session:
            take_back_role(
                session, actor=current_actor(), account_id=account.id, grant_id=int(subject), now=utc_now()
            )
    except RuleViolation as refusal:
        flash(_(refusal.message), "error")
    else:
        flash(_("The role is taken back."))
    return redirect(url_for("accounts.show_person", code=code), 303)


def _reach(session: Session, form: GrantForm) -> dict[str, Any]:
    kind, _colon, value = form.reach.data.partition(":")
    if kind == ScopeKind.REGION:
        return {"scope": ScopeKind.REGION, "region_code": value}
    if kind == ScopeKind.EVENT:
        return {"scope": ScopeKind.EVENT, "event_id": event_id_of(session, slug=value)}
    if kind == ScopeKind.COOPERATIVE:
        code = parse_reference(form.cooperative.data or "")
        if code is None:
            raise CooperativeUnknown()
        found = cooperative_by_code(session, code=code)
        return {"scope": ScopeKind.COOPERATIVE, "cooperative_id": found.id}
    return {"scope": ScopeKind.NATION}
