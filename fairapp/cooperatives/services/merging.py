"""Merging two entries that a person found to be one, and undoing it; saying that two are two."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from fairapp.audit.domain import Actor
from fairapp.audit.services import record
from fairapp.cooperatives import queries
from fairapp.cooperatives.domain import CHOSEN_TOGETHER, stored_keys
from fairapp.cooperatives.errors import MergedLater, MergeNotFound, SameEntry, UndoneAlready
from fairapp.cooperatives.merging import offered_movers
from fairapp.cooperatives.models import Cooperative, Distinct, Merge
from fairapp.cooperatives.services.entering import set_sectors
from fairapp.foundation.database import insert_ignoring
from fairapp.foundation.ids import new_reference, parse_reference

_KEYS = ("name_key", "words_ar", "words_fr")


def merge_cooperatives(
    session: Session,
    *,
    actor: Actor,
    kept_code: str,
    merged_code: str,
    taken: Collection[str],
    sectors: Collection[str],
    reason: str,
    now: datetime,
) -> Merge:
    """Merge an entry into the one that is kept, with all that it holds; it can be undone.

    `taken` names what the kept one takes over from the other (keys of CHOSEN_TOGETHER), `sectors`
    are those that stay.

    Raises: CooperativeNotFound, SameEntry, and what movers refuse (BothRegistered).
    """
    kept, merged = _both(session, actor, kept_code, merged_code)
    movers = offered_movers()
    for mover in movers.values():
        mover.check(session, kept_id=kept.id, merged_id=merged.id)
    moved: dict[str, Any] = {
        "fields": _take_over(kept, merged, taken),
        "sectors": _choose_sectors(session, kept, sectors),
        "rows": {
            name: mover.move(session, kept_id=kept.id, merged_id=merged.id) for name, mover in movers.items()
        },
    }
    merged.merged_into_id = kept.id
    merge = Merge(
        code=new_reference(),
        kept_id=kept.id,
        merged_id=merged.id,
        reason=reason,
        moved=moved,
        merged_at=now,
        merged_by_id=actor.account_id,
    )
    session.add(merge)
    session.flush()
    _record(session, actor, merge, "cooperatives.merged", now)
    return merge


def undo_merge(session: Session, *, actor: Actor, code: str, now: datetime) -> Merge:
    """Make two entries of one again: rows go back, and fields that nobody changed since.

    Raises: MergeNotFound, UndoneAlready, MergedLater.
    """
    merge = session.scalar(select(Merge).where(Merge.code == (parse_reference(code) or "")).with_for_update())
    if merge is None:
        raise MergeNotFound()
    if merge.undone_at is not None:
        raise UndoneAlready()
    kept, merged = (_entry(session, identity) for identity in (merge.kept_id, merge.merged_id))
    _lock(session, kept, merged)
    if _took_part_later(session, merge):
        raise MergedLater()
    movers = offered_movers()
    for name, rows in merge.moved["rows"].items():
        if name in movers:
            movers[name].give_back(session, kept_id=kept.id, merged_id=merged.id, moved=rows)
    merged.merged_into_id = None
    _give_fields_back(kept, merge.moved["fields"])
    _give_sectors_back(session, kept, merge.moved["sectors"])
    merge.undone_at, merge.undone_by_id = now, actor.account_id
    session.flush()
    _record(session, actor, merge, "cooperatives.unmerged", now)
    return merge


def say_distinct(
    session: Session, *, actor: Actor, code: str, other_code: str, now: datetime
) -> tuple[Cooperative, Cooperative]:
    """Remember that two entries that look alike are two; they are not offered as one again.

    Raises: CooperativeNotFound, SameEntry.
    """
    one = queries.cooperative_for(session, actor=actor, code=code)
    other = queries.cooperative_for(session, actor=actor, code=other_code)
    if one.id == other.id:
        raise SameEntry()
    first, second = sorted((one.id, other.id))
    row = {"first_id": first, "second_id": second, "said_at": now, "said_by_id": actor.account_id}
    insert_ignoring(session, Distinct, [row])
    for subject, against in ((one, other), (other, one)):
        record(
            session,
            actor=actor,
            action="cooperatives.said_distinct",
            subject_type="cooperative",
            subject_id=subject.id,
            now=now,
            details={"other": against.code},
        )
    return one, other


def _both(
    session: Session, actor: Actor, kept_code: str, merged_code: str
) -> tuple[Cooperative, Cooperative]:
    """Return two entries and lock them; where one was merged meanwhile, look again where it went."""
    while True:
        kept = queries.cooperative_for(session, actor=actor, code=kept_code)
        merged = queries.cooperative_for(session, actor=actor, code=merged_code)
        if kept.id == merged.id:
            raise SameEntry()
        _lock(session, kept, merged)
        if kept.merged_into_id is None and merged.merged_into_id is None:
            return kept, merged


def _lock(session: Session, *cooperatives: Cooperative) -> None:
    for cooperative in sorted(cooperatives, key=lambda one: one.id):
        session.refresh(cooperative, ["merged_into_id"], with_for_update=True)


def _entry(session: Session, identity: int) -> Cooperative:
    return session.execute(
        select(Cooperative).options(selectinload(Cooperative.sectors)).where(Cooperative.id == identity)
    ).scalar_one()


def _take_over(kept: Cooperative, merged: Cooperative, taken: Collection[str]) -> dict[str, list[Any]]:
    """Set what is taken over; return what changed as [before, after], as plain JSON."""
    names = [name for choice in CHOSEN_TOGETHER if choice in taken for name in CHOSEN_TOGETHER[choice]]
    changed = {name: getattr(merged, name) for name in names if getattr(kept, name) != getattr(merged, name)}
    name_ar, name_fr = changed.get("name_ar", kept.name_ar), changed.get("name_fr", kept.name_fr)
    keys = stored_keys(name_ar, name_fr)
    changed |= {key: keys[key] for key in _KEYS if getattr(kept, key) != keys[key]}
    before = {name: getattr(kept, name) for name in changed}
    for name, value in changed.items():
        setattr(kept, name, value)
    return {name: [_plain(before[name]), _plain(value)] for name, value in changed.items()}


def _choose_sectors(session: Session, kept: Cooperative, wanted: Collection[str]) -> dict[str, list[str]]:
    before = {sector.sector_code for sector in kept.sectors}
    set_sectors(session, kept, sorted(wanted))
    return {"before": sorted(before), "after": sorted(set(wanted))}


def _give_fields_back(kept: Cooperative, fields: Mapping[str, list[Any]]) -> None:
    """Undo what was taken over; what belongs together stays when a person changed a part of it since."""
    groups = [*CHOSEN_TOGETHER.values(), *((key,) for key in _KEYS)]
    for group in groups:
        names = [name for name in group if name in fields]
        if all(_plain(getattr(kept, name)) == fields[name][1] for name in names):
            for name in names:
                before = fields[name][0]
                is_day = name == "founded_on" and before is not None
                setattr(kept, name, date.fromisoformat(before) if is_day else before)
    changed_since = stored_keys(kept.name_ar, kept.name_fr)
    if kept.words_ar and any(getattr(kept, key) != value for key, value in changed_since.items()):
        for key, value in changed_since.items():
            setattr(kept, key, value)


def _give_sectors_back(session: Session, kept: Cooperative, sectors: Mapping[str, list[str]]) -> None:
    if sorted(sector.sector_code for sector in kept.sectors) == sectors["after"]:
        set_sectors(session, kept, sectors["before"])


def _took_part_later(session: Session, merge: Merge) -> bool:
    both = (merge.kept_id, merge.merged_id)
    later = select(Merge.id).where(
        Merge.id > merge.id,
        Merge.undone_at.is_(None),
        or_(Merge.kept_id.in_(both), Merge.merged_id.in_(both)),
    )
    return session.scalar(later.limit(1)) is not None


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _record(session: Session, actor: Actor, merge: Merge, action: str, now: datetime) -> None:
    for identity, role in ((merge.kept_id, "kept"), (merge.merged_id, "merged")):
        record(
            session,
            actor=actor,
            action=action,
            subject_type="cooperative",
            subject_id=identity,
            now=now,
            details={
                "merge": merge.code,
                "as": role,
                "rows": {name: len(rows) for name, rows in merge.moved["rows"].items()},
            },
        )
