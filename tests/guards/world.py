"""A small world for the access matrix: one event's records, and who stands where to them.

Every record belongs to `fair` (region 05), to the cooperative of `cooperative`, and was filed by
`agent`. Roles ending in `_elsewhere` hold the same duty for another region, event or cooperative.
"""

from dataclasses import dataclass, field

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from fairapp.accounts.models import Account
from fairapp.audit.domain import Role, ScopeKind
from fairapp.events.models import Event
from tests.clients import ApiCaller, give_token, sign_in
from tests.factories.accounts import make_account, make_device
from tests.factories.cooperatives import make_cooperative
from tests.factories.events import make_running_event
from tests.factories.registrations import make_accepted_registration
from tests.factories.sales import make_sale, make_stand_day
from tests.factories.stands import make_allocation, make_stand

GUEST = "guest"
ACCOUNTS = (
    "administrator",
    "organizer",
    "organizer_elsewhere",
    "official",
    "official_elsewhere",
    "cooperative",
    "cooperative_elsewhere",
    "agent",
    "agent_elsewhere",
    "gate",
    "gate_elsewhere",
)
DEVICES = ("gate_device", "gate_device_elsewhere", "till_device", "till_device_elsewhere")
EVERYONE = (GUEST, *ACCOUNTS, *DEVICES)


@dataclass
class World:
    """Records by the names that URLs use, and callers by role."""

    app: Flask
    values: dict[str, str | int]
    accounts: dict[str, Account]
    tokens: dict[str, str]
    browsers: dict[str, FlaskClient] = field(default_factory=dict)

    def call(self, who: str, method: str, path: str, body: dict[str, object] | None) -> TestResponse:
        """Make one request as somebody: with a token below /api/, with a session elsewhere."""
        if path.startswith("/api/"):
            return ApiCaller(self.app, self.tokens.get(who)).call(method, path, json=body or {})
        browser = self.browsers.get(who)
        if browser is None:
            browser = self.browsers[who] = self.app.test_client()
            if who != GUEST:
                sign_in(browser, self.accounts[who])
        return browser.open(path, method=method, data=body if method == "POST" else None)


def make_world(app: Flask, session: Session) -> World:
    """Make two events, two cooperatives, and somebody in every role."""
    fair = make_running_event(session, slug="fair", region_code="05")
    other = make_running_event(session, slug="other-fair", region_code="01")
    agent = make_account(session, Role.DESK_AGENT, ScopeKind.REGION, region_code="05")
    cooperative, stranger = make_cooperative(session), make_cooperative(session)
    registration = make_accepted_registration(
        session, event=fair, cooperative=cooperative, filed_by_id=agent.id
    )
    stand = make_stand(session, fair.stops[0], code="A-14")
    make_allocation(session, stand, registration)
    make_sale(session, fair, stand, registration_id=registration.id)
    make_stand_day(session, fair, stand)
    free = make_stand(session, fair.stops[0], code="A-15")
    accounts = _accounts(session, fair, other, cooperative.id, stranger.id) | {"agent": agent}
    tokens = {who: give_token(session, account) for who, account in accounts.items()}
    tokens |= _devices(session, fair, other)
    values: dict[str, str | int] = {
        "lang": "en",
        "slug": fair.slug,
        "stop": "S1",
        "stand": stand.code,
        "free_stand": free.code,
        "reference": registration.reference,
        "cooperative": cooperative.code,
        "account": accounts["official"].code,
        "stylesheet": "css/fairapp.css",
    }
    return World(app, values, accounts, tokens)


def _accounts(
    session: Session, fair: Event, other: Event, cooperative_id: int, stranger_id: int
) -> dict[str, Account]:
    nation, region, event, own = ScopeKind
    return {
        "administrator": make_account(session, Role.ADMINISTRATOR, nation),
        "organizer": make_account(session, Role.ORGANIZER, region, region_code="05"),
        "organizer_elsewhere": make_account(session, Role.ORGANIZER, region, region_code="01"),
        "official": make_account(session, Role.OFFICIAL, nation),
        "official_elsewhere": make_account(session, Role.OFFICIAL, region, region_code="01"),
        "cooperative": make_account(session, Role.COOPERATIVE, own, cooperative_id=cooperative_id),
        "cooperative_elsewhere": make_account(session, Role.COOPERATIVE, own, cooperative_id=stranger_id),
        "agent_elsewhere": make_account(session, Role.DESK_AGENT, region, region_code="01"),
        "gate": make_account(session, Role.GATE, event, event_id=fair.id),
        "gate_elsewhere": make_account(session, Role.GATE, event, event_id=other.id),
    }


def _devices(session: Session, fair: Event, other: Event) -> dict[str, str]:
    tokens = {}
    for name, event in (("", fair), ("_elsewhere", other)):
        stop_id = event.stops[0].id
        stand = make_stand(session, event.stops[0])
        tokens[f"gate_device{name}"] = make_device(session, event, Role.GATE, stop_id=stop_id)[1]
        till = make_device(session, event, Role.TILL, stop_id=stop_id, stand_id=stand.id)
        tokens[f"till_device{name}"] = till[1]
    return tokens
