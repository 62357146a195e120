"""The journey of a registration: short pages, saved one by one, checked, sent once."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fairapp.cooperatives.domain import ice_looks_right
from fairapp.foundation.clock import local_date, utc_now
from fairapp.foundation.database import transaction
from fairapp.foundation.errors import RuleViolation
from fairapp.foundation.ids import new_token
from fairapp.registrations.answers import CHECK, STEPS, filing_of
from fairapp.registrations.domain import FilingChannel
from fairapp.registrations.forms.steps import CheckForm, DeskCheckForm, StepForm
from fairapp.registrations.routes import pages
from fairapp.registrations.routes.drafting import (
    FIRST_SECTORS,
    STEP_SAVERS,
    Desk,
    forget_token,
    form_of,
    keep_token,
    known_answers,
    visit,
)
from fairapp.registrations.services.drafts import save_answers, send_draft, start_draft
from fairapp.registrations.services.filing import files_for_others
from fairapp.web.access import current_actor, public
from fairapp.web.forms import form_status, show_on_form
from fairapp.web.i18n import current_language

FIRST = STEPS[0]
_STEP = f"<any({','.join(STEPS)}):step>"


@pages.route("/events/<slug>/register", methods=["GET", "POST"])
@public
def register(slug: str) -> ResponseReturnValue:
    """Begin a registration, or go on with the one of this browser."""
    desk = visit(slug)
    if not desk.is_open:
        return render_template("registrations/closed.html", event=desk.event, today=local_date(utc_now()))
    if desk.is_sent and (request.method == "POST" or request.args.get("again")):
        forget_token(slug)
        desk = visit(slug)
    if desk.draft is not None and request.method == "GET":
        return redirect(_where_next(desk), 303)
    return _step(desk, FIRST)


@pages.route(f"/events/<slug>/register/{_STEP}", methods=["GET", "POST"])
@public
def step(slug: str, step: str) -> ResponseReturnValue:
    """Answer one step; saved, it leads to the next, or back to the check."""
    desk = visit(slug)
    if desk.draft is None and step == FIRST and desk.is_open:
        return _step(desk, FIRST)
    if desk.draft is None or not desk.is_open or desk.is_sent or step not in desk.journey.steps:
        return redirect(url_for("registrations.register", slug=slug), 303)
    return _step(desk, step)


@pages.route("/events/<slug>/register/check", methods=["GET", "POST"])
@public
def check(slug: str) -> ResponseReturnValue:
    """Read all answers again, declare that they are true, and send them."""
    desk = visit(slug)
    if desk.draft is None or (not desk.is_open and not desk.is_sent):
        return redirect(url_for("registrations.register", slug=slug), 303)
    if desk.journey.first_missing(desk.answers) is not None or (desk.is_sent and request.method == "GET"):
        return redirect(_where_next(desk), 303)
    form = DeskCheckForm() if files_for_others(current_actor()) else CheckForm()
    if form.validate_on_submit() and _send(desk, form):
        return redirect(_receipt(desk), 303)
    filing = filing_of(desk.answers, channel=FilingChannel.SELF, locale=current_language())
    assert filing.profile is not None  # of whole answers
    page = render_template(
        "registrations/check.html",
        event=desk.event,
        journey=desk.journey,
        stops=[stop for stop in desk.open_stops if stop.code in filing.stops],
        filing=filing,
        ice_is_doubtful=bool(filing.profile.ice) and not ice_looks_right(filing.profile.ice or ""),
        form=form,
    )
    return page, form_status(form)


def _step(desk: Desk, step: str) -> ResponseReturnValue:
    form = form_of(step, desk)
    if form.validate_on_submit():
        return redirect(_save(desk, step, form), 303)
    before = desk.journey.before(step)
    page = render_template(
        f"registrations/steps/{step}.html",
        event=desk.event,
        desk=desk,
        journey=desk.journey,
        step=step,
        number=desk.journey.number(step),
        back_url=_back_url(desk, before),
        first_sectors=FIRST_SECTORS,
        form=form,
    )
    return page, form_status(form)


def _save(desk: Desk, step: str, form: StepForm) -> str:
    """Save the answers of a step and return the address that comes next."""
    event, now = desk.event, utc_now()
    token = desk.token if desk.draft is not None and desk.token else new_token()
    if desk.draft is not None and step in STEP_SAVERS:
        draft = STEP_SAVERS[step](desk, form, now)
    else:
        with transaction() as session:
            if desk.draft is None:
                answers = known_answers(current_actor()) | {step: form.answers()}
                draft = start_draft(
                    session, event=event, token=token, answers=answers, locale=current_language(), now=now
                )
            else:
                draft = save_answers(
                    session, event=event, token=token, step=step, answers=form.answers(), now=now
                )
    keep_token(event.slug, token)
    back_to_check = request.args.get("back") == CHECK
    missing = desk.journey.first_missing(draft.answers)
    following = (missing or CHECK) if back_to_check else desk.journey.after(step, draft.answers)
    return _url(event.slug, following)


def _send(desk: Desk, form: CheckForm) -> bool:
    """Send the draft; a refusal is shown on the form."""
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
                token=desk.token or "",
                channel=channel,
                locale=language,
                now=utc_now(),
            )
    except RuleViolation as refusal:
        show_on_form(form, refusal)
        return False
    return True


def _where_next(desk: Desk) -> str:
    if desk.is_sent:
        return _receipt(desk)
    return _url(desk.event.slug, desk.journey.first_missing(desk.answers) or CHECK)


def _url(slug: str, step: str) -> str:
    if step == CHECK:
        return url_for("registrations.check", slug=slug)
    return url_for("registrations.step", slug=slug, step=step)


def _receipt(desk: Desk) -> str:
    return url_for("registrations.receipt", slug=desk.event.slug, token=desk.token)


def _back_url(desk: Desk, before: str | None) -> str:
    if request.args.get("back") == CHECK:
        return _url(desk.event.slug, CHECK)
    if before is None:
        return f"/{current_language()}/events/{desk.event.slug}"
    return _url(desk.event.slug, before)
