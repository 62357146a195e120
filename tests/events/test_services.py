"""Planning events, opening registration, and setting the terms of a call."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fairapp.accounts.models import RoleGrant
from fairapp.audit.domain import Role, ScopeKind
from fairapp.audit.models import AuditEntry
from fairapp.events import errors, queries
from fairapp.events.domain import (
    EventDetails,
    EventKind,
    EventLevel,
    EventStatus,
    QuotaKind,
    StopPlan,
    Texts,
    event_status,
)
from fairapp.events.models import Event
from fairapp.events.services import calls, planning, windows
from fairapp.events.terms import CriterionTerms, DocumentTerms, QuotaTerms, ReasonTerms
from tests import NOW, TODAY
from tests.factories.accounts import make_account, make_actor
from tests.factories.events import make_event, make_market

ORGANIZER = make_actor(Role.ORGANIZER)
DETAILS = EventDetails(
    kind=EventKind.FAIR,
    level=EventLevel.REGIONAL,
    titles=Texts("المعرض الجهوي", "Foire régionale de Khénifra"),
    region_code="05",
    registration_opens_on=date(2027, 6, 1),
    registration_closes_on=date(2027, 6, 30),
)
STOP = StopPlan(
    place_ar="خنيفرة",
    place_fr="Khénifra",
    province_code="05.301",
    starts_on=date(2027, 7, 10),
    ends_on=date(2027, 7, 15),
)


def _create(session: Session, **overrides: object) -> Event:
    values = {"actor": ORGANIZER, "details": DETAILS, "stops": [STOP], "now": NOW} | overrides
    return planning.create_event(session, **values)  # type: ignore[arg-type] # values of the test


def _status(event: Event, today: date = TODAY) -> EventStatus:
    return event_status(queries.dates_of(event), today)


def test_create_event_gives_slug_codes_and_usual_call(session: Session) -> None:
    event = _create(session)
    call = queries.call_of(session, event=event)
    assert event.slug == "foire-regionale-de-khenifra-2027"
    assert [stop.code for stop in event.stops] == ["S1"]
    assert event.title_en == "Foire régionale de Khénifra"
    assert [reason.code for reason in call.reasons] == [
        "missing_document",
        "outside_call",
        "sector_full",
        "rank",
        "withdrawn",
    ]
    assert sum(criterion.weight for criterion in call.criteria) == 100
    assert len(call.documents) >= 4
    assert _status(event) is EventStatus.DRAFT


def test_create_event_is_recorded_in_the_chain_of_the_event(session: Session) -> None:
    event = _create(session)
    entry = session.scalar(select(AuditEntry).where(AuditEntry.chain == f"event:{event.slug}"))
    assert entry is not None
    assert (entry.action, entry.subject_id) == ("events.created", str(event.id))


def test_create_event_twice_with_one_title_gives_two_slugs(session: Session) -> None:
    assert _create(session).slug + "-2" == _create(session).slug


def test_create_event_with_taken_slug_is_refused(session: Session) -> None:
    _create(session, slug="khenifra")
    with pytest.raises(errors.SlugTaken):
        _create(session, slug="khenifra")
    assert session.scalar(select(func.count()).select_from(Event).where(Event.slug == "khenifra")) == 1


MARKET = replace(DETAILS, kind=EventKind.MOBILE_MARKET)


@pytest.mark.parametrize(
    "details,stops,refusal",
    [
        (DETAILS, [], errors.NoStop),
        (DETAILS, [STOP, STOP], errors.FairHasOneStop),
        (MARKET, [], errors.NoStop),
        (MARKET, [replace(STOP, code="S1"), replace(STOP, code="s1")], errors.StopCodeTaken),
        (DETAILS, [replace(STOP, ends_on=date(2027, 7, 9))], errors.StopEndsBeforeStart),
        (DETAILS, [replace(STOP, ends_on=date(2028, 7, 15))], errors.StopTooLong),
        (DETAILS, [replace(STOP, province_code="99.999")], errors.UnknownProvince),
        (replace(DETAILS, region_code="99"), [STOP], errors.UnknownRegion),
        (replace(DETAILS, titles=Texts("عنوان", "")), [STOP], errors.TitleMissing),
        (replace(DETAILS, registration_opens_on=None), [STOP], errors.WindowIncomplete),
        (replace(DETAILS, registration_opens_on=date(2027, 7, 1)), [STOP], errors.WindowReversed),
    ],
)
def test_create_event_with_wrong_values_is_refused(
    session: Session, details: EventDetails, stops: list[StopPlan], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        _create(session, details=details, stops=stops)
    assert session.scalar(select(func.count()).select_from(Event)) == 0


def test_create_event_with_wrong_stop_says_which(session: Session) -> None:
    wrong = replace(STOP, province_code="99.999")
    with pytest.raises(errors.UnknownProvince) as caught:
        _create(session, details=MARKET, stops=[STOP, wrong])
    assert caught.value.field == "stops.1.province"


def test_create_event_with_a_code_given_twice_says_where(session: Session) -> None:
    with pytest.raises(errors.StopCodeTaken) as caught:
        _create(session, details=MARKET, stops=[replace(STOP, code="A"), STOP, replace(STOP, code="a")])
    assert caught.value.field == "stops.2.code"


@pytest.mark.parametrize("slug", ["Khenifra", "khenifra--fair", "-x", "معرض", "a" * 61])
def test_create_event_with_unreadable_slug_is_refused(session: Session, slug: str) -> None:
    with pytest.raises(errors.SlugUnreadable):
        _create(session, slug=slug)


def test_create_event_market_numbers_free_codes_around_given_ones(session: Session) -> None:
    event = _create(session, details=MARKET, stops=[STOP, replace(STOP, code="S1"), STOP])
    assert sorted(stop.code for stop in event.stops) == ["S1", "S2", "S3"]


def test_create_event_by_organizer_of_single_events_gets_the_new_one(session: Session) -> None:
    other = make_event(session)
    account = make_account(session, Role.ORGANIZER, ScopeKind.EVENT, event_id=other.id)
    actor = make_actor(Role.ORGANIZER, ScopeKind.EVENT, account, event_id=other.id)
    event = _create(session, actor=actor)
    grant = session.scalar(select(RoleGrant).where(RoleGrant.event_id == event.id))
    assert grant is not None
    assert (grant.account_id, grant.role, grant.scope) == (account.id, Role.ORGANIZER, ScopeKind.EVENT)


def test_create_event_in_another_region_is_forbidden(session: Session) -> None:
    account = make_account(session)
    with pytest.raises(errors.OutsideRegion):
        _create(session, actor=make_actor(Role.ORGANIZER, ScopeKind.REGION, account, region_code="09"))


def test_update_event_changes_what_is_said_and_keeps_slug(session: Session) -> None:
    event = _create(session)
    titles = Texts("معرض آخر", "Autre foire", "Another fair")
    planning.update_event(
        session, actor=ORGANIZER, slug=event.slug, details=replace(DETAILS, titles=titles), now=NOW
    )
    assert (event.title_en, event.slug) == ("Another fair", "foire-regionale-de-khenifra-2027")


def test_update_event_of_another_region_is_not_found(session: Session) -> None:
    event = make_event(session)
    actor = make_actor(Role.ORGANIZER, ScopeKind.REGION, region_code="09")
    with pytest.raises(errors.EventNotFound):
        planning.update_event(session, actor=actor, slug=event.slug, details=DETAILS, now=NOW)


def test_publish_event_shows_it_once(session: Session) -> None:
    event = _create(session)
    planning.publish_event(session, actor=ORGANIZER, slug=event.slug, now=NOW)
    planning.publish_event(session, actor=ORGANIZER, slug=event.slug, now=NOW + timedelta(days=1))
    assert event.published_at == NOW
    assert _status(event) is EventStatus.ANNOUNCED


def test_add_stop_to_market_takes_its_place_by_date(session: Session) -> None:
    event = _create(session, details=MARKET, stops=[STOP])
    earlier = replace(STOP, starts_on=date(2027, 7, 1), ends_on=date(2027, 7, 3))
    stop = planning.add_stop(session, actor=ORGANIZER, slug=event.slug, plan=earlier, now=NOW)
    assert (stop.code, stop.position) == ("S2", 1)


def test_add_stop_to_fair_is_refused(session: Session) -> None:
    event = _create(session)
    with pytest.raises(errors.FairHasOneStop):
        planning.add_stop(session, actor=ORGANIZER, slug=event.slug, plan=STOP, now=NOW)


def test_cancel_stop_and_restore_it(session: Session) -> None:
    event = make_market(session)
    planning.cancel_stop(session, actor=ORGANIZER, slug=event.slug, code="S2", now=NOW)
    assert [stop.cancelled for stop in queries.dates_of(event).stops] == [False, True, False, False]
    with pytest.raises(errors.StopCancelled):
        planning.update_stop(session, actor=ORGANIZER, slug=event.slug, code="S2", plan=STOP, now=NOW)
    planning.restore_stop(session, actor=ORGANIZER, slug=event.slug, code="S2", now=NOW)
    planning.update_stop(session, actor=ORGANIZER, slug=event.slug, code="S2", plan=STOP, now=NOW)
    assert queries.stop_of(event, "s2").starts_on == STOP.starts_on


def test_close_registration_overrides_the_window_and_opens_again(session: Session) -> None:
    event = make_event(session)
    closes_on = event.registration_closes_on
    windows.close_registration(session, actor=ORGANIZER, slug=event.slug, now=NOW)
    assert _status(event) is EventStatus.REGISTRATION_CLOSED
    windows.open_registration(session, actor=ORGANIZER, slug=event.slug, now=NOW)
    assert (_status(event), event.registration_closes_on) == (EventStatus.REGISTRATION_OPEN, closes_on)


@pytest.mark.parametrize(
    "opens,closes,expected",
    [
        (None, None, TODAY + timedelta(days=9)),
        (TODAY + timedelta(days=3), TODAY + timedelta(days=5), TODAY + timedelta(days=5)),
        (TODAY - timedelta(days=9), TODAY - timedelta(days=5), TODAY + timedelta(days=9)),
    ],
    ids=["no window", "window to come", "window past"],
)
def test_open_registration_now_outside_the_window(
    session: Session, opens: date | None, closes: date | None, expected: date
) -> None:
    event = make_event(session, registration_opens_on=opens, registration_closes_on=closes)
    windows.open_registration(session, actor=ORGANIZER, slug=event.slug, now=NOW)
    assert (_status(event), event.registration_closes_on) == (EventStatus.REGISTRATION_OPEN, expected)


def test_open_registration_of_draft_or_past_event_is_refused(session: Session) -> None:
    draft = make_event(session, published_at=None)
    with pytest.raises(errors.NotPublished):
        windows.open_registration(session, actor=ORGANIZER, slug=draft.slug, now=NOW)
    over = make_event(session)
    with pytest.raises(errors.RegistrationEnded):
        windows.open_registration(session, actor=ORGANIZER, slug=over.slug, now=NOW + timedelta(days=100))
    with pytest.raises(errors.WindowReversed):
        windows.open_registration(
            session, actor=ORGANIZER, slug=over.slug, closes_on=TODAY - timedelta(days=1), now=NOW
        )


def test_set_criteria_whose_weights_do_not_sum_is_refused(session: Session) -> None:
    event = _create(session)
    criteria = [CriterionTerms("a", Texts("أ", "A"), 60), CriterionTerms("b", Texts("ب", "B"), 30)]
    with pytest.raises(errors.WeightsDoNotSum):
        calls.set_criteria(session, actor=ORGANIZER, slug=event.slug, criteria=criteria, now=NOW)
    calls.set_criteria(
        session, actor=ORGANIZER, slug=event.slug, criteria=[replace(criteria[0], weight=100)], now=NOW
    )
    found = queries.call_of(session, event=event).criteria
    assert [(row.code, row.weight, row.title_en) for row in found] == [("a", 100, "A")]


def test_set_documents_replaces_the_list_in_its_order(session: Session) -> None:
    event = _create(session)
    documents = [
        DocumentTerms("product_photos", Texts("صور", "Photos", "Photos"), optional=True),
        DocumentTerms("price_list", Texts("لائحة الأثمان", "Liste de prix")),
    ]
    calls.set_documents(session, actor=ORGANIZER, slug=event.slug, documents=documents, now=NOW)
    found = queries.documents_of(session, event=event)
    assert [(row.code, row.optional) for row in found] == [("product_photos", True), ("price_list", False)]
    with pytest.raises(errors.CodeTwice):
        calls.set_documents(session, actor=ORGANIZER, slug=event.slug, documents=[documents[0]] * 2, now=NOW)


def test_set_quotas_replaces_them_and_refuses_one_group_twice(session: Session) -> None:
    event = _create(session)
    women = QuotaTerms(QuotaKind.WOMEN_LED, 50)
    calls.set_quotas(session, actor=ORGANIZER, slug=event.slug, quotas=[women], now=NOW)
    calls.set_quotas(session, actor=ORGANIZER, slug=event.slug, quotas=[women], now=NOW)
    assert [row.least_percent for row in queries.call_of(session, event=event).quotas] == [50]
    with pytest.raises(errors.QuotaTwice):
        calls.set_quotas(session, actor=ORGANIZER, slug=event.slug, quotas=[women, women], now=NOW)


def test_set_reasons_words_anew_and_adds_but_never_removes(session: Session) -> None:
    event = _create(session)
    usual = [
        ReasonTerms(row.code, Texts(row.text_ar, row.text_fr, row.text_en))
        for row in queries.reasons_of(session, event=event)
    ]
    own = ReasonTerms("late", Texts("متأخر", "Tardif"))
    calls.set_reasons(session, actor=ORGANIZER, slug=event.slug, reasons=[*usual, own], now=NOW)
    assert queries.reasons_of(session, event=event)[-1].text_en == "Tardif"
    with pytest.raises(errors.FixedReason):
        calls.set_reasons(session, actor=ORGANIZER, slug=event.slug, reasons=[own], now=NOW)
