"""The committee of an event: progress, the seed, members, conflicts, and who reviews what."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from fairapp.events.models import Event
from fairapp.events.queries import call_of, event_for
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import Refusal, RuleViolation
from fairapp.reference.queries import provinces_by_region
from fairapp.selection.errors import SeedFixed
from fairapp.selection.forms import ActForm, ConflictForm, HomeForm, ReviewerForm, SeedForm
from fairapp.selection.queries import committee as queries
from fairapp.selection.queries.runs import runs_of
from fairapp.selection.routes import pages
from fairapp.selection.services import committee as services
from fairapp.selection.services.committee import MANAGE, Home
from fairapp.web.access import current_actor, requires
from fairapp.web.errors import sentence_of
from fairapp.web.filters import local_name
from fairapp.web.forms import form_status, show_on_form
from fairapp.web.i18n import current_language


def managed_event(slug: str) -> Event:
    """Return the event of a page, within the actor's scope."""
    return event_for(reading(), actor=current_actor(), action=MANAGE, slug=slug)


@pages.get("/organizer/events/<slug>/selection")
@requires("selection.manage")
def show_committee(slug: str) -> ResponseReturnValue:
    """Show how far the selection is, and the committee with its progress."""
    session, event = reading(), managed_event(slug)
    return render_template(
        "selection/committee.html",
        event=event,
        members=queries.members_of(session, event_id=event.id),
        progress=queries.progress_of(session, event=event),
        runs=runs_of(session, event_id=event.id),
        call=call_of(session, event=event),
    )


@pages.route("/organizer/events/<slug>/selection/seed", methods=["GET", "POST"])
@requires("selection.manage")
def set_seed(slug: str) -> ResponseReturnValue:
    """Publish the seed of the draw."""
    event = managed_event(slug)
    form = SeedForm(data={"seed": event.draw_seed or ""})
    if form.validate_on_submit():
        try:
            with transaction() as session:
                services.publish_seed(
                    session, actor=current_actor(), slug=slug, seed=form.seed.data, now=utc_now()
                )
        except SeedFixed as refusal:
            show_on_form(form, refusal)
        else:
            flash(_("The seed is published on the page of the event."))
            return redirect(url_for("selection.show_committee", slug=slug), 303)
    scored = queries.score_is_given(reading(), event_id=event.id)
    return render_template("selection/seed.html", event=event, form=form, scored=scored), form_status(form)


@pages.route("/organizer/events/<slug>/selection/reviewers/new", methods=["GET", "POST"])
@requires("selection.manage")
def add_reviewer(slug: str) -> ResponseReturnValue:
    """Add a person to the committee."""
    event = managed_event(slug)
    form = ReviewerForm()
    _offer_homes(form)
    if form.validate_on_submit():
        try:
            with transaction() as session:
                services.add_reviewer(
                    session,
                    actor=current_actor(),
                    slug=slug,
                    email=form.email.data,
                    name=form.name.data or "",
                    locale=form.locale.data,
                    home=_home(form),
                    now=utc_now(),
                )
        except RuleViolation as refusal:
            show_on_form(form, refusal)
        else:
            flash(_("The person is in the committee. Share out the files that are left."))
            return redirect(url_for("selection.show_committee", slug=slug), 303)
    return render_template("selection/reviewer_new.html", event=event, form=form), form_status(form)


@pages.route("/organizer/events/<slug>/selection/reviewers/<account>", methods=["GET", "POST"])
@requires("selection.manage")
def show_reviewer(slug: str, account: str) -> ResponseReturnValue:
    """Show a member of the committee with its conflicts; change where it belongs."""
    event = managed_event(slug)
    form = _home_form(event, account)
    if form.validate_on_submit():
        try:
            with transaction() as changing:
                services.change_reviewer(
                    changing,
                    actor=current_actor(),
                    slug=slug,
                    account_code=account,
                    home=_home(form),
                    now=utc_now(),
                )
        except RuleViolation as refusal:
            show_on_form(form, refusal)
        else:
            flash(_("The changes are saved. Files that this person may not judge are free again."))
            return redirect(url_for("selection.show_committee", slug=slug), 303)
    return _reviewer_page(event, account, form, ConflictForm(formdata=None)), form_status(form)


