"""A small world for the access matrix: one event's records, and who stands where to them.

Every record belongs to `fair` (region 05), to the cooperative of `cooperative`, and was filed by
`agent`. Roles ending in `_elsewhere` hold the same duty for another region, event or cooperative.
"""

import uuid
from dataclasses import dataclass, field
from datetime import timedelta

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from fairapp.accounts.links import make_password_link
from fairapp.accounts.models import Account, Device, Invitation
from fairapp.audit.domain import Role, ScopeKind
from fairapp.badges.domain import ScanOutcome
from fairapp.badges.models import Badge, Scan
from fairapp.events.models import Event
from fairapp.files.queries import files_of
from fairapp.files.store import store_of
from fairapp.foundation.ids import new_token, token_hash
from fairapp.registrations.models import Details, Registration
from fairapp.registrations.queries.documents import owner_of
from fairapp.sales.domain import FlagKind
from fairapp.sales.models import SaleFlag
from fairapp.selection.models import SelectionRun
from fairapp.selection.services.runs import record_run
from tests import NOW, TODAY
from tests.clients import ApiCaller, give_token, sign_in
from tests.databases import SECRET_KEY
from tests.factories.accounts import make_account, make_actor, make_device
from tests.factories.badges import make_badges
from tests.factories.catalogue import give_photo, make_merge, make_product
from tests.factories.cooperatives import make_cooperative
from tests.factories.decisions import make_appeal, make_letter, make_offer, make_place
from tests.factories.documents import PAPER, make_document, make_required_document
from tests.factories.events import make_running_event
from tests.factories.imports import make_read_import
from tests.factories.mailings import make_mailing
from tests.factories.networks import make_network
from tests.factories.registrations import make_accepted_registration, make_bulk_decision, make_edit
from tests.factories.sales import make_sale, make_stand_day
from tests.factories.selection import make_assignment, make_criterion, make_places, make_reviewer
from tests.factories.stands import make_allocation, make_stand

GUEST = "guest"
COOKIE = "fairapp"
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
    "reviewer",
    "reviewer_elsewhere",
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
    cookies: dict[str, str] = field(default_factory=dict)

    def call(self, who: str, method: str, path: str, body: dict[str, object] | None) -> TestResponse:
        """Make one request as somebody: with a token below /api/, with a session elsewhere."""
        if path.startswith("/api/"):
            return ApiCaller(self.app, self.tokens.get(who)).call(method, path, json=body or {})
        browser = self.app.test_client()
        if who != GUEST:
            browser.set_cookie(COOKIE, self.cookies[who])
        return browser.open(path, method=method, data=body if method == "POST" else None)

    def sign_in(self, who: str) -> None:
        """Sign somebody in, once; every request then comes from a browser that knows only that."""
        if who in self.accounts:
            browser = sign_in(self.app.test_client(), self.accounts[who])
            cookie = browser.get_cookie(COOKIE)
            assert cookie is not None
            self.cookies[who] = cookie.value


