"""The journey of a registration: short pages, saved one by one, checked, sent once."""

from dataclasses import replace

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fairapp.cooperatives.domain import ice_looks_right
from fairapp.events.presentation import places_of_call
from fairapp.events.queries import call_of
from fairapp.foundation.clock import local_date, utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import RuleViolation
from fairapp.foundation.ids import new_token, show_reference
from fairapp.registrations.answers import CHECK, STEPS, filing_of, first_answers
from fairapp.registrations.domain import FilingChannel
from fairapp.registrations.errors import SavedElsewhere
from fairapp.registrations.forms.steps import CheckForm, CooperativeForm, DeskCheckForm, StepForm, told_apart
from fairapp.registrations.models import RegistrationDraft
from fairapp.registrations.routes import pages
from fairapp.registrations.routes.documents import lines_of
from fairapp.registrations.routes.drafting import (
    FIRST_SECTORS,
    STEP_SAVERS,
    Desk,
    forget_token,
    form_of,
    keep_token,
    keep_tracked,
    known_answers,
    saved_form_of,
    visit,
)
from fairapp.registrations.routes.edits import check_change
from fairapp.registrations.services.drafts import save_answers, send_draft, start_draft
from fairapp.registrations.services.filing import files_for_others
from fairapp.web.access import current_actor, public
from fairapp.web.forms import form_status, show_on_form
from fairapp.web.i18n import current_language
from fairapp.web.limits import takes_up_to

FIRST = STEPS[0]
MOST_BYTES = 24 * 1024 * 1024  # files that answer questions of the call
_STEP = f"<any({','.join(STEPS)}):step>"


@pages.route("/events/<slug>/register", methods=["GET", "POST"])
@public
def register(slug: str) -> ResponseReturnValue:
    """Say what the call asks before the first question, or go on with the draft of this browser."""
    desk = visit(slug)
    if not desk.takes_answers:
        return render_template("registrations/closed.html", event=desk.event, today=local_date(utc_now()))
    if desk.is_sent and (request.method == "POST" or request.args.get("again")):
        forget_token(slug)
        desk = visit(slug)
    if request.method == "POST":
        return _step(desk, FIRST)
    if desk.draft is not None:
        return redirect(where_next(desk), 303)
    if files_for_others(current_actor()):
        return redirect(_url(slug, FIRST), 303)  # who registers many has read the call
    call = call_of(reading(), event=desk.event)
    places = places_of_call(desk.event, call)
    return render_template(
        "registrations/start.html", event=desk.event, desk=desk, call=call, places=places, first=FIRST
    )


@pages.route(f"/events/<slug>/register/{_STEP}", methods=["GET", "POST"])
@takes_up_to(MOST_BYTES)
@public
def step(slug: str, step: str) -> ResponseReturnValue:
    """Answer one step; saved, it leads to the next, or back to the check."""
    desk = visit(slug)
    if desk.draft is None and step == FIRST and desk.is_open:
        return _step(desk, FIRST)
    if desk.draft is None or not desk.takes_answers or desk.is_sent or step not in desk.journey.steps:
        return redirect(url_for("registrations.register", slug=slug), 303)
    return _step(desk, step)


@pages.route("/events/<slug>/register/check", methods=["GET", "POST"])
@public
def check(slug: str) -> ResponseReturnValue:
    """Read all answers again, declare that they are true, and send them."""
    desk = visit(slug)
    if desk.draft is None or (not desk.takes_answers and not desk.is_sent):
        return redirect(url_for("registrations.register", slug=slug), 303)
    if desk.edits is not None:
        return check_change(desk)
    if desk.journey.first_missing(desk.answers) is not None or (desk.is_sent and request.method == "GET"):
        return redirect(where_next(desk), 303)
    form = DeskCheckForm() if files_for_others(current_actor()) else CheckForm()
    if form.validate_on_submit() and _send(desk, form):
        return redirect(_receipt(desk), 303)
    filing = filing_of(desk.answers, channel=FilingChannel.SELF, locale=current_language())
    assert filing.profile is not None  # of whole answers
    page = render_template(
        "registrations/check.html",
        event=desk.event,
        desk=desk,
        journey=desk.journey,
        stops=[stop for stop in desk.open_stops if stop.code in filing.stops],
        filing=filing,
        document_lines=lines_of(desk),
        ice_is_doubtful=bool(filing.profile.ice) and not ice_looks_right(filing.profile.ice or ""),
        form=form,
    )
    return page, form_status(form)


