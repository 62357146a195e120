"""Tracking by reference and phone; withdrawing."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fairapp.audit.domain import Role, ScopeKind
from fairapp.registrations.domain import RegistrationState
from fairapp.registrations.models import Registration, StateChange
from tests import NOW
from tests.conftest import sign_in
from tests.factories.accounts import make_account
from tests.factories.cooperatives import make_cooperative
from tests.factories.registrations import make_accepted_registration, make_registration

NOT_TOGETHER = "We found no registration with this reference and this phone."


def _shown(registration: Registration) -> str:
    return f"{registration.reference[:4]}-{registration.reference[4:]}"


def _state(session: Session, registration: Registration) -> str:
    session.refresh(registration)
    return registration.state.value


def _track(client: FlaskClient, reference: str, phone: str, language: str = "en") -> str:
    data = {"reference": reference, "phone": phone}
    return client.post(f"/{language}/track", data=data, follow_redirects=True).text


@pytest.mark.parametrize("phone", ["0612345678", "+212 6 12 34 56 78", "٠٦١٢٣٤٥٦٧٨", "00212612345678"])
def test_track_takes_reference_and_phone_in_any_writing(
    client: FlaskClient, session: Session, phone: str
) -> None:
    registration = make_registration(session)
    typed = f" {registration.reference[:4].lower()} {registration.reference[4:]} "
    assert registration.cooperative.name_fr in _track(client, typed, phone)


def test_track_gives_one_answer_for_unknown_reference_and_wrong_phone(
    client: FlaskClient, session: Session
) -> None:
    registration = make_registration(session)
    wrong_phone = _track(client, registration.reference, "0699999999")
    unknown = _track(client, "2222222E", "0699999999")
    assert NOT_TOGETHER in wrong_phone
    assert registration.cooperative.name_fr not in wrong_phone
    assert (NOT_TOGETHER in unknown) or "Check the reference" in unknown


def test_track_finds_a_slip_in_the_reference_first(client: FlaskClient, session: Session) -> None:
    registration = make_registration(session)
    wrong = ("3" if registration.reference[0] == "2" else "2") + registration.reference[1:]
    answer = client.post("/en/track", data={"reference": wrong, "phone": "0612345678"})
    assert answer.status_code == 422
    assert "Check the reference" in answer.text


def test_track_without_proof_asks_for_the_phone(client: FlaskClient, session: Session) -> None:
    registration = make_registration(session)
    answer = client.get(f"/en/track/{_shown(registration)}")
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        f"/en/track?reference={_shown(registration)}",
    )
    assert _shown(registration) in client.get(answer.headers["Location"]).text


def test_track_is_limited(client: FlaskClient, session: Session) -> None:
    registration = make_registration(session)
    statuses = [
        client.post(
            "/en/track", data={"reference": registration.reference, "phone": "0699999999"}
        ).status_code
        for _ in range(12)
    ]
    assert statuses == [422] * 10 + [429] * 2


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
@pytest.mark.parametrize("state", [state for state in RegistrationState if state != "draft"])
def test_tracked_shows_each_state_with_its_reason(
    client: FlaskClient, session: Session, state: RegistrationState, language: str
) -> None:
    registration = make_registration(session, state=RegistrationState.RECEIVED)
    if state is not RegistrationState.RECEIVED:
        change = StateChange(at=NOW, state=state, reason_code="sector_full", note="ملاحظة المنظِّم")
        registration.history.append(change)
        registration.state = state
        session.flush()
    page = _track(client, registration.reference, "0612345678", language)
    assert _shown(registration) in page
    if state not in (RegistrationState.RECEIVED, RegistrationState.UNDER_REVIEW):
        words = {"ar": "سبب", "fr": "Motif", "en": "Reason"}[language]
        assert f"{words} sector_full" in page
        assert "ملاحظة المنظِّم" in page


def test_withdraw_asks_once_more_and_then_does_it(client: FlaskClient, session: Session) -> None:
    registration = make_accepted_registration(session)
    _track(client, registration.reference, "0612345678")
    path = f"/en/track/{_shown(registration)}/withdraw"
    assert "cannot be undone" in client.get(path).text
    assert _state(session, registration) == "accepted"
    done = client.post(path, follow_redirects=True)
    assert "The request is withdrawn" in done.text
    assert _state(session, registration) == "withdrawn"
    assert client.get(path).headers["Location"] == f"/en/track/{_shown(registration)}"


def test_withdraw_without_proof_does_nothing(client: FlaskClient, session: Session) -> None:
    registration = make_registration(session)
    answer = client.post(f"/en/track/{_shown(registration)}/withdraw")
    assert answer.status_code == 303
    session.refresh(registration)
    assert registration.state is RegistrationState.RECEIVED


def test_an_account_sees_its_own_registrations_and_no_other(client: FlaskClient, session: Session) -> None:
    own, foreign = (
        make_registration(session),
        make_registration(session, cooperative=make_cooperative(session)),
    )
    account = make_account(
        session, Role.COOPERATIVE, ScopeKind.COOPERATIVE, cooperative_id=own.cooperative_id
    )
    sign_in(client, account)
    home = client.get("/en/cooperative/").text
    assert _shown(own) in home
    assert _shown(foreign) not in home
    assert client.get(f"/en/track/{_shown(own)}").status_code == 200
    assert client.get(f"/en/track/{_shown(foreign)}").status_code == 303
