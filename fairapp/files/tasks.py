"""Sweeping up: parts of uploads that never came to an end, and bytes that no row needs."""

import logging

from celery import shared_task
from flask import current_app

from fairapp.files.queries import hashes_kept
from fairapp.files.services import REMOVED_KEPT, UPLOADS_KEPT, forget_old_uploads
from fairapp.files.store import store_of
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.outbox.services import RELIABLE

log = logging.getLogger(__name__)


@shared_task(name="files.sweep", **RELIABLE)
def sweep() -> None:
    """Erase what is not needed any more. Runs daily; run twice, the second finds nothing."""
    now, store = utc_now(), store_of(current_app.extensions["settings"])
    with transaction() as session:
        uploads = forget_old_uploads(session, now=now)
    parts = store.forget_old_uploads(before=now - UPLOADS_KEPT)
    # Bytes are put before their row is written: only what is older than any request can be an orphan.
    candidates = list(store.old_hashes(before=now - UPLOADS_KEPT))
    needed = hashes_kept(reading(), removed_after=now - REMOVED_KEPT)
    orphans = [sha256 for sha256 in candidates if sha256 not in needed]
    for sha256 in orphans:
        store.erase(sha256)
    log.info("files swept: %d uploads, %d parts, %d orphans", uploads, parts, len(orphans))