def _step(desk: Desk, step: str) -> ResponseReturnValue:
    form = form_of(step, desk)
    elsewhere: list[tuple[str, str, str]] = []
    if form.validate_on_submit():
        try:
            draft = _save(desk, step, form)
        except SavedElsewhere as refusal:
            show_on_form(form, refusal)
            desk = visit(desk.event.slug)
            elsewhere = told_apart(saved_form_of(step, desk), form)
        except RuleViolation as refusal:
            show_on_form(form, refusal)
        else:
            return redirect(_after(replace(desk, draft=draft), step, form), 303)
    page = render_template(
        f"registrations/steps/{step}.html",
        event=desk.event,
        desk=desk,
        journey=desk.journey,
        step=step,
        number=desk.journey.number(step),
        back_url=_back_url(desk, desk.journey.before(step)),
        elsewhere=elsewhere,
        first_sectors=FIRST_SECTORS,
        form=form,
    )
    return page, form_status(form)


def _save(desk: Desk, step: str, form: StepForm) -> RegistrationDraft:
    """Save the answers of a step; the first save starts the draft.

    Raises: SavedElsewhere, and what the saver of the step refuses.
    """
    event, now = desk.event, utc_now()
    if desk.draft is not None and step in STEP_SAVERS:
        return STEP_SAVERS[step](desk, form, now)
    if desk.draft is not None:
        with transaction() as session:
            return save_answers(
                session,
                draft_id=desk.draft.id,
                step=step,
                answers=form.answers(),
                beside=form.beside(),
                version=form.seen_version(),
                now=now,
            )
    token, answers = new_token(), first_answers(known_answers(desk.event), step, form.answers())
    with transaction() as session:
        draft = start_draft(
            session,
            event=event,
            token=token,
            answers=answers,
            locale=current_language(),
            actor=current_actor(),
            now=now,
        )
    keep_token(event.slug, token)
    return draft


def _after(desk: Desk, step: str, form: StepForm) -> str:
    """Return the address that comes after a saved step; a doubtful ICE is looked at once more."""
    back_to_check = request.args.get("back") == CHECK
    if isinstance(form, CooperativeForm) and form.ice_is_doubtful and form.ice_seen.data != form.ice.data:
        return _url(desk.event.slug, step) + ("?back=check" if back_to_check else "")
    missing = desk.journey.first_missing(desk.answers)
    following = (missing or CHECK) if back_to_check else desk.journey.after(step, desk.answers)
    return _url(desk.event.slug, following)


def _send(desk: Desk, form: CheckForm) -> bool:
    """Send the draft; a refusal is shown on the form."""
    assert desk.draft is not None
    channel, language = FilingChannel.SELF, current_language()
    if isinstance(form, DeskCheckForm):
        channel = FilingChannel.PAPER if form.channel.data == "paper" else FilingChannel.DESK
        language = "fr" if form.message_language.data == "fr" else "ar"
    try:
        with transaction() as session:
            send_draft(
                session,
                actor=current_actor(),
                event=desk.event,
                draft_id=desk.draft.id,
                channel=channel,
                locale=language,
                now=utc_now(),
            )
    except RuleViolation as refusal:
        show_on_form(form, refusal)
        return False
    return True


def where_next(desk: Desk) -> str:
    """Return the address where a draft goes on: the first step missing, the check, or the receipt."""
    if desk.edits is not None:
        return _url(desk.event.slug, CHECK)
    if desk.is_sent:
        return _receipt(desk)
    return _url(desk.event.slug, desk.journey.first_missing(desk.answers) or CHECK)


def _url(slug: str, step: str) -> str:
    if step == CHECK:
        return url_for("registrations.check", slug=slug)
    return url_for("registrations.step", slug=slug, step=step)


def _receipt(desk: Desk) -> str:
    if desk.token is not None:
        return url_for("registrations.receipt", slug=desk.event.slug, token=desk.token)
    assert desk.draft is not None
    keep_tracked(desk.draft.reference)  # resumed by code: this browser has proven to hold it
    return url_for("registrations.tracked_receipt", reference=show_reference(desk.draft.reference))


def _back_url(desk: Desk, before: str | None) -> str:
    if request.args.get("back") == CHECK:
        return _url(desk.event.slug, CHECK)
    if before is None:
        return f"/{current_language()}/events/{desk.event.slug}"
    return _url(desk.event.slug, before)
