"""The call of an event: setting it, what is recorded of changes, and the public page that declares it."""

import gzip
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.audit.domain import Role
from fairapp.audit.models import AuditEntry
from fairapp.events import errors, queries
from fairapp.events.call_changes import call_changes, changed_after_opening
from fairapp.events.counts import Count, offer_count
from fairapp.events.domain import CriterionSource, QuestionKind, QuestionPhase, Texts
from fairapp.events.models import Event
from fairapp.events.services import asking, calls
from fairapp.events.terms import CallRules, CapacityTerms, QuestionTerms
from tests import NOW, TODAY
from tests.clients import sign_in
from tests.factories.accounts import make_account, make_actor
from tests.factories.events import make_event, make_market

ORGANIZER = make_actor(Role.ORGANIZER)
MOST_BYTES = 14 * 1024
POWER = QuestionTerms(
    "power",
    Texts("الكهرباء", "Électricité", "Power"),
    kind=QuestionKind.NUMBER,
    phase=QuestionPhase.DETAILS,
    least=0,
    most=5000,
)


def set_rules(app: Flask, session: Session, event: Event, rules: CallRules) -> Event:
    with app.app_context():  # where features above offer what they know
        return asking.set_rules(session, actor=ORGANIZER, slug=event.slug, rules=rules, now=NOW)


def recorded(session: Session, event: Event) -> list[tuple[str, dict[str, Any]]]:
    rows = session.scalars(
        select(AuditEntry).where(AuditEntry.chain == queries.chain_of(event)).order_by(AuditEntry.sequence)
    )
    return [(row.action, {key: value for key, value in row.details.items() if key != "slug"}) for row in rows]


def test_default_call_has_sources_guides_and_a_way_to_object() -> None:
    usual = queries.default_call()
    assert {criterion.code: criterion.source for criterion in usual.criteria} == {
        "product_quality": CriterionSource.COMMITTEE,
        "territory": CriterionSource.RURAL,
        "women_and_youth": CriterionSource.WOMEN_LED,
        "first_participation": CriterionSource.FIRST_TIME,
        "innovation": CriterionSource.COMMITTEE,
    }
    assert all(criterion.guides for criterion in usual.criteria)
    assert [document.code for document in usual.documents if document.can_be_exempt] == ["food_safety"]
    assert usual.rules.objections is not None
    assert all("55-19" in text for text in (usual.rules.objections.ar, usual.rules.objections.fr))


def test_set_questions_keeps_order_kind_and_bounds_and_records_the_change(session: Session) -> None:
    event = make_event(session)
    text = QuestionTerms("story", Texts("قصتكم", "Votre histoire"), optional=True, least=1, most=2)
    asking.set_questions(session, actor=ORGANIZER, slug=event.slug, questions=[text, POWER], now=NOW)
    found = queries.call_of(session, event=event).questions
    assert [(row.code, row.title_en, row.least, row.most) for row in found] == [
        ("story", "Votre histoire", None, None),
        ("power", "Power", 0, 5000),
    ]
    details = queries.questions_of(session, event=event, phase=QuestionPhase.DETAILS)
    assert [row.code for row in details] == ["power"]
    assert recorded(session, event) == [("events.questions_set", {"added": ["story", "power"]})]
    changed = replace(POWER, most=6000)
    asking.set_questions(session, actor=ORGANIZER, slug=event.slug, questions=[changed], now=NOW)
    assert recorded(session, event)[1:] == [
        ("events.questions_set", {"removed": ["story"], "changed": ["power"]})
    ]


def test_setting_the_same_again_records_nothing(app: Flask, session: Session) -> None:
    event = make_event(session)
    for _ in range(2):
        asking.set_questions(session, actor=ORGANIZER, slug=event.slug, questions=[POWER], now=NOW)
        asking.set_capacities(
            session, actor=ORGANIZER, slug=event.slug, capacities=[CapacityTerms(9)], now=NOW
        )
        set_rules(app, session, event, CallRules(draw_seed="2027-118"))
    assert [action for action, _details in recorded(session, event)] == [
        "events.questions_set",
        "events.capacities_set",
        "events.rules_set",
    ]


