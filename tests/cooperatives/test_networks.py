"""Who belongs to which network on a day, and who leads it."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from fairapp.audit.domain import GUEST, Role, ScopeKind
from fairapp.cooperatives.errors import CooperativeNotFound
from fairapp.cooperatives.queries import (
    cooperative_for,
    current_members,
    networks_led_by,
    networks_of,
    own_cooperatives,
    same_cooperative,
)
from tests import TODAY
from tests.factories.accounts import make_account, make_actor
from tests.factories.cooperatives import make_cooperative
from tests.factories.networks import make_membership, make_network

DAY = timedelta(days=1)


def test_current_members_are_in_one_network_on_the_day_of_a_change(session: Session) -> None:
    first, second = make_network(session), make_network(session)
    stays, moves = make_cooperative(session, name_ar="ب"), make_cooperative(session, name_ar="ا")
    make_membership(session, stays, first)
    make_membership(session, moves, first, until_on=TODAY)
    make_membership(session, moves, second, since_on=TODAY)
    ids = [first.id, second.id]
    assert current_members(session, network_ids=ids, on=TODAY - DAY) == {
        first.id: [moves, stays],
        second.id: [],
    }
    assert current_members(session, network_ids=ids, on=TODAY) == {first.id: [stays], second.id: [moves]}
    assert current_members(session, network_ids=[first.id], on=date(2024, 12, 31)) == {first.id: []}


def test_networks_of_cooperatives_on_a_day(session: Session) -> None:
    first, second = make_network(session), make_network(session)
    both, none = make_cooperative(session), make_cooperative(session)
    make_membership(session, both, first)
    make_membership(session, both, second)
    make_membership(session, none, first, until_on=TODAY)
    assert networks_of(session, cooperative_ids=[both.id, none.id], on=TODAY) == {
        both.id: {first.id, second.id},
        none.id: frozenset(),
    }


def test_networks_led_by_accounts_of_the_body_that_have_members(session: Session) -> None:
    body, member = make_cooperative(session), make_cooperative(session)
    led, empty = make_network(session, body_id=body.id), make_network(session, body_id=body.id)
    make_membership(session, member, led)
    make_membership(session, member, empty, until_on=TODAY)
    account = make_account(session, Role.COOPERATIVE, ScopeKind.COOPERATIVE, cooperative_id=body.id)
    leads = make_actor(Role.COOPERATIVE, ScopeKind.COOPERATIVE, account, cooperative_id=body.id)
    belongs = make_actor(Role.COOPERATIVE, ScopeKind.COOPERATIVE, cooperative_id=member.id)
    assert networks_led_by(session, actor=leads, on=TODAY) == [led]
    assert networks_led_by(session, actor=belongs, on=TODAY) == []
    assert networks_led_by(session, actor=GUEST, on=TODAY) == []


def test_cooperative_for_follows_merged_entries_to_the_one_that_is_kept(session: Session) -> None:
    kept = make_cooperative(session)
    between = make_cooperative(session, merged_into_id=kept.id)
    first = make_cooperative(session, merged_into_id=between.id)
    for code in (first.code, between.code, kept.code):
        assert cooperative_for(session, actor=make_actor(Role.ORGANIZER), code=code) is kept
    own = make_actor(Role.COOPERATIVE, ScopeKind.COOPERATIVE, cooperative_id=kept.id)
    assert cooperative_for(session, actor=own, code=first.code) is kept
    merged = make_actor(Role.COOPERATIVE, ScopeKind.COOPERATIVE, cooperative_id=first.id)
    with pytest.raises(CooperativeNotFound):
        cooperative_for(session, actor=merged, code=first.code)
    assert own_cooperatives(session, actor=merged) == []
    assert own_cooperatives(session, actor=own) == [kept]


def test_same_cooperative_follows_merged_entries(session: Session) -> None:
    kept = make_cooperative(session, name_ar="تعاونية النور", phone="+212600000009")
    make_cooperative(session, name_ar="تعاونية الأمل", phone="+212600000001", merged_into_id=kept.id)
    found = same_cooperative(
        session, name_ar="تعاونية الأمل", name_fr="", phone="+212600000001", legal_kind="cooperative"
    )
    assert found is kept
