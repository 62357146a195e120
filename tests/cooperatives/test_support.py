"""Programmes and networks are dated and never overwritten."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.audit.domain import Role
from fairapp.audit.models import AuditEntry
from fairapp.cooperatives.domain import Period
from fairapp.cooperatives.errors import (
    BeginsLater,
    BodyUnknown,
    EndsBeforeItBegins,
    HeldOnThatDay,
    NetworkNotFound,
    NotAMemberToLeave,
    ProgrammeNotFound,
    SupportNotFound,
)
from fairapp.cooperatives.models import Membership, Network, Programme, Support
from fairapp.cooperatives.services.support import (
    add_network,
    begin_support,
    change_network,
    end_support,
    join_network,
    leave_network,
)
from fairapp.foundation.errors import Refusal
from tests import NOW, TODAY
from tests.factories.accounts import make_actor
from tests.factories.cooperatives import make_cooperative
from tests.factories.networks import make_membership, make_network, make_support

DAY = timedelta(days=1)
JANUARY, MARCH = date(2026, 1, 1), date(2026, 3, 1)
WHO: dict[str, Any] = {"actor": make_actor(Role.ORGANIZER), "now": NOW}


@pytest.mark.parametrize(
    "one, other, meets",
    [
        (Period(JANUARY), Period(MARCH), True),
        (Period(JANUARY, MARCH), Period(MARCH), False),
        (Period(JANUARY, MARCH + DAY), Period(MARCH), True),
        (Period(JANUARY, JANUARY), Period(JANUARY), False),
    ],
    ids=["both go on", "one ends on the day", "one day in common", "never held"],
)
def test_periods_meet_on_days_in_common(one: Period, other: Period, meets: bool) -> None:
    assert one.meets(other) is meets
    assert other.meets(one) is meets


def test_programmes_of_the_public_statements_are_named(session: Session) -> None:
    assert session.scalars(select(Programme.code).order_by(Programme.id)).all() == [
        "mouazara",
        "tahfiz_an_niswa",
        "mourafaka",
        "al_jil_al_moutadamin",
        "coop_in",
        "indh",
    ]


def test_joining_one_network_for_another_keeps_both_in_the_history(session: Session) -> None:
    cooperative, first, second = make_cooperative(session), make_network(session), make_network(session)
    join_network(session, code=cooperative.code, network_code=first.code, since_on=JANUARY, **WHO)
    join_network(
        session, code=cooperative.code, network_code=second.code, since_on=MARCH, leaves=first.code, **WHO
    )
    leave_network(session, code=cooperative.code, network_code=second.code, until_on=TODAY, **WHO)
    join_network(session, code=cooperative.code, network_code=first.code, since_on=TODAY, **WHO)
    rows = session.scalars(select(Membership).order_by(Membership.id))
    assert [(row.network_id, row.since_on, row.until_on) for row in rows] == [
        (first.id, JANUARY, MARCH),
        (second.id, MARCH, TODAY),
        (first.id, TODAY, None),
    ]
    acts = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert acts == [
        "cooperatives.joined_network",
        "cooperatives.joined_network",
        "cooperatives.left_network",
        "cooperatives.joined_network",
    ]


@pytest.mark.parametrize(
    "values, refusal",
    [
        pytest.param({"since_on": TODAY + DAY}, BeginsLater, id="tomorrow"),
        pytest.param({"network_code": "nothing"}, NetworkNotFound, id="no network"),
        pytest.param({"leaves": "nothing"}, NotAMemberToLeave, id="not a member"),
        pytest.param({"since_on": date(2026, 6, 1), "network_code": "held"}, HeldOnThatDay, id="held"),
        pytest.param({"since_on": date(2024, 6, 1), "leaves": "held"}, EndsBeforeItBegins, id="left before"),
    ],
)
def test_joining_when_refused_changes_nothing(
    session: Session, values: dict[str, Any], refusal: type[Refusal]
) -> None:
    cooperative, held, other = make_cooperative(session), make_network(session), make_network(session)
    make_membership(session, cooperative, held)
    codes = {name: held.code for name, value in values.items() if value == "held"}
    wanted: dict[str, Any] = {"network_code": other.code, "since_on": MARCH} | values | codes
    with pytest.raises(refusal), session.begin_nested():
        join_network(session, code=cooperative.code, **wanted, **WHO)
    rows = session.scalars(select(Membership)).all()
    assert [(row.network_id, row.until_on) for row in rows] == [(held.id, None)]


def test_supports_are_recorded_and_ended(session: Session) -> None:
    cooperative = make_cooperative(session)
    begin_support(
        session, code=cooperative.code, programme_code="indh", since_on=JANUARY, until_on=MARCH, **WHO
    )
    begin_support(session, code=cooperative.code, programme_code="indh", since_on=MARCH, until_on=None, **WHO)
    end_support(session, code=cooperative.code, programme_code="indh", until_on=TODAY, **WHO)
    rows = session.scalars(select(Support).order_by(Support.id))
    assert [(row.since_on, row.until_on) for row in rows] == [(JANUARY, MARCH), (MARCH, TODAY)]
    with pytest.raises(SupportNotFound):
        end_support(session, code=cooperative.code, programme_code="indh", until_on=TODAY, **WHO)
    with pytest.raises(ProgrammeNotFound):
        begin_support(
            session, code=cooperative.code, programme_code="none", since_on=MARCH, until_on=None, **WHO
        )


def test_ending_before_the_beginning_is_refused(session: Session) -> None:
    cooperative = make_cooperative(session)
    indh = session.scalars(select(Programme).where(Programme.code == "indh")).one()
    support = make_support(session, cooperative, indh, since_on=MARCH)
    with pytest.raises(EndsBeforeItBegins):
        end_support(session, code=cooperative.code, programme_code="indh", until_on=JANUARY, **WHO)
    assert support.until_on is None


def test_network_names_its_own_entry_by_code(session: Session) -> None:
    body = make_cooperative(session)
    names: dict[str, Any] = {"name_ar": "اتحاد", "name_fr": "Union", "province_code": "09.001"}
    made = add_network(session, body_code=body.code, **names, **WHO)
    assert made.body_id == body.id
    changed = change_network(session, code=made.code, body_code=None, **names, **WHO)
    assert changed.body_id is None
    with pytest.raises(BodyUnknown):
        add_network(session, body_code="nothing", **names, **WHO)
    assert len(session.scalars(select(Network)).all()) == 1
