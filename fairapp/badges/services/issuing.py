"""Issuing, withdrawing, revoking and sending badges."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime

from cryptography.fernet import InvalidToken
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from sqlalchemy.orm import Session

from fairapp.audit.domain import SYSTEM, Actor
from fairapp.audit.services import record
from fairapp.badges.domain import Claim, HolderKind
from fairapp.badges.errors import AlreadyRevoked
from fairapp.badges.models import Badge, BadgeKey
from fairapp.badges.queries import issuing as queries
from fairapp.badges.signing import Vault, new_key, public_pem, sign_claim
from fairapp.foundation.ids import new_reference, reference_number
from fairapp.outbox.services import enqueue
from fairapp.registrations.domain import RegistrationState
from fairapp.registrations.models import Registration, Representative

SEND_BADGES = "badges.send_badges"
NO_STAND = "no_stand"  # reasons that the system gives are codes; people write sentences
NOT_ACCEPTED = "not_accepted"
NAME_CHANGED = "name_changed"
_PAGE_SECRET_BYTES = 16  # 128 bits, so that the link stays short enough for an SMS


def issue_badges(session: Session, *, registration_id: int, vault: Vault, now: datetime) -> list[Badge]:
    """Give a badge to each representative of an accepted and placed registration who has none.

    Whose badge a person revoked gets no other by itself. The badges are sent, also when only
    the stands are new. Returns the badges issued now.
    """
    registration = queries.registration_for_update(session, registration_id=registration_id)
    placed = queries.live_allocation_ids(session, registration_id=registration_id)
    if registration is None or registration.state is not RegistrationState.ACCEPTED or not placed:
        return []
    known = queries.all_badges_of(session, registration_id=registration_id)
    served = {b.representative_id for b in known if b.revoked_at is None or b.revoked_by_id is not None}
    waiting = [person for person in registration.representatives if person.id not in served]
    issued = _issue(session, registration, waiting, vault, now)
    live = [b.short_code for b in (*known, *issued) if b.revoked_at is None]
    if live:
        _ask_to_send(session, registration_id, _name_of((*live, *placed)), now)
    if issued:
        _record(session, SYSTEM, "badges.issued", registration, now, badges=len(issued))
    return issued


def withdraw_badges(session: Session, *, registration_id: int, now: datetime) -> list[Badge]:
    """Take back the badges of a registration that is no longer accepted or holds no stand any more."""
    registration = queries.registration_for_update(session, registration_id=registration_id)
    if registration is None:
        return []
    accepted = registration.state is RegistrationState.ACCEPTED
    if accepted and queries.live_allocation_ids(session, registration_id=registration_id):
        return []
    known = queries.all_badges_of(session, registration_id=registration_id)
    withdrawn = [badge for badge in known if badge.revoked_at is None]
    for badge in withdrawn:
        badge.revoked_at = now
        badge.revocation_reason = NO_STAND if accepted else NOT_ACCEPTED
    if withdrawn:
        _record(session, SYSTEM, "badges.withdrawn", registration, now, badges=len(withdrawn))
    return withdrawn


def replace_badges(
    session: Session,
    *,
    registration_id: int,
    representative_ids: Collection[int],
    vault: Vault,
    now: datetime,
) -> list[Badge]:
    """Give new badges to people whose names changed; what was printed with the old names opens no gate.

    A registration without a place has no badges yet: then nothing is replaced. Returns the badges
    issued now, also those of people who are new.
    """
    registration = queries.registration_for_update(session, registration_id=registration_id)
    if registration is None:
        return []
    known = queries.all_badges_of(session, registration_id=registration_id)
    old = [one for one in known if one.revoked_at is None and one.representative_id in representative_ids]
    for badge in old:
        badge.revoked_at, badge.revocation_reason = now, NAME_CHANGED
    session.flush()
    if old:
        _record(session, SYSTEM, "badges.replaced", registration, now, badges=len(old))
    return issue_badges(session, registration_id=registration_id, vault=vault, now=now)


def revoke_badge(
    session: Session,
    *,
    actor: Actor,
    slug: str,
    short_code: str,
    reason: str,
    replacement: Vault | None,
    now: datetime,
) -> Badge:
    """Revoke a badge for a reason that a person gives; with a vault, issue another in its place.

    Raises: BadgeNotFound, AlreadyRevoked.
    """
    badge = queries.badge_for_update(
        session, actor=actor, action="badges.manage", slug=slug, short_code=short_code
    )
    if badge.revoked_at is not None:
        raise AlreadyRevoked()
    badge.revoked_at, badge.revoked_by_id, badge.revocation_reason = now, actor.account_id, reason
    session.flush()
    registration = queries.registration_for_update(session, registration_id=badge.registration_id)
    assert registration is not None
    if replacement is not None:
        person = [p for p in registration.representatives if p.id == badge.representative_id]
        issued = _issue(session, registration, person, replacement, now)
        _ask_to_send(session, registration.id, _name_of([b.short_code for b in issued]), now)
    _record(
        session, actor, "badges.revoked", registration, now, code=short_code, replaced=replacement is not None
    )
    return badge


def send_again(session: Session, *, actor: Actor, slug: str, short_code: str, now: datetime) -> Badge:
    """Send the badges of a registration once more, because someone asked for it.

    Raises: BadgeNotFound, AlreadyRevoked.
    """
    badge = queries.badge_for_update(
        session, actor=actor, action="badges.manage", slug=slug, short_code=short_code
    )
    if badge.revoked_at is not None:
        raise AlreadyRevoked()
    _ask_to_send(session, badge.registration_id, f"again:{now:%Y%m%dT%H%M}", now)
    return badge


def _issue(
    session: Session, registration: Registration, people: list[Representative], vault: Vault, now: datetime
) -> list[Badge]:
    if not people:
        return []
    key, private = _signing_key(session, vault, now)
    stops = [stop for stop in registration.event.stops if stop.cancelled_at is None]
    stops = stops or registration.event.stops
    first, last = min(stop.starts_on for stop in stops), max(stop.ends_on for stop in stops)
    issued = []
    for person in people:
        short_code = _fresh_code(session)
        claim = Claim(
            event_id=registration.event_id,
            number=reference_number(short_code),
            holder=HolderKind.EXHIBITOR,
            valid_from_on=first,
            valid_to_on=last,
            key_id=key.id,
        )
        issued.append(
            Badge(
                event_id=registration.event_id,
                registration_id=registration.id,
                representative_id=person.id,
                key_id=key.id,
                code=sign_claim(claim, private),
                short_code=short_code,
                token=secrets.token_urlsafe(_PAGE_SECRET_BYTES),
                valid_from_on=first,
                valid_to_on=last,
                issued_at=now,
            )
        )
    session.add_all(issued)
    session.flush()
    return issued


def _signing_key(session: Session, vault: Vault, now: datetime) -> tuple[BadgeKey, EllipticCurvePrivateKey]:
    for key in queries.signing_keys(session):
        try:
            return key, vault.open(key.private_encrypted)
        except InvalidToken:
            continue  # closed with a secret that is gone; its badges can still be checked
    private = new_key()
    key = BadgeKey(private_encrypted=vault.close(private), public_pem=public_pem(private), created_at=now)
    session.add(key)
    session.flush()
    return key, private


def _fresh_code(session: Session) -> str:
    while True:
        code = new_reference()
        if not queries.code_is_taken(session, code):
            return code


def _name_of(parts: tuple[object, ...] | list[str]) -> str:
    """Return a short name for what a message would show, so that the same is not sent twice."""
    return hashlib.sha256(" ".join(sorted(map(str, parts))).encode()).hexdigest()[:20]


def _ask_to_send(session: Session, registration_id: int, name: str, now: datetime) -> None:
    enqueue(
        session,
        SEND_BADGES,
        payload={"registration_id": registration_id},
        key=f"{SEND_BADGES}:{registration_id}:{name}",
        now=now,
    )


def _record(
    session: Session, actor: Actor, action: str, registration: Registration, now: datetime, **details: object
) -> None:
    record(
        session,
        actor=actor,
        action=action,
        subject_type="registration",
        subject_id=registration.reference,
        details=details,
        chain=f"event:{registration.event.slug}",
        now=now,
    )
