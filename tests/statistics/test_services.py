"""Publishing figures: numbered revisions, cells of few sellers hidden, taken back by a revision."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fairapp.audit.domain import Role, ScopeKind
from fairapp.audit.models import AuditEntry
from fairapp.events.errors import EventNotFound
from fairapp.statistics.errors import EventNotBegun, NothingPublished
from fairapp.statistics.models import PublishedReport
from fairapp.statistics.queries.reports import published_reports
from fairapp.statistics.services import publish_report, take_back_report
from tests import NOW, TODAY
from tests.factories.accounts import make_account, make_actor
from tests.factories.events import make_event
from tests.statistics.arrange import YESTERDAY, make_fair_with_sales, make_held_stand, sell

ORGANIZER = make_actor(Role.ORGANIZER)


def publish(session: Session, slug: str) -> dict[str, Any]:
    report: dict[str, Any] = publish_report(session, actor=ORGANIZER, slug=slug, now=NOW).figures["public"]
    return report


def test_a_published_report_holds_the_figures_of_its_moment(session: Session) -> None:
    event = make_fair_with_sales(session)

    figures = publish(session, event.slug)

    assert figures["turnover"] == "2057.05"
    assert figures["coverage"] == {"expected": 10, "reported": 6, "zero_reports": 0, "rate": "0.600"}
    assert figures["counts"] == {"registered": 5, "accepted": 5, "present": None, "reported": 5}


def test_a_day_of_one_seller_is_hidden_and_the_other_day_with_it(session: Session) -> None:
    event = make_fair_with_sales(session)

    figures = publish(session, event.slug)

    days = {part["day"]: (part["hidden"], part["turnover"]) for part in figures["by_day"]}
    assert days == {YESTERDAY.isoformat(): (True, None), TODAY.isoformat(): (True, None)}
    sectors = {part["sector"]: part["hidden"] for part in figures["by_sector"]}
    assert sectors == {"AGR": True, None: True}


def test_two_sellers_hide_the_whole_turnover_but_not_the_counts(session: Session) -> None:
    event = make_fair_with_sales(session, sellers=2)

    figures = publish(session, event.slug)

    assert (figures["hidden"], figures["turnover"], figures["sales"]) == (True, None, None)
    assert all(part["turnover"] is None for part in figures["by_stop"])
    assert figures["counts"]["reported"] == 2


def test_a_later_publication_is_the_next_revision_and_the_first_stays(session: Session) -> None:
    event = make_fair_with_sales(session)
    publish(session, event.slug)
    stand, _registration = make_held_stand(session, event)
    sell(session, event, stand, 100_000, TODAY, None)

    publish(session, event.slug)

    reports = session.scalars(select(PublishedReport).order_by(PublishedReport.revision)).all()
    assert [(each.revision, each.figures["public"]["turnover"]) for each in reports] == [
        (1, "2057.05"),
        (2, "3057.05"),
    ]
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["statistics.published", "statistics.published"]


def test_taking_back_is_a_further_revision(session: Session) -> None:
    event = make_fair_with_sales(session)
    publish(session, event.slug)

    report = take_back_report(session, actor=ORGANIZER, slug=event.slug, now=NOW)

    assert (report.revision, report.figures) == (2, {"withdrawn": True})
    assert published_reports(session) == []
    with pytest.raises(NothingPublished):
        take_back_report(session, actor=ORGANIZER, slug=event.slug, now=NOW)


def test_figures_of_an_event_to_come_are_refused(session: Session) -> None:
    event = make_event(session)

    with pytest.raises(EventNotBegun):
        publish_report(session, actor=ORGANIZER, slug=event.slug, now=NOW)

    assert session.scalar(select(func.count()).select_from(PublishedReport)) == 0


def test_an_organizer_of_another_region_does_not_find_the_event(session: Session) -> None:
    event = make_fair_with_sales(session)
    account = make_account(session, Role.ORGANIZER, ScopeKind.REGION, region_code="09")
    elsewhere = make_actor(Role.ORGANIZER, ScopeKind.REGION, account, region_code="09")

    with pytest.raises(EventNotFound):
        publish_report(session, actor=elsewhere, slug=event.slug, now=NOW)