def test_set_questions_refused_changes_nothing(session: Session) -> None:
    event = make_event(session)
    with pytest.raises(errors.CodeTwice):
        asking.set_questions(session, actor=ORGANIZER, slug=event.slug, questions=[POWER, POWER], now=NOW)
    assert (queries.questions_of(session, event=event), recorded(session, event)) == ([], [])


def test_set_rules_changes_what_the_event_says(app: Flask, session: Session) -> None:
    event = make_event(session)
    rules = CallRules(
        objections=Texts("اعتراض", "Contester"),
        objection_days=15,
        reviews_wanted=3,
        is_blind=True,
        draw_seed="BO 7412",
        offer_hours=24,
        waiting_list_stopped=True,
        details_due_on=TODAY + timedelta(days=8),
    )
    set_rules(app, session, event, rules)
    assert (event.objections_en, event.objection_days, event.is_blind, event.draw_seed) == (
        "Contester",
        15,
        True,
        "BO 7412",
    )
    stopped = event.waiting_list_stopped_at
    set_rules(app, session, event, replace(rules, waiting_list_stopped=False))
    assert (stopped, event.waiting_list_stopped_at) == (NOW, None)
    assert recorded(session, event)[-1] == ("events.rules_set", {"changed": ["waiting_list"]})


@pytest.mark.parametrize("known", [Count.RUNS, Count.SCORES])
def test_set_rules_with_another_seed_after_scores_or_a_ranking_is_refused(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch, known: Count
) -> None:
    event = make_event(session, draw_seed="first")
    offered = dict(app.extensions["event_counts"])
    monkeypatch.setitem(app.extensions, "event_counts", offered)
    offer_count(app, known, lambda _session, ids: dict.fromkeys(ids, 1))
    with pytest.raises(errors.SeedFixed):
        set_rules(app, session, event, CallRules(draw_seed="second"))
    assert (event.draw_seed, recorded(session, event)) == ("first", [])
    assert (
        set_rules(app, session, event, CallRules(draw_seed="first", objection_days=12)).objection_days == 12
    )


def test_changes_of_a_call_say_who_and_whether_registration_had_opened(session: Session) -> None:
    account = make_account(session, Role.ORGANIZER)
    actor = make_actor(Role.ORGANIZER, account=account)
    event = make_event(session, published_at=NOW - timedelta(days=20))
    before = NOW - timedelta(days=15)
    asking.set_capacities(session, actor=actor, slug=event.slug, capacities=[CapacityTerms(40)], now=before)
    assert changed_after_opening(session, event=event) is None
    asking.set_capacities(session, actor=actor, slug=event.slug, capacities=[CapacityTerms(60)], now=NOW)
    late, early = call_changes(session, event=event)
    assert (late.action, late.name, late.entries, late.after_opening) == (
        "capacities_set",
        account.name,
        {"changed": ["*"]},
        True,
    )
    assert (early.entries, early.after_opening) == ({"added": ["*"]}, False)
    assert changed_after_opening(session, event=event) == NOW


@pytest.fixture
def organizer(session: Session, client: FlaskClient) -> FlaskClient:
    """A browser where an organizer of the whole nation is signed in."""
    return sign_in(client, make_account(session, Role.ORGANIZER))


def test_questions_page_saves_choices_and_shows_them_again(session: Session, organizer: FlaskClient) -> None:
    event = make_event(session)
    url = f"/en/organizer/events/{event.slug}/call/questions"
    row = {
        "rows-0-ar": "كيف تنقلون المنتوج؟",
        "rows-0-fr": "Comment transportez-vous ?",
        "rows-0-kind": "choice",
        "rows-0-phase": "registration",
        "rows-0-choices_ar": "سيارة\nشاحنة",
        "rows-0-choices_fr": "Voiture\nCamion",
    }
    uneven = organizer.post(url, data=row | {"rows-0-choices_fr": "Voiture"})
    assert uneven.status_code == 422
    assert "as many choices in French" in uneven.text
    assert "شاحنة" in uneven.text
    assert organizer.post(url, data=row).status_code == 303
    [saved] = queries.questions_of(session, event=event)
    assert [(choice["code"], choice["fr"]) for choice in saved.choices] == [
        ("choice_1", "Voiture"),
        ("choice_2", "Camion"),
    ]
    assert "Voiture\nCamion" in organizer.get(url).text.replace("\r", "")


