"""Accounts, roles, attempts, devices, invitations, and what operators decide."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fairapp.accounts import errors
from fairapp.accounts.domain import INVITATION_VALID, password_fingerprint
from fairapp.accounts.models import Account, ApiToken, Attempts, Device, Invitation, RoleGrant, SignIn
from fairapp.accounts.queries.actors import bearer_actor, signed_in_account
from fairapp.accounts.services import attempts, devices, invitations, operations, people, roles, sign_ins
from fairapp.audit.domain import SYSTEM, Actor, ActorKind, Grant, Role, ScopeKind
from fairapp.audit.models import AuditEntry
from fairapp.foundation.errors import NotFound, TooManyAttempts
from fairapp.foundation.ids import token_hash
from fairapp.messages.domain import Channel, MessageState
from fairapp.messages.models import Message
from fairapp.messages.services import write_message
from fairapp.outbox.domain import WorkState
from fairapp.outbox.models import OutboxRow
from fairapp.outbox.services import enqueue
from tests import NOW
from tests.factories.accounts import make_account, make_actor, make_grant
from tests.factories.cooperatives import make_cooperative
from tests.factories.events import make_event
from tests.factories.stands import make_stand

HOUR = timedelta(hours=1)


def _create(session: Session, **overrides: object) -> Account:
    values = {
        "actor": SYSTEM,
        "name": "Amina",
        "email": "Amina@Example.org",
        "phone": "06 12 34 56 78",
        "locale": "ar",
        "now": NOW,
    }
    return people.create_account(session, **(values | overrides))  # type: ignore[arg-type] # of the test


def _actions(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.sequence)))


def test_create_account_normalises_and_is_recorded(session: Session) -> None:
    account = _create(session)
    assert (account.email, account.phone, account.password, account.active) == (
        "amina@example.org",
        "+212612345678",
        None,
        True,
    )
    assert _actions(session) == ["accounts.created"]


@pytest.mark.parametrize(
    "overrides, refusal",
    [
        ({"phone": None}, errors.EmailTaken),
        ({"email": None}, errors.PhoneTaken),
        ({"email": None, "phone": None}, errors.Unreachable),
        ({"email": "nobody", "phone": "12"}, errors.Unreachable),
    ],
    ids=["email", "phone", "neither", "unreadable"],
)
def test_create_account_that_cannot_be_reached_alone_is_refused(
    session: Session, overrides: dict[str, object], refusal: type[Exception]
) -> None:
    _create(session)
    with pytest.raises(refusal):
        _create(session, **overrides)
    assert session.scalar(select(func.count()).select_from(Account)) == 1


def test_count_attempt_past_the_limit_says_when_to_come_back(session: Session) -> None:
    values = {"act": "track", "key": "K7QM", "most": 2, "window_s": 900, "now": NOW}
    assert [attempts.count_attempt(session, **values) for _ in range(2)] == [1, 2]  # type: ignore[arg-type]
    with pytest.raises(TooManyAttempts) as refusal:
        attempts.count_attempt(session, **values)  # type: ignore[arg-type]
    assert refusal.value.retry_after_s == 900
    later = values | {"now": NOW + timedelta(minutes=15)}
    assert attempts.count_attempt(session, **later) == 1  # type: ignore[arg-type]
    assert attempts.count_attempt(session, **(values | {"key": "other"})) == 1  # type: ignore[arg-type]


def test_count_attempt_forgets_windows_of_days_ago(session: Session) -> None:
    attempts.count_attempt(session, act="a", key="k", most=1, window_s=60, now=NOW - timedelta(days=3))
    attempts.count_attempt(session, act="a", key="other", most=1, window_s=60, now=NOW)
    assert session.scalar(select(func.count()).select_from(Attempts)) == 1


def test_open_sign_in_replaces_the_one_before_and_forgives_the_try(session: Session) -> None:
    account = make_account(session)
    attempts.count_sign_in(session, account_key="a", address_key="b", now=NOW)
    first = sign_ins.open_sign_in(session, account_id=account.id, browser="Chrome", lasts=HOUR, now=NOW)
    second = sign_ins.open_sign_in(
        session,
        account_id=account.id,
        browser="Chrome",
        lasts=HOUR,
        now=NOW,
        replaces=first,
        counted=((attempts.SIGN_IN_ACT, "a", 900), (attempts.SIGN_IN_ACT, "b", 900)),
    )
    found = {token: _account_of(session, token) for token in (first, second)}
    assert found == {first: None, second: account.id}
    assert session.scalar(select(func.sum(Attempts.count))) == 0


def _account_of(session: Session, token: str, now: object = NOW) -> int | None:
    account = signed_in_account(session, token_hash=token_hash(token), now=now)  # type: ignore[arg-type]
    return account.id if account else None


def test_sign_in_ends_at_its_hour(session: Session) -> None:
    account = make_account(session)
    token = sign_ins.open_sign_in(session, account_id=account.id, browser="", lasts=HOUR, now=NOW)
    assert _account_of(session, token, NOW + HOUR - timedelta(seconds=1)) == account.id
    assert _account_of(session, token, NOW + HOUR) is None


def test_set_password_ends_every_sign_in_and_its_link(session: Session) -> None:
    account = make_account(session)
    token = sign_ins.open_sign_in(session, account_id=account.id, browser="", lasts=HOUR, now=NOW)
    fingerprint = password_fingerprint(account.fs_uniquifier, account.password)
    values = {"actor": SYSTEM, "account_id": account.id, "fingerprint": fingerprint, "now": NOW}
    people.set_password(session, password_hash="new", **values)  # type: ignore[arg-type]
    assert _account_of(session, token) is None
    with pytest.raises(errors.LinkNotValid):
        people.set_password(session, password_hash="newer", **values)  # type: ignore[arg-type]
    assert account.password == "new"


def test_set_active_disabled_account_can_do_nothing(session: Session) -> None:
    account = make_account(session, Role.ORGANIZER)
    cookie = sign_ins.open_sign_in(session, account_id=account.id, browser="", lasts=HOUR, now=NOW)
    token = sign_ins.create_token(session, actor=SYSTEM, account_id=account.id, now=NOW)
    people.set_active(session, actor=SYSTEM, account_id=account.id, active=False, now=NOW)
    assert _account_of(session, cookie) is None
    assert bearer_actor(session, token_hash=token_hash(token)) is None
    people.set_active(session, actor=SYSTEM, account_id=account.id, active=True, now=NOW)
    assert bearer_actor(session, token_hash=token_hash(token)) is not None
    assert _account_of(session, cookie) is None


def test_set_active_own_account_is_refused(session: Session) -> None:
    account = make_account(session, Role.ADMINISTRATOR)
    actor = make_actor(Role.ADMINISTRATOR, account=account)
    with pytest.raises(errors.OwnAccount):
        people.set_active(session, actor=actor, account_id=account.id, active=False, now=NOW)
    assert account.active


def test_last_administrator_stays(session: Session) -> None:
    account = make_account(session)
    grant = make_grant(session, account, Role.ADMINISTRATOR)
    with pytest.raises(errors.LastAdministrator):
        people.set_active(session, actor=SYSTEM, account_id=account.id, active=False, now=NOW)
    with pytest.raises(errors.LastAdministrator):
        roles.take_back_role(session, actor=SYSTEM, account_id=account.id, grant_id=grant.id, now=NOW)
    make_account(session, Role.ADMINISTRATOR)
    roles.take_back_role(session, actor=SYSTEM, account_id=account.id, grant_id=grant.id, now=NOW)
    assert grant.revoked_at == NOW


def test_grant_role_twice_is_one_grant_and_ends_when_taken_back(session: Session) -> None:
    account = make_account(session)
    event = make_event(session)
    values = {"actor": SYSTEM, "account_id": account.id, "role": Role.ORGANIZER, "now": NOW}
    reach = {"scope": ScopeKind.EVENT, "event_id": event.id}
    first = roles.grant_role(session, **values, **reach)  # type: ignore[arg-type]
    assert roles.grant_role(session, **values, **reach) is first  # type: ignore[arg-type]
    token = sign_ins.create_token(session, actor=SYSTEM, account_id=account.id, now=NOW)
    assert _grants(session, token) == (Grant(Role.ORGANIZER, ScopeKind.EVENT, event_id=event.id),)
    roles.take_back_role(session, actor=SYSTEM, account_id=account.id, grant_id=first.id, now=NOW)
    session.expire_all()
    assert _grants(session, token) == ()
    assert _actions(session)[-1] == "accounts.role_taken_back"


def _grants(session: Session, token: str) -> tuple[Grant, ...]:
    actor = bearer_actor(session, token_hash=token_hash(token))
    assert actor is not None
    return actor.grants


@pytest.mark.parametrize(
    "role, scope, refusal",
    [
        (Role.TILL, ScopeKind.EVENT, errors.RoleOutOfPlace),
        (Role.ADMINISTRATOR, ScopeKind.REGION, errors.RoleOutOfPlace),
        (Role.COOPERATIVE, ScopeKind.NATION, errors.RoleOutOfPlace),
        (Role.ORGANIZER, ScopeKind.REGION, errors.ScopeMissing),
        (Role.COOPERATIVE, ScopeKind.COOPERATIVE, errors.ScopeMissing),
    ],
)
def test_grant_role_out_of_place_is_refused(
    session: Session, role: Role, scope: ScopeKind, refusal: type[Exception]
) -> None:
    account = make_account(session)
    with pytest.raises(refusal):
        roles.grant_role(session, actor=SYSTEM, account_id=account.id, role=role, scope=scope, now=NOW)
    assert session.scalar(select(func.count()).select_from(RoleGrant)) == 0


def test_revoke_token_and_sign_in_of_somebody_else_are_not_found(session: Session) -> None:
    own, other = make_account(session), make_account(session)
    sign_ins.create_token(session, actor=SYSTEM, account_id=other.id, now=NOW)
    sign_ins.open_sign_in(session, account_id=other.id, browser="", lasts=HOUR, now=NOW)
    token, sign_in = session.scalars(select(ApiToken)).one(), session.scalars(select(SignIn)).one()
    actor = Actor(kind=ActorKind.ACCOUNT, account_id=own.id)
    with pytest.raises(NotFound):
        sign_ins.revoke_token(session, actor=actor, token_id=token.id, now=NOW)
    with pytest.raises(NotFound):
        sign_ins.revoke_sign_in(session, actor=actor, sign_in_id=sign_in.id, now=NOW)
    assert (token.revoked_at, sign_in.revoked_at) == (None, None)


def test_enrol_device_is_an_actor_bound_to_its_place_until_revoked(session: Session) -> None:
    event = make_event(session)
    stand = make_stand(session, event.stops[0], code="A-14")
    organizer = make_actor(Role.ORGANIZER, ScopeKind.EVENT, event_id=event.id)
    values = {"actor": organizer, "slug": event.slug, "now": NOW}
    device, token = devices.enrol_device(
        session,
        name="Phone",
        role=Role.TILL,
        stop="S1",
        stand="A-14",
        **values,  # type: ignore[arg-type]
    )
    actor = bearer_actor(session, token_hash=token_hash(token))
    assert actor == Actor(
        kind=ActorKind.DEVICE,
        device_id=device.id,
        label="Phone",
        grants=(Grant(Role.TILL, ScopeKind.EVENT, event_id=event.id),),
        stop_id=event.stops[0].id,
        stand_id=stand.id,
    )
    devices.revoke_device(session, device_id=device.id, **values)  # type: ignore[arg-type]
    assert bearer_actor(session, token_hash=token_hash(token)) is None


@pytest.mark.parametrize(
    "overrides, refusal",
    [
        ({"stop": "S9"}, errors.StopUnknown),
        ({"stand": "A-14"}, errors.StopUnknown),
        ({"stop": "S1", "stand": "Z-1"}, errors.StandUnknown),
        ({"role": Role.OFFICIAL}, errors.RoleOutOfPlace),
        ({"slug": "nothing"}, errors.EventUnknown),
        ({"actor": make_actor(Role.ORGANIZER, ScopeKind.REGION, region_code="01")}, errors.EventUnknown),
    ],
    ids=["stop", "stand without stop", "stand", "role", "event", "elsewhere"],
)
def test_enrol_device_where_it_cannot_be_is_refused(
    session: Session, overrides: dict[str, object], refusal: type[Exception]
) -> None:
    event = make_event(session)
    values = {
        "actor": make_actor(Role.ORGANIZER),
        "slug": event.slug,
        "name": "Phone",
        "role": Role.GATE,
        "now": NOW,
    }
    with pytest.raises(refusal):
        devices.enrol_device(session, **(values | overrides))  # type: ignore[arg-type]
    assert session.scalar(select(func.count()).select_from(Device)) == 0


def _invite(session: Session, cooperative_id: int, **overrides: object) -> Invitation | None:
    values = {
        "actor": SYSTEM,
        "cooperative_id": cooperative_id,
        "email": "coop@example.org",
        "phone": None,
        "locale": "fr",
        "now": NOW,
    }
    return invitations.invite_cooperative(session, **(values | overrides))  # type: ignore[arg-type]


def _letters(session: Session) -> list[Message]:
    return list(session.scalars(select(Message).order_by(Message.id)))


def test_invited_cooperative_opens_its_account_once(session: Session) -> None:
    cooperative = make_cooperative(session)
    invitation = _invite(session, cooperative.id)
    assert invitation is not None
    (letter,) = _letters(session)
    assert (letter.template, letter.recipient, letter.locale) == (
        "accounts/invited",
        "coop@example.org",
        "fr",
    )
    values = {"actor": SYSTEM, "token": letter.context["token"], "name": "Amina", "password_hash": "x"}
    account = invitations.open_invited_account(session, now=NOW, **values)
    grant = session.scalars(select(RoleGrant)).one()
    assert (account.email, account.locale) == ("coop@example.org", "fr")
    assert (grant.account_id, grant.role, grant.cooperative_id) == (
        account.id,
        Role.COOPERATIVE,
        cooperative.id,
    )
    with pytest.raises(errors.LinkNotValid):
        invitations.open_invited_account(session, now=NOW, **values)


def test_invite_cooperative_again_sends_nothing_more(session: Session) -> None:
    cooperative = make_cooperative(session)
    assert _invite(session, cooperative.id) is not None
    assert _invite(session, cooperative.id) is None
    assert len(_letters(session)) == 1
    assert _invite(session, cooperative.id, now=NOW + INVITATION_VALID) is not None
    make_account(
        session, Role.COOPERATIVE, ScopeKind.COOPERATIVE, cooperative_id=cooperative.id, email="x@example.org"
    )
    assert _invite(session, cooperative.id, email="new@example.org") is None


def test_invite_cooperative_by_phone_sends_a_text_message(session: Session) -> None:
    cooperative = make_cooperative(session)
    _invite(session, cooperative.id, email=None, phone="+212612345678")
    assert [(letter.channel, letter.recipient) for letter in _letters(session)] == [
        (Channel.SMS, "+212612345678")
    ]
    with pytest.raises(errors.Unreachable):
        _invite(session, cooperative.id, email=None)


def test_invitation_after_its_days_is_not_valid(session: Session) -> None:
    _invite(session, make_cooperative(session).id)
    token = _letters(session)[0].context["token"]
    with pytest.raises(errors.LinkNotValid):
        invitations.open_invited_account(
            session, actor=SYSTEM, token=token, name="A", password_hash="x", now=NOW + INVITATION_VALID
        )


def test_invitation_of_a_known_person_is_taken_up_signed_in(session: Session) -> None:
    account = make_account(session, email="coop@example.org")
    cooperative = make_cooperative(session)
    _invite(session, cooperative.id)
    token = _letters(session)[0].context["token"]
    with pytest.raises(errors.InvitationForOther):
        invitations.open_invited_account(
            session, actor=SYSTEM, token=token, name="A", password_hash="x", now=NOW
        )
    actor = Actor(kind=ActorKind.ACCOUNT, account_id=account.id)
    invitations.take_up_invitation(session, actor=actor, token=token, now=NOW)
    grant = session.scalars(select(RoleGrant)).one()
    assert (grant.account_id, grant.cooperative_id) == (account.id, cooperative.id)


def test_send_password_link_goes_by_mail_or_text_message(session: Session) -> None:
    by_mail = make_account(session)
    by_phone = make_account(session, email=None, phone="+212612345678", password=None)
    for account in (by_mail, by_phone):
        people.send_password_link(
            session, actor=SYSTEM, account_id=account.id, token="t", valid=HOUR, now=NOW
        )
    assert [(letter.template, letter.channel, letter.recipient) for letter in _letters(session)] == [
        ("accounts/password_link", Channel.MAIL, by_mail.email),
        ("accounts/first_password", Channel.SMS, "+212612345678"),
    ]


def _stuck(session: Session, state: MessageState, since: timedelta) -> Message:
    message = write_message(
        session,
        channel=Channel.MAIL,
        recipient="a@example.org",
        locale="ar",
        template="messages/check",
        context={},
        key=f"test:{state}:{since}",
        now=NOW,
    )
    message.state, message.sending_at = state, NOW - since
    session.flush()
    return message


def test_stuck_message_is_sent_again_or_settled_by_a_person(session: Session) -> None:
    operator = make_actor(Role.ADMINISTRATOR)
    unknown = _stuck(session, MessageState.SENDING, HOUR)
    operations.settle_stuck_message(session, actor=operator, message_id=unknown.id, now=NOW)
    failed = _stuck(session, MessageState.FAILED, HOUR)
    operations.send_again_message(session, actor=operator, message_id=failed.id, now=NOW)
    assert (unknown.state, failed.state) == (MessageState.SENT, MessageState.WAITING)
    assert _actions(session) == ["operations.message_settled", "operations.message_sent_again"]


@pytest.mark.parametrize(
    "state, since",
    [(MessageState.SENDING, timedelta(seconds=5)), (MessageState.SENT, HOUR), (MessageState.WAITING, HOUR)],
)
def test_message_on_its_way_is_left_alone(session: Session, state: MessageState, since: timedelta) -> None:
    message = _stuck(session, state, since)
    for decide in (operations.send_again_message, operations.settle_stuck_message):
        with pytest.raises(errors.NotStuck):
            decide(session, actor=SYSTEM, message_id=message.id, now=NOW)
    assert message.state is state


def test_failed_work_gets_fresh_tries(session: Session) -> None:
    enqueue(session, "badges.issue_badges", payload={}, key="k", now=NOW)
    row = session.scalars(select(OutboxRow)).one()
    row.state, row.tries = WorkState.FAILED, 8
    operations.do_work_again(session, actor=SYSTEM, key="k", now=NOW)
    assert (row.state, row.tries) == (WorkState.WAITING, 0)
