"""The lists of programmes and of networks, and the members of one."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fairapp.cooperatives import supported
from fairapp.cooperatives.forms.support import NetworkForm, ProgrammeForm
from fairapp.cooperatives.queries import cooperative_by_id
from fairapp.cooperatives.routes import pages
from fairapp.cooperatives.services import support as services
from fairapp.foundation.clock import local_date, utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import RuleViolation
from fairapp.foundation.ids import show_reference
from fairapp.reference.queries import provinces_by_region
from fairapp.web.access import current_actor, requires
from fairapp.web.forms import form_status, show_on_form
from fairapp.web.i18n import current_language


@pages.route("/organizer/programmes/", methods=["GET", "POST"])
@requires("cooperatives.support")
def programmes() -> ResponseReturnValue:
    """List the programmes with how many cooperatives each supports today, and add one."""
    form = ProgrammeForm()
    if form.validate_on_submit():
        with transaction() as session:
            services.add_programme(
                session,
                actor=current_actor(),
                name_ar=form.name_ar.data,
                name_fr=form.name_fr.data,
                name_en=form.name_en.data or form.name_fr.data,
                now=utc_now(),
            )
        flash(_("The programme is in the list."))
        return redirect(url_for("cooperatives.programmes"), 303)
    session = reading()
    page = render_template(
        "cooperatives/programmes.html",
        form=form,
        programmes=supported.programmes(session),
        counts=supported.counted_supported(session, on=local_date(utc_now())),
    )
    return page, form_status(form)


@pages.route("/organizer/networks/", methods=["GET", "POST"])
@requires("cooperatives.support")
def networks() -> ResponseReturnValue:
    """List the networks with how many members each has today, and add one."""
    form = _offered(NetworkForm())
    if form.validate_on_submit():
        try:
            with transaction() as session:
                made = services.add_network(session, actor=current_actor(), now=utc_now(), **_typed(form))
        except RuleViolation as refusal:
            show_on_form(form, refusal)
        else:
            flash(_("The network is in the list."))
            return redirect(url_for("cooperatives.network", code=show_reference(made.code)), 303)
    session = reading()
    page = render_template(
        "cooperatives/networks.html",
        form=form,
        networks=supported.networks(session),
        counts=supported.counted_members(session, on=local_date(utc_now())),
    )
    return page, form_status(form)


@pages.route("/organizer/networks/<code>", methods=["GET", "POST"])
@requires("cooperatives.support")
def network(code: str) -> ResponseReturnValue:
    """Show a network with its members, present and former, and change what it is called."""
    session = reading()
    shown = supported.network_by_code(session, code=code)
    body = cooperative_by_id(session, identity=shown.body_id) if shown.body_id else None
    known = {"name_ar": shown.name_ar, "name_fr": shown.name_fr, "province": shown.province_code or ""}
    form = _offered(NetworkForm(data=known | {"body": show_reference(body.code) if body else ""}))
    if form.validate_on_submit():
        try:
            with transaction() as writing:
                services.change_network(
                    writing, actor=current_actor(), code=shown.code, now=utc_now(), **_typed(form)
                )
        except RuleViolation as refusal:
            show_on_form(form, refusal)
        else:
            flash(_("The network is saved."))
            return redirect(url_for("cooperatives.network", code=show_reference(shown.code)), 303)
    members = supported.members_over_time(session, network_id=shown.id)
    page = render_template("cooperatives/network.html", form=form, network=shown, body=body, members=members)
    return page, form_status(form)


def _offered(form: NetworkForm) -> NetworkForm:
    form.province.choices = {"": [("", "–")]} | dict(provinces_by_region(current_language()))
    return form


def _typed(form: NetworkForm) -> dict[str, Any]:
    return {
        "name_ar": form.name_ar.data,
        "name_fr": form.name_fr.data,
        "province_code": form.province.data or None,
        "body_code": form.body.data or None,
    }
