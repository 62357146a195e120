"""Which documents are asked for and which are lacking: the pure rules, and the same in SQL."""

from dataclasses import dataclass
from itertools import product

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.registrations.documents import (
    DocumentChoice,
    asked_documents,
    check_choice,
    check_files,
    food_sectors,
    missing_documents,
    settled_state,
)
from fairapp.registrations.domain import DocumentState
from fairapp.registrations.errors import ExemptionNotOffered, ExplanationMissing, TooManyOfDocument
from fairapp.registrations.models import Registration
from fairapp.registrations.queries.documents import document_rows, lacks_document, registration_lines
from fairapp.registrations.queries.single import registration_by_id
from tests.factories.documents import make_document, make_required_document
from tests.factories.events import make_event
from tests.factories.registrations import make_registration

FOOD, CRAFT = "AGR-HONEY", "CRAFT-CARPET"
HAS, APPLIED, EXEMPT, MISSING = DocumentState


@dataclass
class Asked:
    """A document of a call."""

    code: str
    optional: bool = False
    food_only: bool = False
    can_be_exempt: bool = False


@dataclass
class Given:
    """A row of what a registration has."""

    code: str
    state: DocumentState
    file_id: int | None = None


STATUTES, ONSSA, CARD = (
    Asked("statutes"),
    Asked("onssa", food_only=True, can_be_exempt=True),
    Asked("card", optional=True),
)
CALL = (STATUTES, ONSSA, CARD)


def test_food_papers_are_asked_of_food_alone() -> None:
    assert asked_documents(CALL, [CRAFT]) == (STATUTES, CARD)
    assert asked_documents(CALL, [CRAFT, FOOD]) == CALL
    assert FOOD in food_sectors()
    assert CRAFT not in food_sectors()


@pytest.mark.parametrize(
    "given,missing",
    [
        ((), ("statutes", "onssa")),
        ((Given("statutes", HAS, 1), Given("onssa", APPLIED)), ()),
        ((Given("statutes", HAS, 1), Given("onssa", EXEMPT)), ()),
        ((Given("statutes", HAS), Given("onssa", MISSING)), ("statutes", "onssa")),
        ((Given("statutes", HAS), Given("statutes", HAS, 2), Given("onssa", HAS, 3)), ()),
        ((Given("card", MISSING), Given("statutes", HAS, 1)), ("onssa",)),
    ],
)
def test_missing_is_what_is_owed_and_not_settled(given: tuple[Given, ...], missing: tuple[str, ...]) -> None:
    assert missing_documents(CALL, [FOOD], given) == missing


def test_a_photo_says_that_one_has_the_paper() -> None:
    assert settled_state(None, files=1) is HAS
    assert settled_state(MISSING, files=1) is HAS
    assert settled_state(APPLIED, files=1) is APPLIED
    assert settled_state(None, files=0) is MISSING
    assert settled_state(HAS, files=0) is HAS


def test_an_exemption_is_offered_by_the_call_and_says_why() -> None:
    check_choice(ONSSA, DocumentChoice(EXEMPT, "everything is sold to the consumer"))
    check_choice(STATUTES, DocumentChoice(MISSING))
    with pytest.raises(ExplanationMissing):
        check_choice(ONSSA, DocumentChoice(EXEMPT))
    with pytest.raises(ExemptionNotOffered):
        check_choice(STATUTES, DocumentChoice(EXEMPT, "because"))


def test_three_files_are_enough_for_one_document() -> None:
    check_files("abc")
    with pytest.raises(TooManyOfDocument):
        check_files("abcd")


def test_sql_and_rule_agree_on_what_is_lacking(session: Session) -> None:
    expected, lacking = {}, {}
    for optional, food_only, state, with_file in product(
        (False, True), (False, True), (None, *DocumentState), (False, True)
    ):
        event = make_event(session)
        asked = make_required_document(session, event, optional=optional, food_only=food_only)
        make_required_document(session, event, "other", optional=True)
        for sector in (FOOD, CRAFT):
            registration = make_registration(session, event=event)
            registration.sectors[0].sector_code = sector
            session.flush()
            if state is not None:
                make_document(session, registration, state=state, with_file=with_file)
            rows = document_rows(session, registration_id=registration.id)
            expected[registration.id] = bool(missing_documents([asked], [sector], rows))
    session.flush()
    found = set(session.scalars(select(Registration.id).where(lacks_document())))
    lacking = {registration_id: registration_id in found for registration_id in expected}
    assert lacking == expected
    assert {True, False} == set(expected.values())


def test_lines_of_a_registration_say_what_is_lacking(session: Session) -> None:
    event = make_event(session)
    make_required_document(session, event, "statutes", position=2)
    make_required_document(session, event, "card", position=1)
    made = make_registration(session, event=event)
    document = make_document(session, made, "statutes")
    session.expire_all()
    registration = registration_by_id(session, registration_id=made.id)
    lines = registration_lines(session, registration=registration)
    assert [(line.asked.code, line.state, line.is_lacking) for line in lines] == [
        ("card", None, True),
        ("statutes", HAS, False),
    ]
    assert [file.id for file in lines[1].files] == [document.file_id]
