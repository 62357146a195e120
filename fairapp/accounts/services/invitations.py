"""Invitations to open an account for a cooperative that registered without one."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.accounts.domain import INVITATION_VALID
from fairapp.accounts.errors import InvitationForOther, Unreachable
from fairapp.accounts.models import Account, Invitation
from fairapp.accounts.queries import people, places
from fairapp.accounts.services.people import create_account
from fairapp.accounts.services.roles import grant_role
from fairapp.audit import services as audit
from fairapp.audit.domain import Actor, Role, ScopeKind
from fairapp.foundation.ids import new_token, token_hash
from fairapp.messages.domain import Channel
from fairapp.messages.services import write_message


def invite_cooperative(
    session: Session,
    *,
    actor: Actor,
    cooperative_id: int,
    email: str | None,
    phone: str | None,
    locale: str,
    now: datetime,
) -> Invitation | None:
    """Invite a cooperative to open an account, by mail or else by SMS.

    None, and nothing is sent, when it has an account, or holds an invitation to this address.

    Raises: Unreachable, CooperativeUnknown.
    """
    if not (email or phone):
        raise Unreachable()
    cooperative = places.cooperative(session, cooperative_id=cooperative_id)
    if people.cooperative_has_account(session, cooperative_id=cooperative_id) or _is_invited(
        session, cooperative_id, email, phone, now
    ):
        return None
    token = new_token()
    invitation = Invitation(
        token_hash=token_hash(token),
        cooperative_id=cooperative_id,
        email=email,
        phone=phone,
        locale=locale,
        created_at=now,
        expires_at=now + INVITATION_VALID,
    )
    session.add(invitation)
    session.flush()
    write_message(
        session,
        channel=Channel.MAIL if email else Channel.SMS,
        recipient=email or phone or "",
        locale=locale,
        template="accounts/invited",
        context={
            "token": token,
            "cooperative_ar": cooperative.name_ar,
            "cooperative_fr": cooperative.name_fr,
            "days": INVITATION_VALID.days,
        },
        key=f"accounts.invited:{invitation.id}",
        now=now,
        subject_type="cooperative",
        subject_id=cooperative_id,
    )
    _record(session, actor, "accounts.invited", invitation, now)
    return invitation


def open_invited_account(
    session: Session, *, actor: Actor, token: str, name: str, password_hash: str, now: datetime
) -> Account:
    """Open the account of an invitation, with the role of its cooperative. Works once.

    Raises: LinkNotValid, InvitationForOther.
    """
    invitation = people.open_invitation(session, token_hash=token_hash(token), now=now, lock=True)
    if people.account_of_invitation(session, invitation=invitation) is not None:
        raise InvitationForOther()
    account = create_account(
        session,
        actor=actor,
        name=name,
        email=invitation.email,
        phone=invitation.phone,
        locale=invitation.locale,
        password_hash=password_hash,
        now=now,
    )
    _take_up(session, actor, invitation, account.id, now)
    return account


def take_up_invitation(session: Session, *, actor: Actor, token: str, now: datetime) -> Invitation:
    """Give the signed-in account the role of the invitation's cooperative. Works once.

    Raises: LinkNotValid.
    """
    assert actor.account_id is not None
    invitation = people.open_invitation(session, token_hash=token_hash(token), now=now, lock=True)
    _take_up(session, actor, invitation, actor.account_id, now)
    return invitation


def _take_up(session: Session, actor: Actor, invitation: Invitation, account_id: int, now: datetime) -> None:
    invitation.used_at = now
    grant_role(
        session,
        actor=actor,
        account_id=account_id,
        role=Role.COOPERATIVE,
        scope=ScopeKind.COOPERATIVE,
        cooperative_id=invitation.cooperative_id,
        now=now,
    )
    _record(session, actor, "accounts.invitation_taken_up", invitation, now)


def _is_invited(
    session: Session, cooperative_id: int, email: str | None, phone: str | None, now: datetime
) -> bool:
    found = session.scalar(
        select(Invitation.id).where(
            Invitation.cooperative_id == cooperative_id,
            Invitation.email == email if email else Invitation.phone == phone,
            Invitation.used_at.is_(None),
            Invitation.expires_at > now,
        )
    )
    return found is not None


def _record(session: Session, actor: Actor, action: str, invitation: Invitation, now: datetime) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        subject_type="cooperative",
        subject_id=invitation.cooperative_id,
        details={"invitation_id": invitation.id},
        now=now,
    )
