"""Issuing, withdrawing and revoking badges."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from fairapp.audit.domain import Role, ScopeKind
from fairapp.audit.models import AuditEntry
from fairapp.badges.domain import Claim, HolderKind
from fairapp.badges.errors import AlreadyRevoked, BadgeNotFound
from fairapp.badges.models import Badge, BadgeKey
from fairapp.badges.queries.cards import badges_of_registration
from fairapp.badges.queries.issuing import public_keys
from fairapp.badges.services.issuing import issue_badges, revoke_badge, send_again, withdraw_badges
from fairapp.badges.signing import Vault, read_code
from fairapp.events.models import Event
from fairapp.foundation.ids import numbered_reference, parse_reference
from fairapp.outbox.models import OutboxRow
from fairapp.registrations.domain import RegistrationState
from fairapp.registrations.models import Registration
from fairapp.stands.models import Allocation
from tests import NOW
from tests.factories.accounts import make_account, make_actor
from tests.factories.badges import VAULT, make_badge, make_badges, make_placed_registration
from tests.factories.events import make_market
from tests.factories.registrations import make_accepted_registration
from tests.factories.stands import make_allocation, make_stand


def _allocation(session: Session, registration: Registration) -> Allocation:
    return session.scalars(select(Allocation).where(Allocation.registration_id == registration.id)).one()


def _event(session: Session, badge: Badge) -> Event:
    return session.get_one(Event, badge.event_id, options=[selectinload(Event.stops)])


def _registration(session: Session, badge: Badge) -> Registration:
    return session.get_one(
        Registration,
        badge.registration_id,
        options=[joinedload(Registration.event).selectinload(Event.stops)],
        populate_existing=True,
    )


def _work(session: Session) -> list[str]:
    return list(session.scalars(select(OutboxRow.task).order_by(OutboxRow.id)))


def test_issue_badges_gives_one_to_each_representative_and_asks_to_send(session: Session) -> None:
    registration = make_placed_registration(session, representatives=3)

    badges = make_badges(session, registration)

    assert [badge.representative_id for badge in badges] == [p.id for p in registration.representatives]
    assert len({badge.token for badge in badges}) == 3
    assert all(parse_reference(badge.short_code) == badge.short_code for badge in badges)
    assert _work(session) == ["badges.send_badges"]
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject_id, entry.details) == (
        "badges.issued",
        registration.reference,
        {"badges": 3},
    )


def test_issued_code_is_signed_for_the_event_and_its_days(session: Session) -> None:
    badge = make_badge(session)
    stop = _event(session, badge).stops[0]

    claim = read_code(badge.code, public_keys(session))

    assert claim == Claim(
        event_id=badge.event_id,
        number=claim.number if claim else 0,
        holder=HolderKind.EXHIBITOR,
        valid_from_on=stop.starts_on,
        valid_to_on=stop.ends_on,
        key_id=badge.key_id,
    )
    assert claim is not None
    assert numbered_reference(claim.number) == badge.short_code


def test_issue_badges_twice_issues_and_sends_once(session: Session) -> None:
    registration = make_placed_registration(session)
    make_badges(session, registration)

    assert make_badges(session, registration) == []
    assert _work(session) == ["badges.send_badges"]


def test_issue_badges_with_another_stand_sends_again(session: Session) -> None:
    registration = make_placed_registration(session)
    make_badges(session, registration)
    make_allocation(session, make_stand(session, registration.event.stops[0]), registration)

    assert make_badges(session, registration) == []
    assert _work(session) == ["badges.send_badges"] * 2


@pytest.mark.parametrize("state", [s for s in RegistrationState if s is not RegistrationState.ACCEPTED])
def test_issue_badges_when_not_accepted_issues_none(session: Session, state: RegistrationState) -> None:
    registration = make_placed_registration(session)
    registration.state = state
    session.flush()

    assert make_badges(session, registration) == []
    assert _work(session) == []


def test_issue_badges_without_a_stand_issues_none(session: Session) -> None:
    assert make_badges(session, make_accepted_registration(session)) == []


def test_issue_badges_of_an_unknown_registration_issues_none(session: Session) -> None:
    assert issue_badges(session, registration_id=404, vault=VAULT, now=NOW) == []
    assert withdraw_badges(session, registration_id=404, now=NOW) == []


def test_badges_are_signed_with_one_key_that_only_the_vault_opens(session: Session) -> None:
    first, second = make_badge(session), make_badge(session)

    key = session.scalars(select(BadgeKey)).one()

    assert (first.key_id, second.key_id) == (key.id, key.id)
    assert b"PRIVATE KEY" not in key.private_encrypted


def test_new_secret_without_the_old_one_makes_a_new_key_and_old_badges_stay_good(session: Session) -> None:
    old = make_badge(session)
    registration = make_placed_registration(session)

    new = issue_badges(session, registration_id=registration.id, vault=Vault(["another"]), now=NOW)[0]

    assert new.key_id != old.key_id
    assert all(read_code(badge.code, public_keys(session)) is not None for badge in (old, new))


def test_badge_of_a_market_is_valid_from_its_first_to_its_last_day(session: Session) -> None:
    event = make_market(session, stops=3)
    registration = make_accepted_registration(session, event=event)
    make_allocation(session, make_stand(session, event.stops[1], code="B-2"), registration)

    badge = make_badges(session, registration)[0]

    assert (badge.valid_from_on, badge.valid_to_on) == (event.stops[0].starts_on, event.stops[2].ends_on)
    card = badges_of_registration(session, registration_id=registration.id)[0].card
    assert [(stop.code, stop.stands) for stop in card.placed] == [("S2", ("B-2",))]


def test_withdraw_badges_when_the_last_stand_is_taken_back_revokes_them(session: Session) -> None:
    badge = make_badge(session)
    registration = _registration(session, badge)
    _allocation(session, registration).released_at = NOW
    session.flush()

    withdrawn = withdraw_badges(session, registration_id=registration.id, now=NOW)

    assert [b.id for b in withdrawn] == [badge.id]
    assert (badge.revoked_at, badge.revocation_reason, badge.revoked_by_id) == (NOW, "no_stand", None)


def test_withdraw_badges_while_a_stand_is_held_changes_nothing(session: Session) -> None:
    badge = make_badge(session)

    assert withdraw_badges(session, registration_id=badge.registration_id, now=NOW) == []
    assert badge.revoked_at is None


def test_withdraw_badges_of_a_withdrawn_registration_revokes_them(session: Session) -> None:
    badge = make_badge(session)
    _registration(session, badge).state = RegistrationState.WITHDRAWN
    session.flush()

    withdraw_badges(session, registration_id=badge.registration_id, now=NOW)

    assert badge.revocation_reason == "not_accepted"
    assert withdraw_badges(session, registration_id=badge.registration_id, now=NOW) == []


def test_withdrawn_badges_are_issued_anew_when_a_stand_is_given_again(session: Session) -> None:
    badge = make_badge(session)
    registration = _registration(session, badge)
    _allocation(session, registration).released_at = NOW
    session.flush()
    withdraw_badges(session, registration_id=registration.id, now=NOW)
    make_allocation(session, make_stand(session, registration.event.stops[0]), registration)

    again = make_badges(session, registration)

    assert [b.representative_id for b in again] == [badge.representative_id]
    assert again[0].code != badge.code


def test_revoke_badge_is_kept_with_its_reason_and_not_issued_again(session: Session) -> None:
    badge = make_badge(session)
    account = make_account(session)
    actor = make_actor(Role.ORGANIZER, account=account)
    event = _event(session, badge)

    revoke_badge(
        session,
        actor=actor,
        slug=event.slug,
        short_code=badge.short_code,
        reason="Left",
        replacement=None,
        now=NOW,
    )

    assert (badge.revoked_at, badge.revoked_by_id, badge.revocation_reason) == (NOW, account.id, "Left")
    assert make_badges(session, _registration(session, badge)) == []
    last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last is not None
    assert (last.action, last.details) == ("badges.revoked", {"code": badge.short_code, "replaced": False})


def test_revoke_badge_with_a_replacement_issues_another_and_sends_it(session: Session) -> None:
    badge = make_badge(session)
    event = _event(session, badge)

    revoke_badge(
        session,
        actor=make_actor(Role.ORGANIZER, account=make_account(session)),
        slug=event.slug,
        short_code=badge.short_code,
        reason="Lost",
        replacement=VAULT,
        now=NOW,
    )

    live = session.scalars(select(Badge).where(Badge.revoked_at.is_(None))).one()
    assert (live.representative_id, live.id == badge.id) == (badge.representative_id, False)
    assert _work(session) == ["badges.send_badges"] * 2


def test_revoke_badge_twice_is_refused(session: Session) -> None:
    badge = make_badge(session)
    badge.revoked_at = NOW
    session.flush()
    event = _event(session, badge)
    actor = make_actor(Role.ORGANIZER)
    with pytest.raises(AlreadyRevoked):
        revoke_badge(
            session,
            actor=actor,
            slug=event.slug,
            short_code=badge.short_code,
            reason="x",
            replacement=None,
            now=NOW,
        )
    with pytest.raises(AlreadyRevoked):
        send_again(session, actor=actor, slug=event.slug, short_code=badge.short_code, now=NOW)


def test_badge_outside_the_organizers_region_is_not_found(session: Session) -> None:
    badge = make_badge(session)
    event = _event(session, badge)
    stranger = make_actor(Role.ORGANIZER, ScopeKind.REGION, region_code="01")

    with pytest.raises(BadgeNotFound):
        send_again(session, actor=stranger, slug=event.slug, short_code=badge.short_code, now=NOW)
    assert _work(session) == ["badges.send_badges"]


def test_send_again_asks_for_one_more_sending(session: Session) -> None:
    badge = make_badge(session)
    event = _event(session, badge)
    for _ in range(2):  # a button pressed twice
        send_again(
            session, actor=make_actor(Role.ORGANIZER), slug=event.slug, short_code=badge.short_code, now=NOW
        )
    assert _work(session) == ["badges.send_badges"] * 2


def test_short_code_that_is_taken_is_drawn_again(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = make_badge(session).short_code
    draws = iter([taken, "23456789"])
    monkeypatch.setattr("fairapp.badges.services.issuing.new_reference", lambda: next(draws))
    assert make_badge(session).short_code == "23456789"
