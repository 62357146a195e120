"""Entering cooperatives and changing what they say of themselves."""

from collections.abc import Collection
from dataclasses import fields, replace
from datetime import datetime

from sqlalchemy.orm import Session

from fairapp.accounts.models import RoleGrant
from fairapp.audit.domain import Actor, Role, ScopeKind
from fairapp.audit.services import record
from fairapp.cooperatives import queries
from fairapp.cooperatives.domain import CooperativeProfile, check_profile, stored_keys
from fairapp.cooperatives.errors import CardChanged
from fairapp.cooperatives.models import Cooperative, CooperativeSector
from fairapp.foundation.clock import local_date
from fairapp.foundation.ids import new_reference, token_hash

_STORED = tuple(field.name for field in fields(CooperativeProfile) if field.name != "sectors")
_KEYS = frozenset({"name_key", "words_ar", "words_fr"})  # follow the names


def create_cooperative(
    session: Session,
    *,
    actor: Actor,
    profile: CooperativeProfile,
    now: datetime,
    demonstration: bool = False,
    about: tuple[str | None, str | None] = (None, None),
) -> Cooperative:
    """Enter a cooperative into the directory. An account of a cooperative becomes its account too.

    Raises: NameMissing, MoreWomenThanMembers, MoreYouthThanMembers, RegisterNumberMissing, FoundedLater.
    """
    check_profile(profile, today=local_date(now))
    cooperative = Cooperative(
        code=_free_code(session),
        is_demonstration=demonstration,
        about_ar=about[0],
        about_fr=about[1],
        created_at=now,
        created_by_id=actor.account_id,
        **_columns(profile),
    )
    cooperative.sectors = [CooperativeSector(sector_code=code) for code in dict.fromkeys(profile.sectors)]
    session.add(cooperative)
    session.flush()
    if actor.has_role(Role.COOPERATIVE) and actor.account_id is not None:
        session.add(_membership(actor.account_id, cooperative.id, now))
        session.flush()
    record(
        session,
        actor=actor,
        action="cooperatives.created",
        subject_type="cooperative",
        subject_id=cooperative.id,
        now=now,
    )
    return cooperative


def update_cooperative(
    session: Session, *, actor: Actor, cooperative: Cooperative, profile: CooperativeProfile, now: datetime
) -> Cooperative:
    """Change what a cooperative declares of itself; sectors are only added. Unchanged, nothing is recorded.

    `cooperative` is loaded with its sectors, within the actor's scope.

    Raises: NameMissing, MoreWomenThanMembers, MoreYouthThanMembers, RegisterNumberMissing, FoundedLater.
    """
    check_profile(profile, today=local_date(now))
    wanted = _columns(profile)
    changed = sorted(name for name, value in wanted.items() if getattr(cooperative, name) != value)
    known = {sector.sector_code for sector in cooperative.sectors}
    added = [code for code in dict.fromkeys(profile.sectors) if code not in known]
    for name in changed:
        setattr(cooperative, name, wanted[name])
    cooperative.sectors.extend(CooperativeSector(sector_code=code) for code in added)
    if changed or added:
        session.flush()
        record(
            session,
            actor=actor,
            action="cooperatives.updated",
            subject_type="cooperative",
            subject_id=cooperative.id,
            now=now,
            details={"fields": changed, "sectors_added": added},
        )
    return cooperative


def edit_cooperative(
    session: Session,
    *,
    actor: Actor,
    code: str,
    profile: CooperativeProfile,
    about: tuple[str | None, str | None],
    now: datetime,
    seen: str | None = None,
) -> Cooperative:
    """Write the card of a cooperative anew, its sectors too; `about` is its text in Arabic and French.

    `seen` is the mark of the card that the person had before them (`card_mark`). Unchanged, nothing is
    recorded.

    Raises: CooperativeNotFound, CardChanged, NameMissing, MoreWomenThanMembers, MoreYouthThanMembers,
    RegisterNumberMissing, FoundedLater.
    """
    check_profile(profile, today=local_date(now))
    cooperative = queries.cooperative_for(session, actor=actor, code=code)
    session.refresh(cooperative, with_for_update=True)
    if seen and seen != card_mark(cooperative):
        raise CardChanged()
    wanted = _columns(profile) | {"about_ar": about[0], "about_fr": about[1]}
    changed = sorted(
        name for name, value in wanted.items() if getattr(cooperative, name) != value and name not in _KEYS
    )
    for name, value in wanted.items():
        setattr(cooperative, name, value)
    if set_sectors(session, cooperative, profile.sectors):
        changed.append("sectors")
    if changed:
        session.flush()
        record(
            session,
            actor=actor,
            action="cooperatives.updated",
            subject_type="cooperative",
            subject_id=cooperative.id,
            now=now,
            details={"fields": changed},
        )
    return cooperative


def card_mark(cooperative: Cooperative) -> str:
    """Return a mark that changes with every change of a card. The cooperative is loaded with its sectors."""
    values = [getattr(cooperative, name) for name in (*_STORED, "about_ar", "about_fr", "merged_into_id")]
    values += [sector.sector_code for sector in cooperative.sectors]
    return token_hash(repr(values))[:16]


def set_sectors(session: Session, cooperative: Cooperative, wanted: Collection[str]) -> bool:
    """Give a cooperative, loaded with its sectors, exactly these; tell whether that changed anything."""
    known = {sector.sector_code: sector for sector in cooperative.sectors}
    for code in sorted(set(known) - set(wanted)):
        cooperative.sectors.remove(known[code])
        session.delete(known[code])
    new = [code for code in dict.fromkeys(wanted) if code not in known]
    cooperative.sectors.extend(CooperativeSector(sector_code=code) for code in new)
    return set(known) != set(wanted)


def _columns(profile: CooperativeProfile) -> dict[str, object]:
    # A name given in one language stands for both, so that no page shows an empty one.
    both = replace(
        profile,
        name_ar=profile.name_ar or profile.name_fr,
        name_fr=profile.name_fr or profile.name_ar,
    )
    values: dict[str, object] = {name: getattr(both, name) for name in _STORED}
    return values | stored_keys(both.name_ar, both.name_fr)


def _free_code(session: Session) -> str:
    code = new_reference()
    while queries.code_is_taken(session, code=code):
        code = new_reference()
    return code


def _membership(account_id: int, cooperative_id: int, now: datetime) -> RoleGrant:
    return RoleGrant(
        account_id=account_id,
        role=Role.COOPERATIVE,
        scope=ScopeKind.COOPERATIVE,
        cooperative_id=cooperative_id,
        granted_at=now,
        granted_by_id=account_id,
    )
