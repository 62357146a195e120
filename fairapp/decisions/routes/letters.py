"""Pages of letters: the cooperative's, the organizer's with their prints, and the check behind the code."""

import uuid
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fairapp.decisions.domain.hashing import short_hash
from fairapp.decisions.forms import AskForm, PrintForm
from fairapp.decisions.models import DecisionLetter
from fairapp.decisions.printing import draw_letters, qr_svg
from fairapp.decisions.queries import appeals, letters
from fairapp.decisions.routes import pages
from fairapp.decisions.services.prints import ask_for_print
from fairapp.events.models import Event
from fairapp.events.queries import event_for
from fairapp.foundation.clock import local_date, utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import Refusal
from fairapp.foundation.ids import show_reference
from fairapp.registrations.errors import RegistrationNotFound
from fairapp.registrations.models import Registration
from fairapp.registrations.routes.tracking import proven
from fairapp.web.access import current_actor, public, requires
from fairapp.web.errors import sentence_of
from fairapp.web.i18n import current_language

REFRESH_S = 3


@pages.get("/track/<reference>/letter")
@public
def own_letter(reference: str) -> ResponseReturnValue:
    """Show the letter about the decision to whom has proven to hold the registration."""
    try:
        registration = proven(reference)
    except RegistrationNotFound:
        return redirect(url_for("registrations.track", reference=reference), 303)
    letter = _own(registration)
    return render_template(
        "decisions/own_letter.html",
        event=registration.event,
        registration=registration,
        others=[
            other
            for other in letters.letters_of(reading(), registration_id=registration.id)
            if other.id != letter.id
        ],
        objects=appeals.can_object(reading(), registration=registration, today=local_date(utc_now())),
        pdf=url_for("decisions.own_letter_pdf", reference=reference, of=request.args.get("of")),
        **_drawn(letter),
    )


@pages.get("/track/<reference>/letter.pdf")
@public
def own_letter_pdf(reference: str) -> ResponseReturnValue:
    """Give the letter for printing."""
    try:
        registration = proven(reference)
    except RegistrationNotFound:
        return redirect(url_for("registrations.track", reference=reference), 303)
    return _pdf([_own(registration)], registration.reference)


@pages.get("/letters/<token>")
@public
def check_letter(token: str) -> ResponseReturnValue:
    """Say whether a letter is genuine, and nothing else of it."""
    letter = letters.letter_by_token(reading(), token=token)
    response = make_response(
        render_template(
            "decisions/check.html",
            is_genuine=letters.is_recorded(reading(), letter),
            reference=letter.facts.get("reference", ""),
            decided_on=letter.facts.get("decided_on", ""),
            short_hash=short_hash(letter.facts_hash),
        )
    )
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@pages.get("/organizer/events/<slug>/decisions")
@requires("registrations.review")
def event_letters(slug: str) -> ResponseReturnValue:
    """Show the letters of an event, and print them."""
    session, event = reading(), _event(slug)
    return render_template(
        "decisions/letters.html",
        event=event,
        found=letters.event_letters(session, event_id=event.id, page=request.args.get("page", 1, type=int)),
        counts=letters.letter_counts(session, event_id=event.id),
        last=letters.last_print(session, event_id=event.id),
        form=AskForm(),
    )


@pages.get("/organizer/events/<slug>/decisions/letters/<token>")
@requires("registrations.review")
def event_letter(slug: str, token: str) -> ResponseReturnValue:
    """Show one letter to the organizer."""
    event = _event(slug)
    letter = letters.letter_for(reading(), event=event, token=token)
    return render_template(
        "decisions/event_letter.html",
        event=event,
        registration=letter.registration,
        pdf=url_for("decisions.event_letter_pdf", slug=slug, token=token),
        **_drawn(letter),
    )


@pages.get("/organizer/events/<slug>/decisions/letters/<token>.pdf")
@requires("registrations.review")
def event_letter_pdf(slug: str, token: str) -> ResponseReturnValue:
    """Give one letter for printing."""
    letter = letters.letter_for(reading(), event=_event(slug), token=token)
    return _pdf([letter], letter.registration.reference)


@pages.post("/organizer/events/<slug>/decisions/print")
@requires("registrations.review")
def ask_print(slug: str) -> ResponseReturnValue:
    """Ask for one PDF with the letters of an event."""
    event, print_id, form = _event(slug), uuid.uuid4(), PrintForm()
    try:
        with transaction() as session:
            ask_for_print(
                session,
                actor=current_actor(),
                event=event,
                print_id=print_id,
                on_paper_only=form.which.data == "paper",
                now=utc_now(),
            )
    except Refusal as refusal:
        flash(sentence_of(refusal), "error")
        return redirect(url_for("decisions.event_letters", slug=slug), 303)
    return redirect(url_for("decisions.show_print", slug=slug, print_id=print_id), 303)


@pages.get("/organizer/events/<slug>/decisions/print/<uuid:print_id>")
@requires("registrations.review")
def show_print(slug: str, print_id: uuid.UUID) -> ResponseReturnValue:
    """Tell whether a print is ready; asks again by itself until it is."""
    event = _event(slug)
    found = letters.print_for(reading(), event=event, print_id=print_id)
    response = make_response(render_template("decisions/print.html", event=event, print=found))
    if found.finished_at is None:
        response.headers["Refresh"] = str(REFRESH_S)
    return response


@pages.get("/organizer/events/<slug>/decisions/print/<uuid:print_id>/letters.pdf")
@requires("registrations.review")
def print_file(slug: str, print_id: uuid.UUID) -> ResponseReturnValue:
    """Give the PDF of a print."""
    found = letters.print_for(reading(), event=_event(slug), print_id=print_id)
    return _attached(letters.print_content(reading(), print_id=found.id), f"letters-{slug}.pdf")


def _event(slug: str) -> Event:
    return event_for(reading(), actor=current_actor(), action="registrations.review", slug=slug)


def _own(registration: Registration) -> DecisionLetter:
    token = request.args.get("of", "")
    return letters.letter_of(reading(), registration_id=registration.id, token=token)


def _drawn(letter: DecisionLetter) -> dict[str, Any]:
    """Return what a page draws a letter from: its facts and nothing else."""
    return {
        "letter": letter,
        "words": letter.facts["words"][current_language()],
        "short_hash": short_hash(letter.facts_hash),
        "is_genuine": letters.is_genuine(letter),
        "qr": qr_svg(letter.facts["check_url"]),
    }


def _pdf(found: list[DecisionLetter], reference: str) -> Response:
    content = draw_letters([letter.facts for letter in found])
    return _attached(content, f"letter-{show_reference(reference)}.pdf")


def _attached(content: bytes, filename: str) -> Response:
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
