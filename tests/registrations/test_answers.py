"""The way through the steps, and the filing that answers make."""

from typing import Any

import pytest

from fairapp.cooperatives.domain import CooperativeProfile
from fairapp.registrations.answers import Journey, answers_of, filing_of, profile_of, split_names
from fairapp.registrations.domain import FilingChannel, Gender, NamedProduct, Person, StandNeeds

ONE_STOP = Journey.of(open_stops=1)
MARKET = Journey.of(open_stops=4)
ANSWERS: dict[str, Any] = {
    "cooperative": {"name_ar": "النور", "name_fr": "", "legal_kind": "cooperative", "ice": ""},
    "place": {"province": "05.301", "commune": "أجلموس", "douar": "آيت", "phone": "+212612345678"},
    "members": {"members": 24, "women_members": 0, "women_led": "no"},
    "products": {"sectors": ["COSM", "CRAFT"]},
    "stops": {"stops": ["S1"]},
    "stand": {"names": {"CRAFT": "زربية, زربية، بساط"}, "width_cm": 400, "power": True},
    "people": {"people": [{"name": "فاطمة", "gender": "woman", "phone": ""}]},
}


def test_journey_asks_for_stops_where_there_are_several() -> None:
    assert "stops" in MARKET.steps
    assert "stops" not in ONE_STOP.steps
    assert (len(MARKET), len(ONE_STOP)) == (7, 6)


def test_journey_leads_forwards_and_back() -> None:
    assert ONE_STOP.before("cooperative") is None
    assert ONE_STOP.before("stand") == "products"
    assert ONE_STOP.after("products", {"cooperative": {}}) == "stand"
    assert ONE_STOP.after("people", {}) == "cooperative"
    assert ONE_STOP.after("cooperative", ANSWERS) == "check"
    assert (ONE_STOP.number("stand"), ONE_STOP.number("check")) == (4, 6)


def test_journey_knows_what_is_missing() -> None:
    assert MARKET.first_missing(ANSWERS) is None
    assert MARKET.first_missing({**ANSWERS, "stops": {}} | {}) is None
    assert MARKET.first_missing({key: value for key, value in ANSWERS.items() if key != "stops"}) == "stops"


@pytest.mark.parametrize("text", ["زيت، أملو", "زيت, أملو", " زيت ;أملو", "زيت\nأملو،", "زيت،، أملو، زيت"])
def test_split_names_takes_any_comma(text: str) -> None:
    assert split_names(text) == ["زيت", "أملو"]


def test_filing_of_whole_answers() -> None:
    filing = filing_of(ANSWERS, channel=FilingChannel.DESK, locale="fr")
    assert filing.people == (Person("فاطمة", Gender.WOMAN, None),)
    assert filing.products == (NamedProduct("زربية", "CRAFT"), NamedProduct("بساط", "CRAFT"))
    assert filing.needs == StandNeeds(400, power=True, water=False, step_free=False)
    assert (filing.stops, filing.channel, filing.locale) == (("S1",), FilingChannel.DESK, "fr")
    assert filing.profile == profile_of(ANSWERS)
    assert (filing.profile.rural, filing.profile.women_led, filing.profile.ice) == (True, False, None)


def test_answers_of_a_known_cooperative_make_its_profile_again() -> None:
    profile = CooperativeProfile(
        name_ar="النور",
        name_fr="Annour",
        legal_kind="cooperative",
        province_code="05.301",
        commune="أجلموس",
        members=3,
        women_led=True,
        phone="+212612345678",
    )
    answers = answers_of(profile, code="K7QM4T2X")
    assert profile_of(answers) == profile
    assert ONE_STOP.first_missing(answers) == "products"
