"""Pages of accounts: signing in, the own account, links, invitations, administration, devices."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.accounts import links
from fairapp.accounts.models import Account, ApiToken, Device, RoleGrant, SignIn
from fairapp.accounts.services.invitations import invite_cooperative
from fairapp.accounts.tasks import send_password_link
from fairapp.audit.domain import SYSTEM, Role, ScopeKind
from fairapp.messages.models import Message
from fairapp.outbox.models import OutboxRow
from tests import NOW
from tests.clients import PageClient, sign_in
from tests.factories.accounts import PASSWORD, make_account
from tests.factories.cooperatives import make_cooperative
from tests.factories.events import make_event

GOOD = "four words that hold"


@pytest.mark.parametrize("writing", ["06 12 34 56 78", "+212612345678", "٠٦١٢٣٤٥٦٧٨", "Amina@Example.org"])
def test_sign_in_takes_phone_and_email_in_any_writing(
    session: Session, client: FlaskClient, writing: str
) -> None:
    make_account(session, email="amina@example.org", phone="+212612345678")
    answer = client.post("/ar/sign-in", data={"identifier": writing, "password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/ar/account")
    assert client.get("/ar/account").status_code == 200


@pytest.mark.parametrize(
    "identifier, password",
    [
        ("nobody@example.org", PASSWORD),
        ("amina@example.org", "wrong"),
        ("off@example.org", PASSWORD),
        ("?", "x"),
    ],
    ids=["unknown", "wrong", "disabled", "unreadable"],
)
def test_sign_in_refused_says_the_same_to_everyone(
    session: Session, client: FlaskClient, identifier: str, password: str
) -> None:
    make_account(session, email="amina@example.org")
    make_account(session, email="off@example.org", active=False)
    answer = client.post("/en/sign-in", data={"identifier": identifier, "password": password})
    assert answer.status_code == 422
    assert "The e-mail, the phone number or the password is not right." in answer.text
    assert f'value="{identifier}"' in answer.text
    assert f'value="{password}"' not in answer.text
    assert session.scalars(select(SignIn)).all() == []


@pytest.mark.parametrize(
    "wanted, location",
    [
        ("/en/account/profile", "/en/account/profile"),
        ("//evil.example/", "/en/account"),
        ("https://evil.example/", "/en/account"),
        ("/\\evil.example", "/en/account"),
        ("/a\nb", "/en/account"),
    ],
)
def test_sign_in_leads_on_within_this_site_only(
    session: Session, client: FlaskClient, wanted: str, location: str
) -> None:
    account = make_account(session)
    answer = client.post(
        "/en/sign-in", data={"identifier": account.email, "password": PASSWORD, "next": wanted}
    )
    assert answer.location == location


def test_sign_in_too_often_waits_although_the_password_is_right(
    session: Session, client: FlaskClient
) -> None:
    account = make_account(session)
    for _ in range(10):
        client.post("/en/sign-in", data={"identifier": account.email, "password": "wrong"})
    answer = client.post("/en/sign-in", data={"identifier": account.email, "password": PASSWORD})
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (429, True)
    other = make_account(session)
    answer = client.post("/en/sign-in", data={"identifier": other.email, "password": PASSWORD})
    assert answer.status_code == 303


def test_sign_in_that_succeeds_is_not_counted(session: Session, client: FlaskClient) -> None:
    account = make_account(session)
    for _ in range(12):
        answer = client.post("/en/sign-in", data={"identifier": account.email, "password": PASSWORD})
        assert answer.status_code == 303


def test_signed_out_cookie_opens_nothing(session: Session, app: Flask, client: FlaskClient) -> None:
    sign_in(client, make_account(session))
    stolen = client.get_cookie("fairapp")
    assert stolen is not None
    assert client.post("/en/sign-out").location == "/en/sign-in"
    thief = app.test_client()
    thief.set_cookie("fairapp", stolen.value)
    assert thief.get("/en/account").location == "/en/sign-in?next=%2Fen%2Faccount"


def test_sign_in_changes_the_cookie(session: Session, client: FlaskClient) -> None:
    account = make_account(session)
    sign_in(client, account)
    before = client.get_cookie("fairapp")
    sign_in(client, account)
    after = client.get_cookie("fairapp")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    states = session.scalars(select(SignIn.revoked_at).order_by(SignIn.id)).all()
    assert [state is None for state in states] == [False, True]


def test_changed_password_signs_every_other_browser_out(
    session: Session, app: Flask, client: FlaskClient
) -> None:
    account = make_account(session)
    other = sign_in(app.test_client(), account)
    sign_in(client, account)
    answer = client.post("/en/account/password", data={"current_password": PASSWORD, "password": GOOD})
    assert answer.location == "/en/account"
    assert client.get("/en/account").status_code == 200
    assert other.get("/en/account").status_code == 303
    session.expire_all()
    assert sign_in(app.test_client(), account, password=GOOD).get("/en/account").status_code == 200


@pytest.mark.parametrize(
    "present, new, sentence",
    [
        ("wrong", GOOD, "This is not your present password."),
        (PASSWORD, "short", "Choose at least 10 characters."),
        (PASSWORD, "password1234", "This password is easily guessed."),
        ("", "", "Write your present password."),
    ],
)
def test_change_password_wrongly_says_why(
    session: Session, client: FlaskClient, present: str, new: str, sentence: str
) -> None:
    sign_in(client, make_account(session))
    answer = client.post("/en/account/password", data={"current_password": present, "password": new})
    assert answer.status_code == 422
    assert sentence in answer.text


def test_account_page_revokes_sign_ins_and_tokens(session: Session, app: Flask, client: FlaskClient) -> None:
    account = make_account(session)
    other = sign_in(app.test_client(), account)
    sign_in(client, account)
    page = client.post("/en/account/tokens")
    found = re.search(r"fairapp_[\w-]+", page.text)
    assert found is not None
    bearer = {"Authorization": f"Bearer {found[0]}"}
    assert client.get("/api/v1/events", headers=bearer).status_code == 200
    token = session.scalars(select(ApiToken)).one()
    client.post("/en/account/tokens/revoke", data={"subject": token.id})
    assert client.get("/api/v1/events", headers=bearer).status_code == 401
    first = session.scalars(select(SignIn.id).order_by(SignIn.id)).first()
    client.post("/en/account/sign-ins/revoke", data={"subject": first})
    assert other.get("/en/account").status_code == 303
    assert client.get("/en/account").status_code == 200


def test_forgotten_password_answers_the_same_and_mails_the_known(
    session: Session, app: Flask, client: FlaskClient
) -> None:
    account = make_account(session)
    known = client.post("/en/forgotten-password", data={"identifier": account.email})
    unknown = client.post("/en/forgotten-password", data={"identifier": "nobody@example.org"})
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    rows = list(session.scalars(select(OutboxRow).order_by(OutboxRow.id)))
    assert [row.payload for row in rows] == [{"account_id": account.id}, {"account_id": None}]
    with app.app_context():
        for row in rows * 2:  # each may be delivered twice
            send_password_link(**row.payload, key=row.key)
    (letter,) = session.scalars(select(Message)).all()
    path = f"/en/password/{letter.context['token']}"
    assert client.get(path).status_code == 200
    assert client.post(path, data={"password": "short"}).status_code == 422
    assert client.post(path, data={"password": GOOD}).status_code == 303
    assert client.get("/en/account").status_code == 200
    assert client.get(path).status_code == 404


def test_forgotten_password_asked_for_too_often_waits(session: Session, client: FlaskClient) -> None:
    account = make_account(session)
    answers = [
        client.post("/en/forgotten-password", data={"identifier": account.email}).status_code
        for _ in range(4)
    ]
    assert answers == [200, 200, 200, 429]


def test_password_link_ends_after_its_time(session: Session, app: Flask, client: FlaskClient) -> None:
    account = make_account(session)
    secret = app.config["SECRET_KEY"]
    old = links.make_password_link(
        account, secrets=[secret], valid=timedelta(minutes=60), now=NOW - timedelta(minutes=61)
    )
    rotated = links.make_password_link(account, secrets=["another"], valid=timedelta(hours=1), now=NOW)
    assert [client.get(f"/en/password/{token}").status_code for token in (old, rotated, "x")] == [404] * 3


def _invited(session: Session, email: str = "coop@example.org") -> str:
    cooperative = make_cooperative(session)
    invite_cooperative(
        session, actor=SYSTEM, cooperative_id=cooperative.id, email=email, phone=None, locale="ar", now=NOW
    )
    token: str = session.scalars(select(Message)).one().context["token"]
    return token


def test_invitation_opens_an_account_and_signs_in(session: Session, client: FlaskClient) -> None:
    path = f"/en/invitation/{_invited(session)}"
    assert client.post(path, data={"name": "", "password": GOOD}).status_code == 422
    assert client.post(path, data={"name": "Amina", "password": GOOD}).status_code == 303
    assert client.get("/en/account").status_code == 200
    assert session.scalars(select(RoleGrant.role)).all() == [Role.COOPERATIVE]
    assert client.get(path).status_code == 404


def test_invitation_of_an_account_holder_is_added_when_signed_in(
    session: Session, client: FlaskClient
) -> None:
    account = make_account(session, email="coop@example.org")
    path = f"/en/invitation/{_invited(session)}"
    assert "You already have an account." in client.get(path).text
    sign_in(client, account)
    assert client.post(f"{path}/take-up").status_code == 303
    assert session.scalars(select(RoleGrant.account_id)).all() == [account.id]


@pytest.fixture
def administrator(session: Session, client: PageClient) -> Account:
    account = make_account(session, Role.ADMINISTRATOR)
    sign_in(client, account)
    return account


@pytest.mark.usefixtures("administrator")
def test_administrator_creates_an_account_and_gives_a_role(session: Session, client: FlaskClient) -> None:
    event = make_event(session)
    data = {"name": "Gate staff", "email": "", "phone": "0612345678", "locale": "ar", "password": ""}
    path = client.post("/en/admin/accounts/new", data=data).location
    role = {"role": "gate", "reach": f"event:{event.slug}", "cooperative": ""}
    assert client.post(f"{path}/roles", data=role).status_code == 303
    account = session.scalars(select(Account).where(Account.phone == "+212612345678")).one()
    grant = session.scalars(select(RoleGrant).where(RoleGrant.account_id == account.id)).one()
    assert (grant.role, grant.scope, grant.event_id) == (Role.GATE, ScopeKind.EVENT, event.id)
    assert event.title_en in client.get(path).text
    shown = client.post(f"{path}/link")
    assert shown.status_code == 201
    link = re.search(r"/en/password/[\w.-]+", shown.text)
    assert link is not None
    assert client.get(link[0]).status_code == 200
    client.post(f"{path}/roles/take-back", data={"subject": grant.id})
    session.expire_all()
    assert grant.revoked_at == NOW


@pytest.mark.usefixtures("administrator")
@pytest.mark.parametrize(
    "data, sentence",
    [
        ({"name": "", "email": "a@b.ma"}, "Write the name."),
        ({"name": "A", "email": ""}, "Write an e-mail address or a phone number."),
        ({"name": "A", "email": "nothing"}, "Write an e-mail address, for example"),
        ({"name": "A", "phone": "12"}, "Write a Moroccan phone number"),
        ({"name": "A", "email": "taken@example.org"}, "Another account uses this e-mail address."),
        ({"name": "A", "email": "a@b.ma", "password": "short"}, "Choose at least 10 characters."),
    ],
)
def test_new_account_with_a_mistake_says_which(
    session: Session, client: FlaskClient, data: dict[str, str], sentence: str
) -> None:
    make_account(session, email="taken@example.org")
    answer = client.post("/en/admin/accounts/new", data={"locale": "ar"} | data)
    assert answer.status_code == 422
    assert sentence in answer.text


@pytest.mark.usefixtures("administrator")
@pytest.mark.parametrize(
    "data, sentence",
    [
        (
            {"role": "cooperative", "reach": "cooperative", "cooperative": "K7QM"},
            "No cooperative has this code.",
        ),
        ({"role": "administrator", "reach": "region:05"}, "This role is not given for this scope."),
        ({"role": "organizer", "reach": "event:nothing"}, "Not a valid choice"),
    ],
)
def test_role_out_of_place_says_why(
    session: Session, client: FlaskClient, data: dict[str, str], sentence: str
) -> None:
    account = make_account(session)
    answer = client.post(f"/en/admin/accounts/{account.code}/roles", data=data)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_disabled_account_is_signed_out_at_once(
    session: Session, app: Flask, client: FlaskClient, administrator: Account
) -> None:
    account = make_account(session)
    other = sign_in(app.test_client(), account)
    client.post(f"/en/admin/accounts/{account.code}/disable")
    assert other.get("/en/account").status_code == 303
    client.post(f"/en/admin/accounts/{administrator.code}/disable")
    session.expire_all()
    assert (account.active, administrator.active) == (False, True)


@pytest.mark.usefixtures("administrator")
def test_accounts_are_found_by_name_mail_and_phone(session: Session, client: FlaskClient) -> None:
    make_account(session, name="Amina Benali", email="ab@example.org", phone="+212612345678")
    make_account(session, name="100% wool")
    for text in ("benali", "AB@", "06 12 34 56 78"):
        page = client.get("/en/admin/accounts", query_string={"search": text}).text
        assert ("Amina Benali" in page, "100% wool" in page) == (True, False)
    assert "Amina" not in client.get("/en/admin/accounts", query_string={"search": "%"}).text


@pytest.mark.usefixtures("administrator")
@pytest.mark.parametrize("path", ["admin/", "admin/accounts", "admin/accounts/new", "admin/operations"])
def test_administration_pages_answer_in_each_language(client: FlaskClient, path: str) -> None:
    assert [client.get(f"/{language}/{path}").status_code for language in ("ar", "fr", "en")] == [200] * 3


def test_organizer_enrols_and_revokes_a_device(session: Session, client: FlaskClient) -> None:
    event = make_event(session)
    sign_in(client, make_account(session, Role.ORGANIZER, ScopeKind.EVENT, event_id=event.id))
    path = f"/en/organizer/events/{event.slug}/devices"
    refused = client.post(path, data={"name": "Till", "role": "till", "stop": "S1", "stand": "Z-9"})
    assert (refused.status_code, "The stop has no such stand." in refused.text) == (422, True)
    shown = client.post(path, data={"name": "Gate 1", "role": "gate", "stop": "", "stand": ""})
    assert shown.status_code == 201
    device = session.scalars(select(Device)).one()
    assert 'role="img"' in shown.text
    assert "Gate 1" in client.get(path).text
    client.post(f"{path}/revoke", data={"subject": str(device.id)})
    session.expire_all()
    assert device.revoked_at == NOW


def test_command_token_prints_one_token_and_nothing_else(session: Session, app: Flask) -> None:
    account = make_account(session)
    found = app.test_cli_runner().invoke(args=["token", account.email])
    assert re.fullmatch(r"fairapp_[\w-]{32}\n", found.output)
    answer = app.test_client().get(
        "/api/v1/events", headers={"Authorization": f"Bearer {found.output.strip()}"}
    )
    assert answer.status_code == 200
    assert app.test_cli_runner().invoke(args=["token", "nobody@example.org"]).exit_code == 1


def test_command_creates_the_first_administrator(session: Session, app: Flask) -> None:
    arguments = ["accounts", "create-administrator", "boss@example.org", "--password", GOOD]
    assert app.test_cli_runner().invoke(args=arguments).exit_code == 0
    account = session.scalars(select(Account)).one()
    assert session.scalars(select(RoleGrant.role)).all() == [Role.ADMINISTRATOR]
    sign_in(app.test_client(), account, password=GOOD)
    assert app.test_cli_runner().invoke(args=arguments).exit_code == 1