@pages.post("/organizer/events/<slug>/selection/reviewers/<account>/conflicts")
@requires("selection.manage")
def add_conflict(slug: str, account: str) -> ResponseReturnValue:
    """Write down whom a reviewer may not judge."""
    event = managed_event(slug)
    form = ConflictForm()
    if form.validate_on_submit():
        try:
            with transaction() as session:
                services.declare_conflict(
                    session,
                    actor=current_actor(),
                    slug=slug,
                    account_code=account,
                    reference=form.reference.data,
                    reason=form.reason.data,
                    now=utc_now(),
                )
        except RuleViolation as refusal:
            show_on_form(form, refusal)
        else:
            flash(_("The conflict is noted, the file is given to somebody else."))
            return redirect(url_for("selection.show_reviewer", slug=slug, account=account), 303)
    return _reviewer_page(event, account, _home_form(event, account, formdata=None), form), form_status(form)


@pages.post("/organizer/events/<slug>/selection/reviewers/<account>/remove")
@requires("selection.manage")
def remove_reviewer(slug: str, account: str) -> ResponseReturnValue:
    """Take a person out of the committee."""
    with transaction() as session:
        services.remove_reviewer(
            session, actor=current_actor(), slug=slug, account_code=account, now=utc_now()
        )
    flash(_("The person has left the committee. Scores that were given stay."))
    return redirect(url_for("selection.show_committee", slug=slug), 303)


@pages.route("/organizer/events/<slug>/selection/assign", methods=["GET", "POST"])
@requires("selection.manage")
def assign(slug: str) -> ResponseReturnValue:
    """Show who would review what, then share the files out."""
    session, event = reading(), managed_event(slug)
    form = ActForm()
    if form.validate_on_submit():
        try:
            with transaction() as changing:
                plan = services.assign_reviewers(changing, actor=current_actor(), slug=slug, now=utc_now())
        except Refusal as refusal:
            flash(sentence_of(refusal), "error")
        else:
            said = ngettext("%(num)d file was given out.", "%(num)d files were given out.", len(plan.pairs))
            flash(said)
        return redirect(url_for("selection.show_committee", slug=slug), 303)
    plan = services.plan_assignments(session, event=event, now=utc_now())
    members = queries.members_of(session, event_id=event.id)
    new = {member.reviewer.id: 0 for member in members}
    for _file, reviewer_id in plan.pairs:
        new[reviewer_id] += 1
    lacking = queries.files_named(session, ids=list(plan.lacking)[:50])
    return render_template(
        "selection/assign.html", event=event, plan=plan, members=members, new=new, lacking=lacking
    )


def _reviewer_page(event: Event, account: str, form: HomeForm, conflict: ConflictForm) -> str:
    session = reading()
    reviewer = queries.reviewer_for(session, event=event, account_code=account)
    [member] = [
        member
        for member in queries.members_of(session, event_id=event.id)
        if member.reviewer.id == reviewer.id
    ]
    return render_template(
        "selection/reviewer.html",
        event=event,
        reviewer=reviewer,
        member=member,
        form=form,
        conflict=conflict,
        conflicts=queries.conflicts_of(session, reviewer=reviewer),
    )


def _home_form(event: Event, account: str, **source: Any) -> HomeForm:
    session = reading()
    reviewer = queries.reviewer_for(session, event=event, account_code=account)
    networks = queries.networks(session)
    own = next((network.code for network in networks if network.id == reviewer.network_id), "")
    said = {"province": reviewer.province_code or "", "commune": reviewer.commune or "", "network": own}
    form = HomeForm(data=said, **source)
    _offer_homes(form)
    return form


def _offer_homes(form: HomeForm) -> None:
    regions = {region: dict(names) for region, names in provinces_by_region(current_language())}
    form.province.choices = {"": _("Not stated"), **regions}
    networks = {network.code: local_name(network) for network in queries.networks(reading())}
    form.network.choices = {"": _("None")} | networks


def _home(form: HomeForm) -> Home:
    return Home(form.province.data or None, form.commune.data or None, form.network.data or None)
