"""Programmes that support a cooperative and networks that it belongs to, dated."""

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fairapp.cooperatives import supported
from fairapp.cooperatives.forms.support import EndForm, JoinForm, SupportForm
from fairapp.cooperatives.queries import cooperative_for
from fairapp.cooperatives.routes import pages
from fairapp.cooperatives.services import support as services
from fairapp.foundation.clock import local_date, utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import RuleViolation
from fairapp.foundation.ids import show_reference
from fairapp.web.access import current_actor, requires
from fairapp.web.filters import local_name
from fairapp.web.forms import form_status, show_on_form


@pages.get("/organizer/directory/<code>/support")
@requires("cooperatives.support")
def support(code: str) -> ResponseReturnValue:
    """Show the programmes and networks of a cooperative over time, and what can be added."""
    return _page(code)


@pages.post("/organizer/directory/<code>/support/programme")
@requires("cooperatives.support")
def begin_support(code: str) -> ResponseReturnValue:
    """Record that a programme supports a cooperative."""
    form = SupportForm()
    if form.validate_on_submit():
        try:
            with transaction() as session:
                services.begin_support(
                    session,
                    actor=current_actor(),
                    code=code,
                    programme_code=form.programme.data,
                    since_on=form.since_on.data,
                    until_on=form.until_on.data,
                    now=utc_now(),
                )
        except RuleViolation as refusal:
            show_on_form(form, refusal)
        else:
            return _done(code, _("The programme is recorded."))
    return _page(code, support_form=form)


@pages.post("/organizer/directory/<code>/support/network")
@requires("cooperatives.support")
def join(code: str) -> ResponseReturnValue:
    """Record that a cooperative joins a network, and which one it leaves for it."""
    form = JoinForm()
    if form.validate_on_submit():
        try:
            with transaction() as session:
                services.join_network(
                    session,
                    actor=current_actor(),
                    code=code,
                    network_code=form.network.data,
                    since_on=form.since_on.data,
                    leaves=form.leaves.data or None,
                    now=utc_now(),
                )
        except RuleViolation as refusal:
            show_on_form(form, refusal)
        else:
            return _done(code, _("The network is recorded."))
    return _page(code, join_form=form)


@pages.post("/organizer/directory/<code>/support/end")
@requires("cooperatives.support")
def end(code: str) -> ResponseReturnValue:
    """Record the last day of a support or a membership."""
    form = EndForm()
    if form.validate_on_submit():
        try:
            _end(code, form.what.data or "", form.until_on.data)
        except RuleViolation as refusal:
            show_on_form(form, refusal)
        else:
            return _done(code, _("The end is recorded. The history stays."))
    return _page(code, end_form=form)


def _end(code: str, what: str, until_on: date) -> None:
    kind, _sign, named = what.partition(":")
    values: dict[str, Any] = {"actor": current_actor(), "code": code, "until_on": until_on, "now": utc_now()}
    with transaction() as session:
        if kind == "programme":
            services.end_support(session, programme_code=named, **values)
        else:
            services.leave_network(session, network_code=named, **values)


def _done(code: str, sentence: str) -> ResponseReturnValue:
    flash(sentence)
    return redirect(url_for("cooperatives.support", code=code), 303)


def _page(
    code: str,
    *,
    support_form: SupportForm | None = None,
    join_form: JoinForm | None = None,
    end_form: EndForm | None = None,
) -> ResponseReturnValue:
    session = reading()
    cooperative = cooperative_for(session, actor=current_actor(), code=code)
    memberships = supported.memberships_of(session, cooperative_id=cooperative.id)
    # Only the form that was sent reads the request: the fields of the others have the same names.
    support_form = support_form or SupportForm(formdata=None)
    join_form = join_form or JoinForm(formdata=None)
    asked = next((form for form in (end_form, support_form, join_form) if form and form.errors), None)
    _offer(support_form, join_form, memberships)
    page = render_template(
        "cooperatives/support.html",
        cooperative=cooperative,
        shown_code=show_reference(cooperative.code),
        supports=supported.supports_of(session, cooperative_id=cooperative.id),
        memberships=memberships,
        support_form=support_form,
        join_form=join_form,
        end_form=end_form,
        form=asked or support_form,
        today=local_date(utc_now()),
    )
    return page, form_status(asked or support_form)


def _offer(support_form: SupportForm, join_form: JoinForm, memberships: Any) -> None:
    session = reading()
    support_form.programme.choices = [("", "–")] + [
        (one.code, local_name(one)) for one in supported.programmes(session)
    ]
    join_form.network.choices = [("", "–")] + [
        (one.code, local_name(one)) for one in supported.networks(session)
    ]
    join_form.leaves.choices = [("", _("None"))] + [
        (one.network.code, local_name(one.network)) for one in memberships if one.until_on is None
    ]
