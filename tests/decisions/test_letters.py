"""What letters say, that they can be drawn again years later, and that a change is found out."""

import json
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from fairapp.audit.domain import GUEST
from fairapp.audit.models import AuditEntry
from fairapp.audit.services import verify_chains
from fairapp.decisions.domain.hashing import hash_of
from fairapp.decisions.models import DecisionLetter
from fairapp.decisions.printing import draw_letters
from fairapp.decisions.queries.letters import letters_with_faults
from fairapp.events.models import Reason
from fairapp.registrations.domain import Decision, RegistrationState
from fairapp.registrations.services.review import withdraw_registration
from fairapp.selection.domain.words import Proposal
from tests import NOW
from tests.decisions.arrange import decided, letter, make_rank, make_run
from tests.factories.cooperatives import make_cooperative
from tests.factories.events import make_event
from tests.factories.registrations import make_accepted_registration, make_registration

pytestmark = pytest.mark.usefixtures("app_context")


def _said(found: DecisionLetter, language: str = "en") -> str:
    words = found.facts["words"][language]
    lines = [words["title"], *(line for _heading, lines in words["sections"] for line in lines)]
    return "\n".join(lines).translate(dict.fromkeys(map(ord, "\u2066\u2068\u2069")))


def test_a_refusal_is_written_with_its_reason_and_how_to_object(session: Session) -> None:
    event = make_event(session, objection_days=7, organizer_phone="+212535123456", organizer_fr="INDH")
    found = letter(session, decided(session, event=event, note="Next year"))
    assert found.facts["decision"] == "refused"
    assert found.facts["reason"]["text_fr"] == "Motif rank"
    assert found.object_until_on == date(2027, 5, 27)
    said = _said(found)
    assert "Reason rank" in said
    assert "Note of the organizer: Next year" in said
    assert "You may object until 27 May 2027, that day included." in said
    assert "Call the organizer: 05 35 12 34 56. Tell the reference." in said


def test_a_letter_stands_in_the_chain_of_the_event(session: Session) -> None:
    found = letter(session, decided(session))
    entry = session.scalars(select(AuditEntry).where(AuditEntry.subject_type == "letter")).one()
    assert (entry.subject_id, entry.details["hash"]) == (str(found.id), found.facts_hash)
    assert verify_chains(session) == []


@pytest.mark.parametrize("decision", [Decision.REVIEW, Decision.ASK])
def test_what_decides_nothing_is_not_written_about(session: Session, decision: Decision) -> None:
    decided(session, decision)
    assert session.scalars(select(DecisionLetter)).all() == []


def test_an_acceptance_leaves_nothing_to_object_to(session: Session) -> None:
    found = letter(session, decided(session, Decision.ACCEPT))
    assert found.object_until_on is None
    assert "object" not in _said(found)


def test_a_withdrawal_is_written_about_only_when_it_gives_a_place_back(session: Session) -> None:
    waiting, accepted = make_registration(session), make_accepted_registration(session)
    for registration in (waiting, accepted):
        withdraw_registration(session, actor=GUEST, registration_id=registration.id, now=NOW)
    assert [found.registration_id for found in session.scalars(select(DecisionLetter))] == [accepted.id]
    assert "has given back its place" in _said(letter(session, accepted))


def test_a_refusal_after_acceptance_says_that_the_place_is_taken_back(session: Session) -> None:
    registration = make_accepted_registration(session)
    found = letter(session, decided(session, registration=registration))
    assert "The place given before is taken back." in _said(found)


def test_the_rank_of_the_recorded_run_is_told_and_nobody_elses(session: Session) -> None:
    event = make_event(session)
    mine, other = make_registration(session, event=event), make_registration(session, event=event)
    run = make_run(session, event)
    make_rank(session, run, mine)
    make_rank(session, run, other, rank=1, overall=1, points_milli=98_700, proposal=Proposal.ACCEPT)
    found = letter(session, decided(session, registration=mine))
    said = _said(found)
    assert "Rank 17 of 40 in your category" in said
    assert "This category has 12 places." in said
    assert "Your points by the published criteria: 71.5 of 100." in said
    assert "the published draw put you in order" in said
    assert "draw seed 4711" in said
    assert found.run_id == run.id
    everything = json.dumps(found.facts, ensure_ascii=False)
    assert other.reference not in everything
    assert other.cooperative.name_fr not in everything
    assert "98.7" not in everything
    assert "98700" not in everything


def test_an_override_is_told_with_its_reason(session: Session) -> None:
    event = make_event(session)
    registration = make_registration(session, event=event)
    make_rank(
        session,
        make_run(session, event),
        registration,
        proposal=Proposal.ACCEPT,
        overridden_to="refuse",
        override_reason_code="sector_full",
        override_note="two of one family",
    )
    said = _said(letter(session, decided(session, registration=registration)))
    assert "ranking was not followed because: Reason sector_full – two of one family" in said


def test_a_decision_beside_the_ranking_is_told(session: Session) -> None:
    event = make_event(session)
    registration = make_registration(session, event=event)
    make_rank(session, make_run(session, event), registration)
    said = _said(letter(session, decided(session, Decision.ACCEPT, registration=registration)))
    assert "proposed another decision" in said


def test_a_letter_is_drawn_again_years_later_from_its_record(session: Session) -> None:
    event = make_event(session, objections_ar="لكل تعاونية حق التظلم", organizer_ar="اللجنة الإقليمية")
    registration = make_registration(session, event=event)
    make_rank(session, make_run(session, event), registration)
    found = letter(session, decided(session, registration=registration))
    before, words = draw_letters([found.facts]), json.dumps(found.facts, sort_keys=True)
    event.title_ar, event.title_fr, event.organizer_ar = "اسم آخر", "Autre", "جهة أخرى"
    event.objection_days, event.objections_ar = 1, "نص آخر"
    event.stops[0].place_ar, event.stops[0].starts_on = "مكان آخر", date(2030, 1, 1)
    event.stops[0].ends_on = date(2030, 1, 2)
    registration.cooperative.name_ar = registration.cooperative.name_fr = "Autre"
    registration.state = RegistrationState.WITHDRAWN
    for reason in session.scalars(select(Reason).where(Reason.event_id == event.id)):
        reason.text_ar = reason.text_fr = reason.text_en = "changed"
    session.flush()
    session.expire_all()
    again = session.scalars(select(DecisionLetter)).one()
    assert json.dumps(again.facts, sort_keys=True) == words
    assert hash_of(again.facts) == again.facts_hash
    assert draw_letters([again.facts]) == before


def test_a_changed_letter_is_found_out(session: Session) -> None:
    found = letter(session, decided(session))
    letter(session, decided(session))
    assert list(letters_with_faults(session)) == []
    found.facts["words"]["ar"]["title"] = "قُبل طلبكم"
    flag_modified(found, "facts")
    session.flush()
    assert [(fault.id, what) for fault, what in letters_with_faults(session)] == [(found.id, "facts")]
    found.facts_hash = hash_of(found.facts)
    session.flush()
    assert [(fault.id, what) for fault, what in letters_with_faults(session)] == [(found.id, "record")]


def test_a_letter_has_arabic_and_french_whatever_is_missing(app: Flask, session: Session) -> None:
    cooperative = make_cooperative(session, name_ar="تعاونية الأطلس (2)", name_fr="")
    found = letter(session, decided(session, cooperative=cooperative, note="\u202e<b>"))
    assert draw_letters([found.facts]).startswith(b"%PDF")
    assert found.facts["words"]["fr"]["to"] == "تعاونية الأطلس (2)"
