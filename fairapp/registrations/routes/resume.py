"""Going on with a registration on any phone: reference and phone, then a code (promises A15, B67)."""

from flask import flash, redirect, render_template, request, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fairapp.accounts.services.attempts import count_attempt
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.ids import parse_reference, show_reference
from fairapp.registrations.domain import CodePurpose
from fairapp.registrations.errors import CodeWrong
from fairapp.registrations.forms.tracking import CodeForm, ResumeForm
from fairapp.registrations.queries.drafts import draft_by_reference
from fairapp.registrations.queries.single import event_slug_of
from fairapp.registrations.routes import pages
from fairapp.registrations.routes.drafting import keep_proven, keep_tracked
from fairapp.registrations.services.codes import send_code, use_code
from fairapp.web.access import public
from fairapp.web.forms import form_status, show_on_form

_IN_BROWSER = "resuming"
_WINDOW_S = 15 * 60
_MOST_BY_ADDRESS = 100  # many people share one phone or network at a fair
_MOST_SENT_BY_REFERENCE = 5
_MOST_TRIES_BY_REFERENCE = 15


@pages.route("/events/<slug>/register/resume", methods=["GET", "POST"])
@public
def resume(slug: str) -> ResponseReturnValue:
    """Ask for reference and phone, from the event's first page."""
    return _ask(url_for("registrations.register", slug=slug))


@pages.route("/track/resume", methods=["GET", "POST"])
@public
def resume_any() -> ResponseReturnValue:
    """Ask for reference and phone, from tracking."""
    return _ask(url_for("registrations.track"))


@pages.route("/track/resume/code", methods=["GET", "POST"])
@public
def resume_code() -> ResponseReturnValue:
    """Take the code that was sent or printed, and open what it belongs to."""
    reference = browser.get(_IN_BROWSER)
    if reference is None:
        return redirect(url_for("registrations.resume_any"), 303)
    form = CodeForm()
    if form.validate_on_submit():
        if _use(reference, form.code.data):
            browser.pop(_IN_BROWSER, None)
            return redirect(_open(reference), 303)
        show_on_form(form, CodeWrong())
    page = render_template("registrations/resume_code.html", form=form, reference=reference)
    return page, form_status(form)


def _ask(back_url: str) -> ResponseReturnValue:
    form = ResumeForm()
    if request.method == "GET":
        form.reference.data = request.args.get("reference", "")[:40]
        form.has_printed_code.data = "printed" in request.args
    elif form.validate_on_submit():
        reference = parse_reference(form.reference.data) or ""
        if not form.has_printed_code.data:
            _send(reference, form.phone.data)
        browser[_IN_BROWSER] = reference
        return redirect(url_for("registrations.resume_code"), 303)
    return render_template("registrations/resume.html", form=form, back_url=back_url), form_status(form)


def _send(reference: str, phone: str | None) -> None:
    now = utc_now()
    _count("resume.send", reference, _MOST_SENT_BY_REFERENCE)
    with transaction() as session:
        send_code(session, reference=reference, phone=phone, purpose=CodePurpose.RESUME, now=now)


def _use(reference: str, code: str) -> bool:
    _count("resume.try", reference, _MOST_TRIES_BY_REFERENCE)
    with transaction() as session:
        return use_code(session, reference=reference, code=code, purpose=CodePurpose.RESUME, now=utc_now())


def _count(act: str, reference: str, most: int) -> None:
    """Count a try by address and by reference, in a transaction of its own, before it is made.

    Raises: TooManyAttempts.
    """
    limits = ((f"{act}.address", request.remote_addr or "", _MOST_BY_ADDRESS), (act, reference, most))
    for counted, key, limit in limits:
        with transaction() as session:
            count_attempt(session, act=counted, key=key, most=limit, window_s=_WINDOW_S, now=utc_now())


def _open(reference: str) -> str:
    """Let this browser in and return where to go on."""
    session = reading()
    draft = draft_by_reference(session, reference=reference)
    if draft is not None and draft.registration_id is None:
        slug = event_slug_of(session, event_id=draft.event_id)
        keep_proven(slug, reference)
        flash(_("All that you typed is here. Go on where you stopped."))
        return url_for("registrations.register", slug=slug)
    keep_tracked(reference)
    return url_for("registrations.tracked", reference=show_reference(reference))
