"""The calls of the contract: cooperatives, registrations, decisions."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fairapp.accounts.models import Account
from fairapp.audit.domain import Role, ScopeKind
from fairapp.cooperatives.models import Cooperative
from fairapp.registrations.models import Registration
from tests.clients import ApiCaller
from tests.factories.accounts import make_account
from tests.factories.cooperatives import make_cooperative
from tests.factories.events import make_event, make_market
from tests.factories.registrations import make_registration

Api = Callable[[Account | None], ApiCaller]
COOPERATIVE = {
    "names": {"ar": "تعاونية النور", "fr": "Coopérative Annour"},
    "legal_kind": "cooperative",
    "register_court": "Khénifra",
    "register_number": "12/2020",
    "ice": "001561191000067",
    "province": "05.301",
    "commune": "أجلموس",
    "rural": True,
    "sectors": ["AGR-HONEY"],
    "founded_on": "2020-03-01",
    "members": 24,
    "women_members": 21,
    "youth_members": 5,
    "women_led": True,
    "phone": "06 12 34 56 78",
    "email": "annour@example.com",
}


def _registration(code: str) -> dict[str, object]:
    return {
        "cooperative": code,
        "stops": ["S1"],
        "sectors": ["AGR-HONEY"],
        "products": [{"name": "عسل الزعتر", "sector": "AGR-HONEY"}],
        "stand_needs": {"width_m": 3, "power": True, "water": False, "step_free": False},
        "representatives": [
            {"name": "فاطمة", "gender": "woman", "phone": "0612345679"},
            {"name": "Ahmed", "gender": None, "phone": None},
        ],
        "filed_by": {"channel": "desk"},
    }


def test_post_cooperative_takes_phones_in_any_writing_and_a_doubtful_ice(session: Session, api: Api) -> None:
    answer = api(make_account(session, Role.DESK_AGENT)).post("/cooperatives", json=COOPERATIVE)
    assert answer.status_code == 201
    assert (answer.get_json()["phone"], answer.get_json()["ice_valid"]) == ("+212612345678", False)
    made = session.scalars(select(Cooperative)).one()
    assert answer.get_json()["code"] == f"{made.code[:4]}-{made.code[4:]}"


@pytest.mark.parametrize(
    "changes, pointer",
    [
        ({"names": {}}, "/names"),
        ({"province": "99.999"}, "/province"),
        ({"legal_kind": "guild"}, "/legal_kind"),
        ({"sectors": ["X"]}, "/sectors/0"),
        ({"phone": "123"}, "/phone"),
        ({"women_members": 25}, "/women_members"),
        ({"youth_members": 25}, "/youth_members"),
        ({"members": -1}, "/members"),
        ({"members": "24"}, "/members"),
        ({"ice": "abc"}, "/ice"),
        ({"email": "nobody"}, "/email"),
        ({"founded_on": "2099-01-01"}, "/founded_on"),
        ({"commune": ""}, "/commune"),
    ],
)
def test_post_cooperative_when_wrong_points_to_it(
    session: Session, api: Api, changes: dict[str, object], pointer: str
) -> None:
    answer = api(make_account(session, Role.ORGANIZER)).post("/cooperatives", json=COOPERATIVE | changes)
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert pointer in [error["pointer"] for error in answer.get_json()["errors"]]
    assert session.scalar(select(func.count(Cooperative.id))) == 0


def test_post_registration_and_read_it_and_decide(session: Session, api: Api) -> None:
    event, agent = make_event(session), make_account(session, Role.DESK_AGENT)
    code = api(agent).post("/cooperatives", json=COOPERATIVE).get_json()["code"]
    filed = api(agent).post(f"/events/{event.slug}/registrations", json=_registration(code))
    assert (filed.status_code, filed.get_json()["status"]) == (201, "received")
    reference = filed.get_json()["reference"]
    organizer = make_account(session, Role.ORGANIZER)
    decided = api(organizer).post(
        f"/registrations/{reference}/decisions",
        json={"decision": "waitlist", "reason": "rank", "note": "قريبا"},
    )
    assert (decided.status_code, decided.get_json()["status"]) == (200, "waitlisted")
    read = api(agent).get(f"/registrations/{reference}")
    assert read.status_code == 200
    assert read.get_json()["stops"] == ["S1"]
    assert read.get_json()["representatives"] == [
        {"name": "فاطمة", "gender": "woman", "phone": "+212612345679"},
        {"name": "Ahmed", "gender": None, "phone": None},
    ]
    assert [(one["status"], one["reason"]) for one in read.get_json()["history"]] == [
        ("received", None),
        ("waitlisted", "rank"),
    ]
    assert (read.get_json()["stands"], read.get_json()["badges"]) == ([], [])


def test_post_registration_with_one_key_is_filed_once(session: Session, api: Api) -> None:
    event, agent = make_event(session), make_account(session, Role.DESK_AGENT)
    body = _registration(make_cooperative(session).code)
    headers = {"Idempotency-Key": "one"}
    answers = [
        api(agent).post(f"/events/{event.slug}/registrations", json=body, headers=headers) for _ in range(2)
    ]
    assert answers[0].json == answers[1].json
    assert session.scalar(select(func.count(Registration.id))) == 1


def test_post_registration_twice_without_a_key_refuses(session: Session, api: Api) -> None:
    event, agent = make_event(session), make_account(session, Role.DESK_AGENT)
    body = _registration(make_cooperative(session).code)
    statuses = [
        api(agent).post(f"/events/{event.slug}/registrations", json=body).status_code for _ in range(2)
    ]
    assert statuses == [201, 422]


def test_post_registration_asks_for_stops_where_there_are_several(session: Session, api: Api) -> None:
    market, agent = make_market(session), make_account(session, Role.DESK_AGENT)
    body = _registration(make_cooperative(session).code) | {"stops": []}
    answer = api(agent).post(f"/events/{market.slug}/registrations", json=body)
    assert (answer.status_code, answer.get_json()["errors"][0]["pointer"]) == (422, "/stops")


def test_registrations_are_found_within_scope(session: Session, api: Api) -> None:
    registration = make_registration(session)
    own = make_account(
        session, Role.COOPERATIVE, ScopeKind.COOPERATIVE, cooperative_id=registration.cooperative_id
    )
    foreign = make_account(
        session, Role.COOPERATIVE, ScopeKind.COOPERATIVE, cooperative_id=make_cooperative(session).id
    )
    elsewhere = make_account(session, Role.ORGANIZER, ScopeKind.REGION, region_code="09")
    agent, official = make_account(session, Role.DESK_AGENT), make_account(session, Role.OFFICIAL)
    path = f"/registrations/{registration.reference}"
    assert {
        name: api(account).get(path).status_code
        for name, account in {
            "own": own,
            "foreign": foreign,
            "elsewhere": elsewhere,
            "agent": agent,
            "official": official,
            "nobody": None,
        }.items()
    } == {"own": 200, "foreign": 404, "elsewhere": 404, "agent": 404, "official": 403, "nobody": 401}


@pytest.mark.parametrize(
    "body, status",
    [
        ({"decision": "refuse"}, 422),
        ({"decision": "refuse", "reason": "invented"}, 422),
        ({"decision": "withdraw", "reason": "rank"}, 422),
        ({"decision": "accept"}, 200),
        ({"decision": "ask", "reason": "missing_document", "note": ""}, 200),
    ],
)
def test_post_decision(session: Session, api: Api, body: dict[str, str], status: int) -> None:
    registration = make_registration(session)
    organizer = make_account(session, Role.ORGANIZER)
    answer = api(organizer).post(f"/registrations/{registration.reference}/decisions", json=body)
    assert answer.status_code == status


def test_post_decision_twice_conflicts(session: Session, api: Api) -> None:
    registration = make_registration(session)
    organizer = make_account(session, Role.ORGANIZER)
    statuses = [
        api(organizer)
        .post(f"/registrations/{registration.reference}/decisions", json={"decision": "accept"})
        .status_code
        for _ in range(2)
    ]
    assert statuses == [200, 409]