def test_places_page_saves_and_warns_of_too_many_in_sectors(session: Session, organizer: FlaskClient) -> None:
    event = make_market(session, stops=2)
    url = f"/en/organizer/events/{event.slug}/call/capacities"
    rows = {
        "rows-0-stop": "",
        "rows-0-sector": "",
        "rows-0-places": "٤٠",
        "rows-1-stop": "S2",
        "rows-1-sector": "AGR",
        "rows-1-places": "50",
        "rows-2-stop": "",
        "rows-2-sector": "",
        "rows-2-places": "",
    }
    assert organizer.post(url, data=rows).status_code == 303
    assert [(c.stop_code, c.places) for c in queries.capacities_of(session, event=event)] == [
        ("", 40),
        ("S2", 50),
    ]
    page = organizer.get(url).text
    assert "The sectors of stop S2 promise more places than the stop has." in page
    assert "The sectors of stop S1" not in page
    wrong = organizer.post(url, data=rows | {"rows-1-stop": "S9"})
    assert wrong.status_code == 422


def test_rules_page_saves_refuses_and_keeps_what_was_typed(session: Session, organizer: FlaskClient) -> None:
    event = make_event(session)
    url = f"/en/organizer/events/{event.slug}/call/rules"
    data = {
        "is_blind": "yes",
        "reviews_wanted": "3",
        "draw_seed": "7412",
        "waiting_list": "running",
        "offer_hours": "24",
        "objection_days": "15",
        "objections_ar": "من صفحة التتبع",
        "objections_fr": "Sur la page de suivi",
    }
    assert organizer.get(url).status_code == 200
    late = (TODAY + timedelta(days=400)).isoformat()
    refused = organizer.post(url, data=data | {"details_due_on": late})
    assert refused.status_code == 422
    assert "due before the last day" in refused.text
    assert "Sur la page de suivi" in refused.text
    assert organizer.post(url, data=data).status_code == 303
    session.expire_all()
    assert (session.get_one(Event, event.id).is_blind, session.get_one(Event, event.id).offer_hours) == (
        True,
        24,
    )
    changes = organizer.get(f"/en/organizer/events/{event.slug}/call/changes")
    assert "Changed after the opening" in changes.text


def test_public_call_declares_everything_and_is_light(
    app: Flask, session: Session, client: FlaskClient
) -> None:
    event = make_market(session, stops=4, answer_by_on=TODAY + timedelta(days=15))
    usual = queries.default_call()
    calls.set_documents(session, actor=ORGANIZER, slug=event.slug, documents=usual.documents, now=NOW)
    calls.set_criteria(session, actor=ORGANIZER, slug=event.slug, criteria=usual.criteria, now=NOW)
    places = [CapacityTerms(40), CapacityTerms(12, "", "AGR"), CapacityTerms(15, "S2", "AGR")]
    asking.set_capacities(session, actor=ORGANIZER, slug=event.slug, capacities=places, now=NOW)
    asking.set_questions(session, actor=ORGANIZER, slug=event.slug, questions=[POWER], now=NOW)
    rules = replace(usual.rules, is_blind=True, draw_seed="BO 7412", offer_hours=36)
    set_rules(app, session, event, rules)
    answer = client.get(f"/en/events/{event.slug}/call", headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert len(answer.data) <= MOST_BYTES
    page = gzip.decompress(answer.data).decode()
    for text in (
        "Plain photos are enough",
        "Whoever is exempt says why",
        "The committee gives 0 to",
        "Computed: led by a woman",
        "The committee does not see the names",
        "BO 7412",
        "kept 36 hours",
        "Within 10 days of the decision",
        "law 55-19",
        "asked of the accepted only",
        "This call was changed after registration opened",
        "Law 09-08",
    ):
        assert text in page, text
    assert f"/en/events/{event.slug}/call" in client.get(f"/en/events/{event.slug}").text


def test_public_call_of_an_event_without_terms_says_so(session: Session, client: FlaskClient) -> None:
    event = make_event(session, registration_opens_on=None, registration_closes_on=None)
    page = client.get(f"/en/events/{event.slug}/call").text
    for text in ("Not told yet", "asks for no document", "has not told the number of places"):
        assert text in page
    draft = make_event(session, published_at=None)
    assert client.get(f"/en/events/{draft.slug}/call").status_code == 404