def make_world(app: Flask, session: Session) -> World:
    """Make two events, two cooperatives, and somebody in every role."""
    fair = make_running_event(session, slug="fair", region_code="05")
    other = make_running_event(session, slug="other-fair", region_code="01")
    agent = make_account(session, Role.DESK_AGENT, ScopeKind.REGION, region_code="05")
    cooperative, stranger = make_cooperative(session), make_cooperative(session)
    product = make_product(session, cooperative)
    registration = make_accepted_registration(
        session, event=fair, cooperative=cooperative, filed_by_id=agent.id
    )
    make_required_document(session, fair, "statutes")
    make_document(session, registration, "statutes")
    store_of(app.extensions["settings"]).put(PAPER)
    session.add(Details(registration_id=registration.id, answers={}, asked_at=NOW))
    stand = make_stand(session, fair.stops[0], code="A-14")
    make_allocation(session, stand, registration)
    badge = make_badges(session, registration)[0]
    scan = _scan(session, fair, badge)
    sale = make_sale(session, fair, stand, registration_id=registration.id)
    flag = SaleFlag(sale_id=sale.id, event_id=fair.id, kind=FlagKind.OUTSIDE_DAYS, details={}, raised_at=NOW)
    session.add(flag)
    make_stand_day(session, fair, stand)
    free = make_stand(session, fair.stops[0], code="A-15")
    place = make_place(session, registration)
    accounts = _accounts(session, fair, other, cooperative.id, stranger.id) | {"agent": agent}
    run = _selection(session, fair, other, registration, accounts)
    tokens = {who: give_token(session, account) for who, account in accounts.items()}
    devices = _devices(session, fair, other)
    tokens |= {name: token for name, (_device, token) in devices.items()}
    session.flush()
    mailing, recipient = make_mailing(session, registration, opened_at=NOW)
    values: dict[str, str | int] = {
        "lang": "en",
        "slug": fair.slug,
        "stop": "S1",
        "stand": stand.code,
        "free_stand": free.code,
        "reference": registration.reference,
        "document": "statutes",
        "paper_file": files_of(session, owner=owner_of(registration.reference))[0].token,
        "edit": make_edit(session, registration).id,
        "cooperative": cooperative.code,
        "other_cooperative": stranger.code,
        "network": make_network(session).code,
        "product": product.code,
        "product_act": "hide",
        "photo": give_photo(app, session, product, cooperative),
        "photo_size": "small",
        "merge": make_merge(session, cooperative).code,
        "account": accounts["official"].code,
        "sale": str(sale.id),
        "flag": flag.id,
        "badge": badge.short_code,
        "badge_page": badge.token,
        "scan": str(scan.id),
        "device": str(devices["gate_device"][0].id),
        "invitation": _invitation(session, cooperative.id),
        "password_link": make_password_link(
            accounts["official"], secrets=[SECRET_KEY], valid=timedelta(hours=1), now=NOW
        ),
        "import": make_read_import(session).code,
        "language_of_sample": "ar",
        "kind_of_sample": "csv",
        "letter": make_letter(session, registration).token,
        "place": place.id,
        "offer_page": (offer := make_offer(session, place, registration)).token,
        "offer": offer.code,
        "appeal": make_appeal(session, registration).code,
        "stylesheet": "css/fairapp.css",
        "bulk": make_bulk_decision(session, registration).code,
        "mailing": mailing.code,
        "mailing_link": recipient.token,
        "nothing": "absent",
        "no_id": str(uuid.UUID(int=0)),
        "number": 1,
        "run": run.code,
        "reviewer_account": accounts["reviewer"].code,
        "position": 1,
        "step": "cooperative",
        "part": "documents",
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
        "reviewer": make_account(session, Role.REVIEWER, event, event_id=fair.id),
        "reviewer_elsewhere": make_account(session, Role.REVIEWER, event, event_id=other.id),
    }


def _selection(
    session: Session, fair: Event, other: Event, registration: Registration, accounts: dict[str, Account]
) -> SelectionRun:
    fair.draw_seed = "seed"
    make_criterion(session, fair)
    make_places(session, fair, 1)
    make_reviewer(session, other, accounts["reviewer_elsewhere"])
    make_assignment(session, make_reviewer(session, fair, accounts["reviewer"]), registration, {"quality": 5})
    organizer = make_actor(Role.ORGANIZER, ScopeKind.NATION)
    return record_run(session, actor=organizer, slug=fair.slug, now=NOW)


def _devices(session: Session, fair: Event, other: Event) -> dict[str, tuple[Device, str]]:
    made = {}
    for name, event in (("", fair), ("_elsewhere", other)):
        stop_id = event.stops[0].id
        stand = make_stand(session, event.stops[0])
        made[f"gate_device{name}"] = make_device(session, event, Role.GATE, stop_id=stop_id)
        made[f"till_device{name}"] = make_device(
            session, event, Role.TILL, stop_id=stop_id, stand_id=stand.id
        )
    return made


def _scan(session: Session, fair: Event, badge: Badge) -> Scan:
    scan = Scan(
        id=uuid.uuid4(),
        event_id=fair.id,
        stop_id=fair.stops[0].id,
        gate="main",
        badge_id=badge.id,
        code_hash="0" * 64,
        day=TODAY,
        scanned_at=NOW,
        received_at=NOW,
        outcome=ScanOutcome.ADMITTED,
    )
    session.add(scan)
    session.flush()
    return scan


def _invitation(session: Session, cooperative_id: int) -> str:
    token = new_token()
    invitation = Invitation(
        token_hash=token_hash(token),
        cooperative_id=cooperative_id,
        email="invited@people.example",
        locale="en",
        created_at=NOW,
        expires_at=NOW + timedelta(days=7),
    )
    session.add(invitation)
    session.flush()
    return token
