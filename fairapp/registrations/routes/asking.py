"""Questions of the call: files that answer them, checked outside of the transaction; answers shown."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fairapp.files.errors import FileRefused
from fairapp.files.receiving import receive_whole
from fairapp.foundation.database import transaction
from fairapp.registrations.forms.questions import field_name, files_in
from fairapp.registrations.forms.steps import StandForm, StepForm
from fairapp.registrations.models import Registration, RegistrationDraft
from fairapp.registrations.queries.answers import answered_questions
from fairapp.registrations.routes import pages
from fairapp.registrations.routes.drafting import STEP_SAVERS, Desk
from fairapp.registrations.services.answering import save_stand
from fairapp.registrations.services.drafts import save_answers
from fairapp.web.parts import PartOf, offer_part


def save_stand_page(desk: Desk, form: StepForm, now: datetime) -> RegistrationDraft:
    """Keep the answers of the stand's page and the files that came with it.

    Raises: DraftNotFound, SavedElsewhere, FileRefused, TooManyFiles, NoRoomLeft.
    """
    assert isinstance(form, StandForm)
    assert desk.draft is not None
    received = {}
    for code, sent in files_in(form, form.questions).items():
        try:
            received[code] = receive_whole(sent)
        except FileRefused as refusal:
            place = next(place for place, one in enumerate(form.questions) if one.code == code)
            refusal.field = field_name(place)
            raise
    with transaction() as session:
        if not received:
            return save_answers(
                session,
                draft_id=desk.draft.id,
                step="stand",
                answers=form.answers(),
                beside=form.beside(),
                version=form.seen_version(),
                now=now,
            )
        return save_stand(
            session,
            draft_id=desk.draft.id,
            answers=form.answers(),
            beside=form.beside(),
            received=received,
            version=form.seen_version(),
            now=now,
        )


def answers_for_page(session: Session, registration: Registration) -> dict[str, Any] | None:
    """Return what a registration answered to the questions of the call; nothing where it was asked none."""
    answered = answered_questions(session, registration=registration)
    return {"answered": answered} if answered else None


def _offer(app: Any) -> None:
    for page in (PartOf.TRACKED, PartOf.REVIEW):
        offer_part(app, page, "registrations/parts/answers.html", answers_for_page, order=15)


pages.record_once(lambda state: _offer(state.app))
STEP_SAVERS["stand"] = save_stand_page
