"""Writing letters about decisions: what they say is recorded on the day, in the same transaction."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor
from fairapp.audit.services import record
from fairapp.decisions.domain.appealing import APPEALABLE, last_day
from fairapp.decisions.domain.hashing import hash_of
from fairapp.decisions.domain.states import AppealState, OfferState, held_place
from fairapp.decisions.models import Appeal, DecisionLetter, PlaceOffer
from fairapp.decisions.queries import letters
from fairapp.decisions.wording import words_of
from fairapp.events.models import Event, Reason
from fairapp.events.queries import chain_of
from fairapp.foundation.clock import local_date
from fairapp.foundation.ids import new_token
from fairapp.registrations.domain import RegistrationState
from fairapp.registrations.following import Changed
from fairapp.registrations.models import Registration
from fairapp.selection.domain.words import Proposal
from fairapp.selection.models import SelectionRun
from fairapp.selection.queries import RankFacts, rank_of

TEMPLATE = 1
_LANGUAGES = ("ar", "fr", "en")
_DECIDED = (RegistrationState.ACCEPTED, RegistrationState.WAITLISTED, RegistrationState.REFUSED)
_PROPOSED = {
    Proposal.ACCEPT: RegistrationState.ACCEPTED,
    Proposal.WAITLIST: RegistrationState.WAITLISTED,
    Proposal.REFUSE: RegistrationState.REFUSED,
}


def follow_decision(session: Session, changed: Changed, *, public_url: str) -> None:
    """Write the letter about a change of state that is a decision."""
    write_letter(session, changed, public_url=public_url)


def write_letter(session: Session, changed: Changed, *, public_url: str) -> DecisionLetter | None:
    """Write the letter about a decision; None where the change of state is none to write about.

    A withdrawal is one when it gives a place back.
    """
    change, registration, now = changed.change, changed.registration, changed.now
    held = held_place([earlier.state for earlier in registration.history if earlier.id < change.id])
    if not (change.state in _DECIDED or (change.state is RegistrationState.WITHDRAWN and held)):
        return None
    event, decided_on = registration.event, local_date(change.at)
    until = None
    if change.state in APPEALABLE:
        until = last_day(decided_on, days=event.objection_days)
    waited = changed.before is RegistrationState.WAITLISTED
    offer = _taken_offer(session, registration, now) if waited else None
    appeal = _upheld_appeal(session, registration, now) if changed.before in APPEALABLE else None
    rank = None if held else rank_of(session, registration_id=registration.id)
    facts = _common(registration, decided_on=decided_on, until=until) | {
        "decision": change.state.value,
        "had_place": held,
        "reason": _texts(letters.reason_by_code(session, event_id=event.id, code=change.reason_code), "text"),
        "note": change.note if offer is None and appeal is None else None,
        "rank": _rank(session, registration, rank, change.state, followed=bool(offer or appeal)),
        "offer": {"offered_on": local_date(offer.offered_at).isoformat()} if offer else None,
        "appeal": _appeal(appeal) if appeal else None,
        "answer": None,
    }
    run_id = None
    if rank is not None:
        run_id = session.scalar(select(SelectionRun.id).where(SelectionRun.code == rank.run_code))
    return _keep(
        session,
        DecisionLetter(
            registration_id=registration.id,
            state_change_id=change.id,
            run_id=run_id,
            facts=facts,
            object_until_on=until,
        ),
        event=event,
        actor=changed.actor,
        public_url=public_url,
        now=now,
    )


def write_answer(
    session: Session,
    *,
    actor: Actor,
    registration: Registration,
    appeal: Appeal,
    reason: Reason | None,
    public_url: str,
    now: datetime,
) -> DecisionLetter:
    """Write the letter that answers an appeal which leaves the decision as it was."""
    facts = _common(registration, decided_on=local_date(now), until=None) | {
        "decision": registration.state.value,
        "had_place": False,
        "reason": _texts(reason, "text"),
        "note": None,
        "rank": None,
        "offer": None,
        "appeal": None,
        "answer": _appeal(appeal),
    }
    letter = DecisionLetter(
        registration_id=registration.id,
        state_change_id=appeal.state_change_id,
        appeal_id=appeal.id,
        run_id=None,
        facts=facts,
        object_until_on=None,
    )
    return _keep(session, letter, event=registration.event, actor=actor, public_url=public_url, now=now)


def _keep(
    session: Session, letter: DecisionLetter, *, event: Event, actor: Actor, public_url: str, now: datetime
) -> DecisionLetter:
    letter.token, letter.written_at = new_token(), now
    facts = letter.facts | {"check_url": f"{public_url}/ar/letters/{letter.token}"}
    letter.facts = facts | {"words": words_of(facts)}
    letter.facts_hash = hash_of(letter.facts)
    session.add(letter)
    session.flush()
    record(
        session,
        actor=actor,
        action=letters.WRITTEN,
        subject_type=letters.SUBJECT,
        subject_id=letter.id,
        now=now,
        details={"hash": letter.facts_hash, "registration": letter.registration_id},
        chain=chain_of(event),
    )
    return letter


def _common(registration: Registration, *, decided_on: date, until: date | None) -> dict[str, Any]:
    event, cooperative = registration.event, registration.cooperative
    return {
        "template": TEMPLATE,
        "reference": registration.reference,
        "decided_on": decided_on.isoformat(),
        "cooperative": {"name_ar": cooperative.name_ar, "name_fr": cooperative.name_fr},
        "event": {"slug": event.slug} | _titles(event),
        "stops": [
            {
                "code": stop.code,
                "place_ar": stop.place_ar,
                "place_fr": stop.place_fr,
                "starts_on": stop.starts_on.isoformat(),
                "ends_on": stop.ends_on.isoformat(),
            }
            for stop in registration.stops
        ],
        "organizer": {
            "organizer_ar": event.organizer_ar,
            "organizer_fr": event.organizer_fr,
            "phone": event.organizer_phone,
            "email": event.organizer_email,
        },
        "objections": {
            "until": until.isoformat() if until else None,
            "text_ar": event.objections_ar,
            "text_fr": event.objections_fr,
            "text_en": event.objections_en,
        },
    }


def _titles(event: Event) -> dict[str, str]:
    return {f"title_{language}": getattr(event, f"title_{language}") for language in _LANGUAGES}


def _texts(reason: Reason | None, field: str) -> dict[str, str] | None:
    if reason is None:
        return None
    texts = {f"{field}_{language}": getattr(reason, f"{field}_{language}") for language in _LANGUAGES}
    return {"code": reason.code} | texts


def _appeal(appeal: Appeal) -> dict[str, str]:
    return {
        "code": appeal.code,
        "filed_on": local_date(appeal.filed_at).isoformat(),
        "text": appeal.answer or "",
    }


def _rank(
    session: Session,
    registration: Registration,
    rank: RankFacts | None,
    state: RegistrationState,
    *,
    followed: bool,
) -> dict[str, Any] | None:
    """Return the own rank only, as the run recorded it; never others' names or points."""
    if rank is None:
        return None
    row = letters.recorded_rank(session, run_code=rank.run_code, registration_id=registration.id)
    overridden = row is not None and row.overridden_to is not None
    override = None
    if row is not None and overridden:
        code = row.override_reason_code
        reason = letters.reason_by_code(session, event_id=registration.event_id, code=code)
        override = {
            "proposed": row.proposal.value,
            "reason": _texts(reason, "text"),
            "note": row.override_note,
        }
    return {
        "run": rank.run_code,
        "seed": rank.seed,
        "result_hash": rank.result_hash,
        "category_ar": rank.category_ar,
        "category_fr": rank.category_fr,
        "category_en": rank.category_en,
        "rank": rank.rank,
        "of": rank.of,
        "places": rank.places,
        "points_milli": rank.points_milli,
        "by_draw": rank.by_draw,
        "by_quota": rank.by_quota is not None,
        "gave_way_to_quota": rank.gave_way_to_quota is not None,
        "override": override,
        "followed": followed or overridden or _PROPOSED[rank.proposal] is state,
    }


def _taken_offer(session: Session, registration: Registration, now: datetime) -> PlaceOffer | None:
    return session.scalar(
        select(PlaceOffer).where(
            PlaceOffer.registration_id == registration.id,
            PlaceOffer.state == OfferState.TAKEN,
            PlaceOffer.answered_at == now,
        )
    )


def _upheld_appeal(session: Session, registration: Registration, now: datetime) -> Appeal | None:
    return session.scalar(
        select(Appeal).where(
            Appeal.registration_id == registration.id,
            Appeal.state == AppealState.UPHELD,
            Appeal.answered_at == now,
        )
    )
