"""The cooperative says whether what another filed for it is its own: by the link it got, or by a code."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fairapp.accounts.services.attempts import count_attempt
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.ids import parse_reference, show_reference
from fairapp.registrations.confirm_links import is_confirm_secret
from fairapp.registrations.consent import can_answer
from fairapp.registrations.domain import CodePurpose
from fairapp.registrations.errors import CodeWrong, RegistrationNotFound
from fairapp.registrations.forms.confirming import OURS, CodedOwnershipForm, OwnershipForm
from fairapp.registrations.models import Registration
from fairapp.registrations.queries.single import registration_by_reference
from fairapp.registrations.routes import pages
from fairapp.registrations.routes.drafting import keep_tracked
from fairapp.registrations.routes.tracking import proven
from fairapp.registrations.services.codes import send_code, use_code
from fairapp.registrations.services.confirming import confirm_filing, dispute_filing
from fairapp.web.access import current_actor, public
from fairapp.web.forms import form_status, show_on_form

_WINDOW_S = 15 * 60
_MOST_BY_ADDRESS = 100  # many people share one phone or network at a fair
_MOST_BY_REFERENCE = 15


@pages.route("/track/<reference>/confirm/<secret>", methods=["GET", "POST"])
@public
def confirm_by_link(reference: str, secret: str) -> ResponseReturnValue:
    """Answer by the link that went to the phone or the address of the cooperative alone."""
    registration = _linked(reference, secret)
    form = OwnershipForm()
    if form.validate_on_submit():
        keep_tracked(registration.reference)
        return _answered(registration, form, "link")
    return _page(registration, form)


@pages.route("/track/<reference>/confirm", methods=["GET", "POST"])
@public
def confirm(reference: str) -> ResponseReturnValue:
    """Answer with the code that is printed on the receipt or was sent, or from the own account."""
    try:
        registration = proven(reference)
    except RegistrationNotFound:
        return redirect(url_for("registrations.track", reference=reference), 303)
    is_own = registration.cooperative_id in current_actor().cooperative_ids()
    form = OwnershipForm() if is_own else CodedOwnershipForm()
    if "send" in request.form:
        return _send(registration)
    if form.validate_on_submit():
        if is_own or _use(registration, form.code.data):
            return _answered(registration, form, "account" if is_own else "code")
        show_on_form(form, CodeWrong())
    return _page(registration, form)


def _page(registration: Registration, form: OwnershipForm) -> ResponseReturnValue:
    page = render_template(
        "registrations/desk_confirm.html",
        registration=registration,
        event=registration.event,
        form=form,
        can_answer=can_answer(registration.channel, registration.state),
    )
    return page, form_status(form)


def _answered(registration: Registration, form: OwnershipForm, by: str) -> ResponseReturnValue:
    said = confirm_filing if form.answer.data == OURS else dispute_filing
    with transaction() as session:
        said(session, actor=current_actor(), registration_id=registration.id, by=by, now=utc_now())
    if form.answer.data == OURS:
        flash(_("Thank you. The registration is confirmed as yours."))
    else:
        flash(_("Thank you. The organizer is told that this registration is not yours."), "wait")
    return redirect(url_for("registrations.tracked", reference=show_reference(registration.reference)), 303)


def _linked(reference: str, secret: str) -> Registration:
    stored = parse_reference(reference) or ""
    if not is_confirm_secret(stored, secret):
        raise RegistrationNotFound()
    return registration_by_reference(reading(), reference=stored)


def _send(registration: Registration) -> ResponseReturnValue:
    _count("confirm.send", registration.reference)
    phone = registration.phone or registration.cooperative.phone
    with transaction() as session:
        send_code(
            session,
            reference=registration.reference,
            phone=phone,
            purpose=CodePurpose.CONFIRM,
            now=utc_now(),
        )
    flash(_("A code is on its way to the phone of the cooperative."))
    return redirect(url_for("registrations.confirm", reference=show_reference(registration.reference)), 303)


def _use(registration: Registration, code: str) -> bool:
    _count("confirm.try", registration.reference)
    # Who filed it has printed the receipt and read its code: only one sent to the cooperative counts.
    has_filed = (
        current_actor().account_id is not None and current_actor().account_id == registration.filed_by_id
    )
    with transaction() as session:
        return use_code(
            session,
            reference=registration.reference,
            code=code,
            purpose=CodePurpose.CONFIRM,
            takes_printed=not has_filed,
            now=utc_now(),
        )


def _count(act: str, reference: str) -> None:
    """Count a try by address and by reference before it is made.

    Raises: TooManyAttempts.
    """
    stored = parse_reference(reference) or ""
    limits = (
        (f"{act}.address", request.remote_addr or "", _MOST_BY_ADDRESS),
        (act, stored, _MOST_BY_REFERENCE),
    )
    for counted, key, most in limits:
        with transaction() as session:
            count_attempt(session, act=counted, key=key, most=most, window_s=_WINDOW_S, now=utc_now())
