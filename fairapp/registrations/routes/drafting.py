"""What the steps of the journey share: the event, the draft of this browser, the form of a step."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import session as browser
from sqlalchemy.orm import Session

from fairapp.audit.domain import Role
from fairapp.cooperatives.queries import own_cooperatives
from fairapp.events.domain import takes_registrations
from fairapp.events.models import Event, Question, Stop
from fairapp.events.queries import dates_of, public_event
from fairapp.foundation.clock import local_date, utc_now
from fairapp.foundation.database import reading
from fairapp.reference import queries as reference
from fairapp.registrations.answers import PREFILLED, QUESTIONS, Journey, known_from, said_of_itself
from fairapp.registrations.errors import DraftNotFound
from fairapp.registrations.forms import steps
from fairapp.registrations.forms.questions import given_in
from fairapp.registrations.models import Registration, RegistrationDraft
from fairapp.registrations.queries.documents import draft_has_token
from fairapp.registrations.queries.drafts import asked_besides, draft_by_reference, draft_by_token
from fairapp.registrations.queries.filed import (
    filing_of_registration,
    last_registration,
    profile_of_record,
)
from fairapp.registrations.queries.single import registration_by_id
from fairapp.web.access import current_actor
from fairapp.web.i18n import current_language

_KEPT_DRAFTS = 6  # the cookie stays small
_IN_BROWSER = "drafts"
_TRACKED = "tracked"
_KEPT_TRACKED = 10
_PROVEN = "="  # before a reference proven by code; a token never begins so
# Kinds that fairs see most, with a picture; the others follow under their own heading.
FIRST_SECTORS = (
    "ARG-FOOD",
    "AGR-OLIVE",
    "AGR-HONEY",
    "AGR-DATE",
    "AGR-SAFFRON",
    "FOOD-COUSCOUS",
    "AGR-DAIRY",
    "PAM-HERB",
    "ARG-COSM",
    "COSM",
    "CRAFT-CARPET",
    "CRAFT-SEWING",
    "CRAFT-POTTERY",
    "CRAFT-JEWEL",
    "CRAFT-LEATHER",
    "CRAFT-FIBRE",
)


@dataclass(frozen=True, slots=True)
class Desk:
    """One visit to the journey: the event, its open stops, and the draft of this browser, if any."""

    event: Event
    open_stops: tuple[Stop, ...]
    is_open: bool
    token: str | None
    draft: RegistrationDraft | None
    has_documents: bool
    questions: tuple[Question, ...]
    edits: Registration | None = None

    @property
    def takes_answers(self) -> bool:
        """Whether something can still be handed in: a registration while open, a change of one later too."""
        return self.is_open or self.edits is not None

    @property
    def reference(self) -> str | None:
        """The reference that the person knows: that of the draft, or of the registration it changes."""
        if self.edits is not None:
            return self.edits.reference
        return self.draft.reference if self.draft is not None else None

    @property
    def journey(self) -> Journey:
        """The steps that this event asks for; once sent, documents have a page of their own."""
        return Journey.of(
            open_stops=len(self.open_stops),
            has_documents=self.has_documents and self.edits is None,
            has_questions=bool(self.questions),
        )

    @property
    def answers(self) -> Mapping[str, Any]:
        """What was answered so far."""
        return self.draft.answers if self.draft is not None else {}

    @property
    def prefilled(self) -> Collection[str]:
        """The steps that were filled in from what is known, and not saved since."""
        answers = self.answers or known_answers(self.event)
        prefilled: list[str] = answers.get(PREFILLED, [])
        return prefilled

    @property
    def is_sent(self) -> bool:
        """Whether the draft became a registration."""
        return self.draft is not None and self.draft.registration_id is not None


def visit(slug: str) -> Desk:
    """Return what the journey of an event needs.

    Raises: EventNotFound.
    """
    session, today = reading(), local_date(utc_now())
    event = public_event(session, slug=slug)
    kept = browser.get(_IN_BROWSER, {}).get(slug)
    draft = _draft_of(session, event, kept)
    has_documents, questions = asked_besides(session, event=event)
    edits = _edited_by(session, draft)
    held = {stop.id for stop in edits.stops} if edits is not None else set()
    return Desk(
        event=event,
        open_stops=tuple(stop for stop in event.stops if _is_open(stop, today) or stop.id in held),
        is_open=takes_registrations(dates_of(event), today),
        token=None if kept and kept.startswith(_PROVEN) else kept,
        draft=draft,
        has_documents=has_documents,
        questions=questions,
        edits=edits,
    )


def keep_token(slug: str, token: str) -> None:
    """Remember the draft of an event in this browser; the oldest ones are forgotten."""
    known = {name: kept for name, kept in browser.get(_IN_BROWSER, {}).items() if name != slug}
    browser[_IN_BROWSER] = dict([*known.items(), (slug, token)][-_KEPT_DRAFTS:])


def keep_proven(slug: str, reference: str) -> None:
    """Remember the draft of a reference that was proven by code; the cookie is signed."""
    keep_token(slug, f"{_PROVEN}{reference}")


def keep_tracked(reference: str) -> None:
    """Remember that this browser has proven to hold a registration that was sent."""
    known = [kept for kept in browser.get(_TRACKED, []) if kept != reference]
    browser[_TRACKED] = [*known, reference][-_KEPT_TRACKED:]


def is_tracked(reference: str) -> bool:
    """Tell whether this browser has proven to hold a registration."""
    return reference in browser.get(_TRACKED, [])


def holds_draft(session: Session, reference: str) -> bool:
    """Tell whether this browser has the draft of a reference open."""
    kept = browser.get(_IN_BROWSER, {}).values()
    tokens = [one for one in kept if not one.startswith(_PROVEN)]
    return f"{_PROVEN}{reference}" in kept or draft_has_token(session, reference=reference, tokens=tokens)


def forget_token(slug: str) -> None:
    """Begin anew for an event in this browser."""
    browser[_IN_BROWSER] = {name: kept for name, kept in browser.get(_IN_BROWSER, {}).items() if name != slug}


def _draft_of(session: Session, event: Event, kept: str | None) -> RegistrationDraft | None:
    if not kept:
        return None
    if kept.startswith(_PROVEN):
        draft = draft_by_reference(session, reference=kept.removeprefix(_PROVEN))
        return draft if draft is not None and draft.event_id == event.id else None
    try:
        return draft_by_token(session, event_id=event.id, token=kept)
    except DraftNotFound:
        return None


def _edited_by(session: Session, draft: RegistrationDraft | None) -> Registration | None:
    if draft is None or draft.edits_id is None:
        return None
    return registration_by_id(session, registration_id=draft.edits_id)


def _is_open(stop: Stop, today: date) -> bool:
    return stop.cancelled_at is None and today <= stop.ends_on


def known_answers(event: Event) -> dict[str, Any]:
    """Return answers filled from the directory and the last registration for an account of a cooperative.

    None for others: that a cooperative is known is shown to nobody who has not signed in for it.
    """
    actor = current_actor()
    if not actor.has_role(Role.COOPERATIVE):
        return {}
    session = reading()
    own = own_cooperatives(session, actor=actor)
    if not own:
        return {}
    last = last_registration(session, cooperative_id=own[0].id)
    return known_from(
        profile_of_record(own[0]),
        filing_of_registration(last, (), None) if last is not None else None,
        code=own[0].code,
        most_people=event.most_representatives,
    )


def form_of(step: str, desk: Desk) -> steps.StepForm:
    """Return the form of a step, filled with what was answered or is known, or with what is posted."""
    answers = desk.answers or known_answers(desk.event)
    return STEP_FORMS[step](desk, answers, answers.get(step, {}))


def saved_form_of(step: str, desk: Desk) -> steps.StepForm:
    """Return the form of a step as it was saved, whatever is posted."""
    with steps.as_saved():
        return STEP_FORMS[step](desk, desk.answers, desk.answers.get(step, {}))


def _cooperative_form(_desk: Desk, answers: Any, _given: Any) -> steps.StepForm:
    form = steps.CooperativeForm(data=said_of_itself(answers))
    form.legal_kind.choices = dict(reference.choices(reference.legal_kinds().values(), current_language()))
    return form


def _place_form(_desk: Desk, answers: Any, _given: Any) -> steps.StepForm:
    form = steps.PlaceForm(data=said_of_itself(answers))
    grouped: dict[str, Any] = {"": " "}
    grouped |= {region: dict(names) for region, names in reference.provinces_by_region(current_language())}
    form.province.choices = grouped
    return form


def _products_form(_desk: Desk, _answers: Any, given: Any) -> steps.StepForm:
    form = steps.ProductsForm(data=given)
    names = reference.sectors()
    others = [code for code in names if code not in FIRST_SECTORS]
    form.sectors.choices = {code: names[code].name(current_language()) for code in (*FIRST_SECTORS, *others)}
    return form


def _stops_form(desk: Desk, _answers: Any, given: Any) -> steps.StepForm:
    form = steps.StopsForm(data=given)
    form.stops.choices = {stop.code: stop.code for stop in desk.open_stops}  # the page shows place and days
    return form


def _stand_form(desk: Desk, answers: Any, given: Any) -> steps.StepForm:
    sectors = tuple(answers.get("products", {}).get("sectors", ()))
    labels = {code: entry.name(current_language()) for code, entry in reference.sectors().items()}
    data = {name: value for name, value in given.items() if name not in ("names", "width_cm")}
    if "width_cm" in given:
        data["width_cm"] = str(given["width_cm"])
    data |= {f"names_{place}": given.get("names", {}).get(sector, "") for place, sector in enumerate(sectors)}
    before = answers.get(QUESTIONS, {}).get("answers", ())
    data |= given_in(desk.questions, before)
    made = steps.stand_form(sectors, labels, desk.questions, before, current_language())
    form = made(data=data)
    form.width_cm.choices = {str(width): str(width // 100) for width in steps.WIDTHS_CM}
    return form


def _people_form(desk: Desk, _answers: Any, given: Any) -> steps.StepForm:
    data = {
        f"{part}_{place}": person.get(part)
        for place, person in enumerate(given.get("people", ()), start=1)
        for part in ("name", "gender", "phone")
    }
    return steps.people_form(max(1, min(desk.event.most_representatives, steps.MOST_PEOPLE)))(data=data)


StepMaker = Callable[[Desk, Mapping[str, Any], Mapping[str, Any]], steps.StepForm]
StepSaver = Callable[[Desk, steps.StepForm, datetime], RegistrationDraft]
# The form of each step: made from the visit, all answers, and those of the step. The step of the
# documents is added by its own module, with a saver, since it keeps files besides.
STEP_FORMS: dict[str, StepMaker] = {
    "cooperative": _cooperative_form,
    "place": _place_form,
    "products": _products_form,
    "stops": _stops_form,
    "stand": _stand_form,
    "people": _people_form,
}
# How a step is saved that does more than keep its answers; it opens its own transaction.
STEP_SAVERS: dict[str, StepSaver] = {}
