"""Pages of decisions on many registrations, from the queue to the result and back."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.audit.domain import Role
from fairapp.events.domain import QuotaKind
from fairapp.events.models import Event, Quota
from fairapp.registrations.models import BulkDecision, Registration
from tests.clients import sign_in
from tests.factories.accounts import make_account
from tests.factories.cooperatives import make_cooperative
from tests.factories.events import make_event
from tests.factories.registrations import make_accepted_registration, make_registration

DATA = {"decision": "refuse", "reason": "sector_full", "note_ar": "شكرا", "note_fr": "Merci"}


@pytest.fixture
def organizer(client: FlaskClient, session: Session) -> FlaskClient:
    return sign_in(client, make_account(session, Role.ORGANIZER, name="Nadia Benali"))


def _three(session: Session) -> tuple[Event, list[Registration]]:
    event = make_event(session)
    made = [make_registration(session, event=event, cooperative=make_cooperative(session)) for _ in range(3)]
    made[1].locale = "fr"
    session.flush()
    return event, made


def _states(session: Session, made: list[Registration]) -> list[str]:
    session.expire_all()
    return [registration.state.value for registration in made]


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_bulk_is_looked_at_made_once_and_listed(
    organizer: FlaskClient, session: Session, language: str
) -> None:
    event, made = _three(session)
    base = f"/{language}/organizer/events/{event.slug}/registrations"
    picks = "&".join(f"pick={row.reference}" for row in made[:2])
    assert organizer.get(f"{base}/decide?{picks}").status_code == 200
    path = organizer.post(f"{base}/decide?{picks}", data=DATA).headers["Location"]
    preview = organizer.get(path).text
    for words in ("سبب sector_full", "شكرا", "Motif sector_full", "Merci"):
        assert words in preview
    assert _states(session, made) == ["received"] * 3
    assert path not in organizer.get(f"{base}/bulk").text
    for _twice in range(2):
        assert organizer.post(path).status_code == 303
    assert _states(session, made) == ["refused", "refused", "received"]
    assert organizer.get(path).status_code == 200
    assert path in organizer.get(f"{base}/bulk").text


def test_bulk_on_all_of_a_filter_takes_those_alone(organizer: FlaskClient, session: Session) -> None:
    event, made = _three(session)
    made[2].cooperative.women_led, made[0].cooperative.women_led = True, False
    made[1].cooperative.women_led = None
    session.flush()
    base = f"/en/organizer/events/{event.slug}/registrations"
    path = organizer.post(f"{base}/decide?all=1&women=1", data=DATA).headers["Location"]
    organizer.post(path)
    assert _states(session, made) == ["received", "received", "refused"]
    assert session.scalars(select(BulkDecision.query)).one() == "women=1"


@pytest.mark.parametrize(
    "query, data, words",
    [
        ("all=1", {**DATA, "reason": ""}, "Choose the reason"),
        ("all=1", {**DATA, "decision": "withdraw"}, "Choose a decision"),
        ("all=1", {**DATA, "note_fr": ""}, "Write the note in both languages"),
        ("pick=nonsense", DATA, "Choose at least one registration."),
        ("", DATA, "Choose at least one registration."),
    ],
    ids=["no reason", "not offered", "one language", "nobody", "nothing"],
)
def test_bulk_with_a_mistake_says_so_and_keeps_what_was_typed(
    organizer: FlaskClient, session: Session, query: str, data: dict[str, str], words: str
) -> None:
    event, _made = _three(session)
    answer = organizer.post(f"/en/organizer/events/{event.slug}/registrations/decide?{query}", data=data)
    assert answer.status_code == 422
    assert words in answer.text
    if query == "all=1":
        assert "شكرا" in answer.text
    assert session.scalars(select(BulkDecision)).all() == []


def test_bulk_names_who_was_faster_and_can_be_taken_back(organizer: FlaskClient, session: Session) -> None:
    event, made = _three(session)
    base = f"/en/organizer/events/{event.slug}/registrations"
    path = organizer.post(f"{base}/decide?all=1", data=DATA).headers["Location"]
    other = sign_in(organizer.application.test_client(), make_account(session, Role.ORGANIZER, name="Said"))
    other.post(f"{base}/{made[0].reference}", data={"decision": "accept", "seen": "received"})
    organizer.post(path)
    assert "Said decided first." in organizer.get(path).text.replace("<bdi>", "").replace("</bdi>", "")
    assert _states(session, made) == ["accepted", "refused", "refused"]
    assert organizer.get(f"{path}/reversal").status_code == 200
    refused = organizer.post(f"{path}/reversal", data={"decision": "review", "reason": ""})
    assert (refused.status_code, "Choose the reason" in refused.text) == (422, True)
    back = organizer.post(f"{path}/reversal", data={"decision": "review", "reason": "rank"}).headers[
        "Location"
    ]
    assert "Your request is studied again" in organizer.get(back).text or "studied again" not in back
    organizer.post(back)
    assert _states(session, made) == ["accepted", "under_review", "under_review"]


def test_review_when_someone_was_faster_says_who_what_and_when(
    organizer: FlaskClient, session: Session
) -> None:
    event, made = _three(session)
    path = f"/en/organizer/events/{event.slug}/registrations/{made[0].reference}"
    other = sign_in(organizer.application.test_client(), make_account(session, Role.ORGANIZER, name="Said"))
    other.post(path, data={"decision": "accept", "seen": "received"})
    late = {"decision": "refuse", "reason": "rank", "note": "Trop tard", "seen": "received"}
    answer = organizer.post(path, data=late)
    assert answer.status_code == 409
    for words in ("decided first", "Said", "Accepted", "Trop tard", 'value="accepted"'):
        assert words in answer.text
    assert _states(session, made) == ["accepted", "received", "received"]
    again = organizer.post(path, data={**late, "seen": "accepted"})
    assert again.status_code == 303
    assert _states(session, made) == ["refused", "received", "received"]


def test_bulk_preview_shows_the_quotas_after_it(organizer: FlaskClient, session: Session) -> None:
    event, made = _three(session)
    for registration, led in zip(made, (True, True, False), strict=True):
        registration.cooperative.women_led = led
    make_accepted_registration(session, event=event, cooperative=make_cooperative(session, women_led=False))
    session.add_all(
        [
            Quota(event_id=event.id, kind=QuotaKind.WOMEN_LED, least_percent=50),
            Quota(event_id=event.id, kind=QuotaKind.SECTOR, target="AGR", least_percent=100),
        ]
    )
    session.flush()
    base = f"/en/organizer/events/{event.slug}/registrations"
    picks = "&".join(f"pick={row.reference}" for row in made[:2])
    page = organizer.get(organizer.post(f"{base}/decide?{picks}", data={"decision": "accept"}).location).text
    assert "Quotas after it" in page
    for words in ("0 of 1", "2 of 3", "66%", "3 of 3", "100%"):
        assert words in page.replace("\u200e", "")
