"""What a cooperative may say of itself."""

from dataclasses import replace
from datetime import timedelta

import pytest

from fairapp.cooperatives.domain import (
    CooperativeProfile,
    check_profile,
    ice_looks_right,
    key_patterns,
    name_key,
)
from fairapp.cooperatives.errors import (
    FoundedLater,
    MoreWomenThanMembers,
    MoreYouthThanMembers,
    NameMissing,
    RegisterNumberMissing,
)
from fairapp.foundation.errors import Refusal
from tests import TODAY

PROFILE = CooperativeProfile(
    name_ar="تعاونية النور",
    name_fr="",
    legal_kind="cooperative",
    province_code="05.301",
    commune="أجلموس",
    members=24,
    women_members=24,
    youth_members=24,
    founded_on=TODAY,
)


def test_check_profile_when_it_agrees_with_itself_passes() -> None:
    check_profile(PROFILE, today=TODAY)
    check_profile(replace(PROFILE, members=None), today=TODAY)
    check_profile(replace(PROFILE, women_members=None, youth_members=None), today=TODAY)


@pytest.mark.parametrize(
    "changes, refusal",
    [
        pytest.param({"name_ar": ""}, NameMissing, id="no name"),
        pytest.param({"women_members": 25}, MoreWomenThanMembers, id="women"),
        pytest.param({"youth_members": 25}, MoreYouthThanMembers, id="youth"),
        pytest.param({"register_court": "Tiznit"}, RegisterNumberMissing, id="court alone"),
        pytest.param({"founded_on": TODAY + timedelta(days=1)}, FoundedLater, id="founded tomorrow"),
    ],
)
def test_check_profile_when_it_contradicts_itself_refuses(
    changes: dict[str, object], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        check_profile(replace(PROFILE, **changes), today=TODAY)  # type: ignore[arg-type] # values above


@pytest.mark.parametrize(
    "number, right",
    [
        ("001561191000066", True),
        ("002136093000040", True),
        ("001527456000081", True),
        ("001561191000067", False),
        ("00156119100006", False),
        ("", False),
    ],
)
def test_ice_looks_right_when_divisible_by_97(number: str, right: bool) -> None:
    assert ice_looks_right(number) is right


def test_name_key_when_spelled_otherwise_is_the_same() -> None:
    assert name_key("تعاونية الأمل", "Coopérative Al Amal") == name_key(
        "تعاونيه الامل", "COOPERATIVE AL-AMAL"
    )


def test_key_patterns_when_a_name_is_missing_leaves_it_out() -> None:
    assert key_patterns("النور", "") == ("%|النور", "النور|%")
