"""Background work of imports: reading, applying and undoing a register.

The long part of each stands outside of any transaction; each transaction is around one service.
"""

from typing import Any

from celery import shared_task

from fairapp.audit.domain import SYSTEM, Actor, ActorKind
from fairapp.foundation.clock import local_date, utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import RuleViolation
from fairapp.imports import queries
from fairapp.imports.errors import DirectoryMoved, FileUnreadable
from fairapp.imports.models import Import
from fairapp.imports.reader import check_layout, judged_batches, layout_of
from fairapp.imports.services import applying, undoing
from fairapp.imports.services import reading as reading_services
from fairapp.imports.sheets import open_register
from fairapp.outbox.services import RELIABLE

# A large workbook takes longer than other tasks may.
LONG: dict[str, Any] = {**RELIABLE, "soft_time_limit": 270, "time_limit": 285}
MOST_PLANS = 5  # others change the directory while a plan is made; then it is made anew


@shared_task(name="imports.read_register", **LONG)
def read_register(*, import_id: int, key: str) -> None:
    """Read a register and keep what each row would do; the directory stays as it is."""
    with transaction() as session:
        begun = reading_services.begin_reading(session, import_id=import_id, key=key, now=utc_now())
    if begun is None:
        return
    number = begun.found["reading"]
    try:
        is_whole = _read(begun, number)
    except RuleViolation as refusal:
        with transaction() as session:
            reading_services.fail_reading(
                session, import_id=import_id, reading=number, key=key, refusal=refusal, now=utc_now()
            )
        return
    if is_whole:
        with transaction() as session:
            reading_services.finish_reading(
                session, import_id=import_id, reading=number, key=key, now=utc_now()
            )


def _read(begun: Import, number: int) -> bool:
    """Keep the rows batch by batch. False when the import has moved on meanwhile.

    Raises: RuleViolation, when the file cannot be read to its end.
    """
    content = queries.content_of(reading(), import_id=begun.id)
    reading().rollback()
    if content is None:
        raise FileUnreadable()
    opened = open_register(content)
    layout = layout_of(opened, begun.found.get("chosen"))
    with transaction() as session:
        goes_on = reading_services.note_found(
            session,
            import_id=begun.id,
            reading=number,
            found=layout.stored(opened),
            total=opened.rows_about,
            now=utc_now(),
        )
    check_layout(layout)
    if not goes_on:
        return False
    done = 0
    for batch in judged_batches(reading(), opened, layout, today=local_date(utc_now())):
        done += len(batch)
        with transaction() as session:
            if not reading_services.keep_rows(
                session, import_id=begun.id, reading=number, rows=batch, done=done, now=utc_now()
            ):
                return False
    return True


@shared_task(name="imports.apply_register", **LONG)
def apply_register(*, import_id: int, account_id: int | None, key: str) -> None:
    """Apply an import, all of it or nothing, once."""
    for tries in range(MOST_PLANS):
        plan = applying.plan_import(reading(), import_id=import_id, account_id=account_id, now=utc_now())
        if plan.stale:
            with transaction() as session:
                applying.mark_stale(session, import_id=import_id, stale=plan.stale, now=utc_now())
        try:
            with transaction() as session:
                applying.apply_import(
                    session, actor=_who(account_id), import_id=import_id, plan=plan, key=key, now=utc_now()
                )
        except DirectoryMoved:
            if tries == MOST_PLANS - 1:
                raise
        else:
            return


@shared_task(name="imports.undo_register", **LONG)
def undo_register(*, import_id: int, account_id: int | None, key: str) -> None:
    """Undo the import that was applied last, once."""
    for tries in range(MOST_PLANS):
        plan = undoing.plan_undo(reading(), import_id=import_id)
        try:
            with transaction() as session:
                undoing.undo_import(
                    session, actor=_who(account_id), import_id=import_id, plan=plan, key=key, now=utc_now()
                )
        except DirectoryMoved:
            if tries == MOST_PLANS - 1:
                raise
        else:
            return


def _who(account_id: int | None) -> Actor:
    if account_id is None:
        return SYSTEM
    return Actor(kind=ActorKind.ACCOUNT, account_id=account_id, label="")
