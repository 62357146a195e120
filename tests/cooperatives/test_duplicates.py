"""Entries that may be one and the same, and by what."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fairapp.cooperatives.domain import Identity, Mark, marks_of
from fairapp.cooperatives.duplicates import duplicates_of, possible_duplicates
from fairapp.cooperatives.models import Cooperative, Distinct
from tests import NOW
from tests.badges.statements import statements_of
from tests.factories.cooperatives import make_cooperative

ONE = Identity(
    name_ar="تعاونية الأمل",
    name_fr="Coopérative Espoir",
    province_code="05.301",
    phone="+212600000001",
    register_number="12",
    register_court="تيزنيت",
    ice="001561191000066",
)
OTHER = Identity(name_ar="جمعية أخرى", name_fr="Association autre", province_code="05.301")


@pytest.mark.parametrize(
    "changes, marks",
    [
        pytest.param({}, (), id="nothing"),
        pytest.param({"name_ar": "الامل"}, (Mark.NAME,), id="arabic name"),
        pytest.param({"name_fr": "Espoir, l’"}, (Mark.NAME,), id="french name"),
        pytest.param({"name_fr": "جمعية الأمل"}, (Mark.NAME,), id="arabic name in the other field"),
        pytest.param({"phone": "+212600000001"}, (Mark.PHONE,), id="phone"),
        pytest.param({"ice": "001561191000066"}, (Mark.ICE,), id="ice"),
        pytest.param({"register_number": "12"}, (Mark.REGISTER,), id="number, court unknown"),
        pytest.param(
            {"register_number": "12", "register_court": "تزنيت "},
            (),
            id="number, the court written otherwise",
        ),
        pytest.param(
            {"register_number": "12", "register_court": "تِيزْنِيت"},
            (Mark.REGISTER,),
            id="number, court with vowels",
        ),
        pytest.param({"register_number": "12", "register_court": "Oujda"}, (), id="number of another court"),
        pytest.param({"register_number": "13", "register_court": "تيزنيت"}, (), id="another number"),
        pytest.param(
            {"name_ar": "الأمل", "phone": "+212600000001", "ice": "001561191000066"},
            (Mark.ICE, Mark.PHONE, Mark.NAME),
            id="three, the surest first",
        ),
    ],
)
def test_marks_of_two_entries(changes: dict[str, Any], marks: tuple[Mark, ...]) -> None:
    other = replace(OTHER, **changes)
    assert marks_of(ONE, other) == marks
    assert marks_of(other, ONE) == marks


def test_marks_of_two_entries_of_which_nothing_is_known_are_none() -> None:
    empty = Identity(name_ar="", name_fr="", province_code="")
    assert marks_of(empty, empty) == ()


def known(session: Session, **values: Any) -> Cooperative:
    return make_cooperative(session, **({"phone": None} | values))


def test_possible_duplicates_say_by_what_the_surest_first(session: Session) -> None:
    seen = known(
        session, name_ar="تعاونية الأمل", phone="+212600000001", register_number="12", register_court="Fès"
    )
    by_name = known(session, name_ar="الامل تعاونيه")
    by_phone = known(session, phone="+212600000001")
    by_register = known(session, register_number="12", register_court="FES")
    by_two = known(session, name_ar="جمعية أمَل", name_fr="الأمل", phone="+212600000001")
    known(session, register_number="12", register_court="Oujda")
    found = possible_duplicates(session, cooperative=seen)
    assert [(one.cooperative.id, one.marks) for one in found] == [
        (by_two.id, (Mark.PHONE, Mark.NAME)),
        (by_phone.id, (Mark.PHONE,)),
        (by_register.id, (Mark.REGISTER,)),
        (by_name.id, (Mark.NAME,)),
    ]


def test_possible_duplicates_never_offer_merged_entries_nor_those_said_to_be_two(session: Session) -> None:
    seen = known(session, name_ar="تعاونية الأمل")
    kept = known(session)
    known(session, name_ar="تعاونية الأمل", merged_into_id=kept.id)
    two = known(session, name_ar="تعاونية الأمل")
    session.add(Distinct(first_id=seen.id, second_id=two.id, said_at=NOW))
    session.flush()
    assert possible_duplicates(session, cooperative=seen) == []
    assert possible_duplicates(session, cooperative=two) == []


def test_possible_duplicates_ask_one_query_and_give_at_most_five(session: Session) -> None:
    seen = known(session, name_ar="تعاونية الأمل")
    known(session, name_ar="تعاونية الأمل")
    with statements_of(session) as one:
        assert len(possible_duplicates(session, cooperative=seen)) == 1
    for _ in range(7):
        known(session, name_ar="تعاونية الأمل")
    with statements_of(session) as many:
        assert len(possible_duplicates(session, cooperative=seen)) == 5
    assert (len(one), len(many)) == (1, 1)


def test_duplicates_of_what_is_not_entered_yet(session: Session) -> None:
    there = known(session, name_ar="تعاونية الأمل")
    told = Identity(name_ar="الأمل", name_fr="", province_code="05.301")
    assert [(one.cooperative.id, one.marks) for one in duplicates_of(session, identity=told)] == [
        (there.id, (Mark.NAME,))
    ]
    assert list(duplicates_of(session, identity=Identity(name_ar="", name_fr="", province_code=""))) == []
