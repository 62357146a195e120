"""Programmes and networks, and who belongs to them: dated, never overwritten."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor
from fairapp.audit.services import record
from fairapp.cooperatives import queries, supported
from fairapp.cooperatives.domain import Period, check_end, check_period
from fairapp.cooperatives.errors import BodyUnknown, CooperativeNotFound, NotAMemberToLeave
from fairapp.cooperatives.models import Cooperative, Membership, Network, Programme, Support
from fairapp.foundation.clock import local_date
from fairapp.foundation.ids import new_reference


def add_programme(
    session: Session, *, actor: Actor, name_ar: str, name_fr: str, name_en: str, now: datetime
) -> Programme:
    """Name a programme that supports cooperatives."""
    programme = Programme(code=new_reference().lower(), name_ar=name_ar, name_fr=name_fr, name_en=name_en)
    session.add(programme)
    session.flush()
    _record(session, actor, "cooperatives.programme_added", "programme", programme.id, now)
    return programme


def add_network(
    session: Session,
    *,
    actor: Actor,
    name_ar: str,
    name_fr: str,
    province_code: str | None,
    body_code: str | None,
    now: datetime,
) -> Network:
    """Name a network; `body_code` is its own entry in the directory, whose accounts may file for members.

    Raises: BodyUnknown.
    """
    body = _body(session, actor, body_code)
    network = Network(
        code=new_reference(),
        name_ar=name_ar,
        name_fr=name_fr,
        province_code=province_code,
        body_id=body.id if body else None,
        created_at=now,
    )
    session.add(network)
    session.flush()
    _record(session, actor, "cooperatives.network_added", "network", network.id, now)
    return network


def change_network(
    session: Session,
    *,
    actor: Actor,
    code: str,
    name_ar: str,
    name_fr: str,
    province_code: str | None,
    body_code: str | None,
    now: datetime,
) -> Network:
    """Change what a network is called, where it is and which entry is its own.

    Raises: NetworkNotFound, BodyUnknown.
    """
    network = supported.network_by_code(session, code=code)
    body = _body(session, actor, body_code)
    network.name_ar, network.name_fr = name_ar, name_fr
    network.province_code, network.body_id = province_code, body.id if body else None
    session.flush()
    _record(session, actor, "cooperatives.network_changed", "network", network.id, now)
    return network


def join_network(
    session: Session,
    *,
    actor: Actor,
    code: str,
    network_code: str,
    since_on: date,
    now: datetime,
    leaves: str | None = None,
) -> Membership:
    """Make a cooperative a member of a network since a day; `leaves` names the one it leaves that day.

    Raises: CooperativeNotFound, NetworkNotFound, BeginsLater, HeldOnThatDay, NotAMemberToLeave,
    EndsBeforeItBegins.
    """
    cooperative = _locked(session, actor, code)
    network = supported.network_by_code(session, code=network_code)
    known = supported.memberships_of(session, cooperative_id=cooperative.id)
    others = [Period(one.since_on, one.until_on) for one in known if one.network_id == network.id]
    check_period(Period(since_on), others=others, today=local_date(now))
    if leaves:
        left = [one for one in known if one.network.code == leaves and one.until_on is None]
        if not left:
            raise NotAMemberToLeave()
        for membership in left:
            _end(membership, since_on)
    joined = Membership(
        cooperative_id=cooperative.id, network_id=network.id, since_on=since_on, recorded_at=now
    )
    session.add(joined)
    session.flush()
    details = {"network": network.code, "since_on": since_on.isoformat(), "left": leaves}
    _record(session, actor, "cooperatives.joined_network", "cooperative", cooperative.id, now, details)
    return joined


def leave_network(
    session: Session, *, actor: Actor, code: str, network_code: str, until_on: date, now: datetime
) -> None:
    """End the membership of a cooperative in a network on a day.

    Raises: CooperativeNotFound, SupportNotFound, EndsBeforeItBegins.
    """
    cooperative = _locked(session, actor, code)
    for membership in supported.open_memberships(
        session, cooperative_id=cooperative.id, network_code=network_code
    ):
        _end(membership, until_on)
    session.flush()
    details = {"network": network_code, "until_on": until_on.isoformat()}
    _record(session, actor, "cooperatives.left_network", "cooperative", cooperative.id, now, details)


def begin_support(
    session: Session,
    *,
    actor: Actor,
    code: str,
    programme_code: str,
    since_on: date,
    until_on: date | None,
    now: datetime,
) -> Support:
    """Record that a programme supports a cooperative since a day, until another or still.

    Raises: CooperativeNotFound, ProgrammeNotFound, BeginsLater, EndsBeforeItBegins, HeldOnThatDay.
    """
    cooperative = _locked(session, actor, code)
    programme = supported.programme_by_code(session, code=programme_code)
    known = supported.supports_of(session, cooperative_id=cooperative.id)
    others = [Period(one.since_on, one.until_on) for one in known if one.programme_id == programme.id]
    check_period(Period(since_on, until_on), others=others, today=local_date(now))
    support = Support(
        cooperative_id=cooperative.id,
        programme_id=programme.id,
        since_on=since_on,
        until_on=until_on,
        recorded_at=now,
    )
    session.add(support)
    session.flush()
    details = {"programme": programme.code, "since_on": since_on.isoformat()}
    _record(session, actor, "cooperatives.support_began", "cooperative", cooperative.id, now, details)
    return support


def end_support(
    session: Session, *, actor: Actor, code: str, programme_code: str, until_on: date, now: datetime
) -> None:
    """End the support of a cooperative by a programme on a day.

    Raises: CooperativeNotFound, SupportNotFound, EndsBeforeItBegins.
    """
    cooperative = _locked(session, actor, code)
    for support in supported.open_supports(
        session, cooperative_id=cooperative.id, programme_code=programme_code
    ):
        _end(support, until_on)
    session.flush()
    details = {"programme": programme_code, "until_on": until_on.isoformat()}
    _record(session, actor, "cooperatives.support_ended", "cooperative", cooperative.id, now, details)


def _end(dated: Membership | Support, until_on: date) -> None:
    check_end(Period(dated.since_on, until_on))
    dated.until_on = until_on


def _locked(session: Session, actor: Actor, code: str) -> Cooperative:
    cooperative = queries.cooperative_for(session, actor=actor, code=code)
    session.refresh(cooperative, ["merged_into_id"], with_for_update=True)
    return cooperative


def _body(session: Session, actor: Actor, code: str | None) -> Cooperative | None:
    if not code:
        return None
    try:
        return queries.cooperative_for(session, actor=actor, code=code)
    except CooperativeNotFound as refusal:
        raise BodyUnknown() from refusal


def _record(
    session: Session,
    actor: Actor,
    action: str,
    kind: str,
    identity: int,
    now: datetime,
    details: Mapping[str, str | None] | None = None,
) -> None:
    record(
        session,
        actor=actor,
        action=action,
        subject_type=kind,
        subject_id=identity,
        now=now,
        details=details,
    )
