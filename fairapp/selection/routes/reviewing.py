"""The reviewer's own pages: what is to score, a file with its criteria, and stepping aside."""

from dataclasses import dataclass
from functools import partial

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fairapp.events.domain import CriterionSource
from fairapp.events.models import Event
from fairapp.events.queries import Call, call_of
from fairapp.files.answers import send_file_of, send_small_photo
from fairapp.files.domain import clean_name
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import RuleViolation
from fairapp.registrations.models import Registration
from fairapp.registrations.queries.documents import registration_lines
from fairapp.selection.forms import AsideForm, ScoreForm, score_form
from fairapp.selection.models import Assignment, Reviewer
from fairapp.selection.queries import reviewing as queries
from fairapp.selection.routes import pages
from fairapp.selection.services import reviewing as services
from fairapp.web.access import current_actor, requires
from fairapp.web.filters import localized
from fairapp.web.forms import form_status, show_on_form


@dataclass(frozen=True, slots=True)
class _Desk:
    """What lies before a reviewer: the call of an event, and one file."""

    event: Event
    reviewer: Reviewer
    call: Call
    assignment: Assignment
    registration: Registration


@pages.get("/reviewer/")
@requires("selection.score")
def show_desk() -> ResponseReturnValue:
    """Lead a reviewer to the events that it scores for; with one, straight to its list."""
    desks = queries.desks_of(reading(), actor=current_actor())
    if len(desks) == 1:
        return redirect(url_for("selection.show_list", slug=desks[0].event.slug), 303)
    return render_template("selection/desk.html", desks=desks)


@pages.get("/reviewer/events/<slug>")
@requires("selection.score")
def show_list(slug: str) -> ResponseReturnValue:
    """List a reviewer's files, those to do first."""
    session = reading()
    event, reviewer = queries.reviewed_event(session, actor=current_actor(), slug=slug)
    return render_template(
        "selection/list.html",
        event=event,
        files=queries.files_on_list(session, reviewer=reviewer),
        following=queries.next_number(session, reviewer=reviewer),
    )


@pages.route("/reviewer/events/<slug>/<int:number>", methods=["GET", "POST"])
@requires("selection.score")
def score(slug: str, number: int) -> ResponseReturnValue:
    """Show a file and take its points."""
    session, actor = reading(), current_actor()
    event, reviewer = queries.reviewed_event(session, actor=actor, slug=slug)
    assignment, registration = queries.assignment_for(session, reviewer=reviewer, number=number)
    call = call_of(session, event=event)
    criteria = [
        (criterion, localized(criterion, "title"))
        for criterion in call.criteria
        if criterion.source is CriterionSource.COMMITTEE
    ]
    form = score_form(criteria, queries.own_scores(session, assignment=assignment), assignment.note)
    if form.validate_on_submit() and _give(slug, number, form):
        flash(_("Saved: file %(number)s.", number=number))
        return redirect(_after(reviewer, slug, number), 303)
    desk = _Desk(event, reviewer, call, assignment, registration)
    return _score_page(desk, form), form_status(form)


@pages.get("/reviewer/events/<slug>/<int:number>/files/<token>")
@requires("selection.score")
def show_file(slug: str, number: int, token: str) -> Response:
    """Hand out a photo or paper of a file that is given to this reviewer."""
    session = reading()
    event, reviewer = queries.reviewed_event(session, actor=current_actor(), slug=slug)
    _, registration = queries.assignment_for(session, reviewer=reviewer, number=number)
    lines = registration_lines(session, registration=registration)
    file = queries.shown_file(lines, token=token, is_blind=event.is_blind)
    if "small" in request.args:
        return send_small_photo(file)
    return send_file_of(file, name=clean_name(str(number), file.media_type) if event.is_blind else None)


@pages.route("/reviewer/events/<slug>/<int:number>/aside", methods=["GET", "POST"])
@requires("selection.score")
def step_aside(slug: str, number: int) -> ResponseReturnValue:
    """Let a reviewer say that it may not judge a file."""
    session, actor = reading(), current_actor()
    event, reviewer = queries.reviewed_event(session, actor=actor, slug=slug)
    queries.assignment_for(session, reviewer=reviewer, number=number)
    form = AsideForm()
    if form.validate_on_submit():
        try:
            with transaction() as changing:
                services.step_aside(
                    changing, actor=actor, slug=slug, number=number, reason=form.reason.data, now=utc_now()
                )
        except RuleViolation as refusal:
            show_on_form(form, refusal)
        else:
            flash(_("The file is no longer yours; somebody else scores it."))
            return redirect(_after(reviewer, slug, number), 303)
    return render_template("selection/aside.html", event=event, number=number, form=form), form_status(form)


def _give(slug: str, number: int, form: ScoreForm) -> bool:
    try:
        with transaction() as session:
            services.give_scores(
                session,
                actor=current_actor(),
                slug=slug,
                number=number,
                points=form.points(),
                note=form.note.data,
                now=utc_now(),
            )
    except RuleViolation as refusal:
        show_on_form(form, refusal)
        return False
    return True


def _after(reviewer: Reviewer, slug: str, number: int) -> str:
    session = reading()
    following = queries.next_number(session, reviewer=reviewer, after=number)
    if following is None or "list" in request.form:
        return url_for("selection.show_list", slug=slug)
    return url_for("selection.score", slug=slug, number=following)


def _score_page(desk: _Desk, form: ScoreForm) -> str:
    session = reading()
    event, reviewer, call = desk.event, desk.reviewer, desk.call
    assignment, registration, number = desk.assignment, desk.registration, desk.assignment.number
    files = queries.files_on_list(session, reviewer=reviewer)
    is_done = assignment.scored_at is not None
    return render_template(
        "selection/score.html",
        event=event,
        number=number,
        registration=registration,
        cooperative=registration.cooperative,
        criteria=call.criteria,
        questions={question.code: question for question in call.questions},
        lines=registration_lines(session, registration=registration),
        may_open=partial(queries.may_open, is_blind=event.is_blind),
        form=form,
        done=sum(file.is_done for file in files),
        total=len(files),
        is_done=is_done,
        is_closed=queries.is_closed(session, event_id=event.id, assignment=assignment),
        committee=queries.committee_of(session, registration_id=registration.id) if is_done else None,
        following=queries.next_number(session, reviewer=reviewer, after=number),
    )
