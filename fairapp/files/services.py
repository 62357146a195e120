"""Keeping and removing files, and receiving them in pieces."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from fairapp.files.domain import MOST_FILES, PreparedFile, check_room, check_size
from fairapp.files.errors import TooManyFiles, UploadOutOfStep
from fairapp.files.models import StoredFile, Upload
from fairapp.files.queries import kept_by, open_uploads, upload_by_token
from fairapp.foundation.ids import new_token
from fairapp.foundation.text import clean

UPLOADS_KEPT = timedelta(days=2)
REMOVED_KEPT = timedelta(days=7)  # so that a mistake can be undone by an operator
_LONGEST_TYPED_NAME = 120


def keep_file(session: Session, *, prepared: PreparedFile, owner: str, now: datetime) -> StoredFile:
    """Keep a prepared file, whose bytes the store has already, for an owner.

    Raises: TooManyFiles, NoRoomLeft.
    """
    files, size_bytes = kept_by(session, owner=owner)
    check_room(files=files, size_bytes=size_bytes, more_bytes=len(prepared.content))
    file = StoredFile(
        token=new_token(),
        owner=owner,
        sha256=prepared.sha256,
        media_type=prepared.media_type,
        size_bytes=len(prepared.content),
        pages=prepared.pages,
        width_px=prepared.width_px,
        height_px=prepared.height_px,
        name=prepared.name,
        created_at=now,
    )
    session.add(file)
    session.flush()
    return file


def remove_file(session: Session, *, file: StoredFile, now: datetime) -> None:
    """Take a file away: nobody opens it any more; its bytes are erased some days later."""
    file.removed_at = file.removed_at or now


def remove_files_of(session: Session, *, owners: Collection[str], now: datetime) -> int:
    """Take away all files of owners, because their time is over; return how many."""
    done = session.execute(
        update(StoredFile)
        .where(StoredFile.owner.in_(owners), StoredFile.removed_at.is_(None))
        .values(removed_at=now)
    )
    return int(done.rowcount)  # type: ignore[attr-defined] # a CursorResult, for an update


def begin_upload(session: Session, *, owner: str, name: str, size_bytes: int, now: datetime) -> Upload:
    """Begin to receive a file in pieces; it may go on after a lost connection, for two days.

    Raises: FileEmpty, FileTooLarge, TooManyFiles, NoRoomLeft.
    """
    check_size(size_bytes)
    files, kept_bytes = kept_by(session, owner=owner)
    # What it is written anew as is smaller most times: only the number is certain now.
    check_room(files=files, size_bytes=kept_bytes, more_bytes=0)
    if open_uploads(session, owner=owner) >= MOST_FILES:
        raise TooManyFiles(most=MOST_FILES)
    upload = Upload(
        token=new_token(),
        owner=owner,
        name=clean(name)[-_LONGEST_TYPED_NAME:],
        expected_bytes=size_bytes,
        received_bytes=0,
        created_at=now,
    )
    session.add(upload)
    session.flush()
    return upload


def take_piece(session: Session, *, token: str, owner: str, offset: int, size_bytes: int) -> Upload:
    """Note that a piece lies in the store. A piece that came before is taken once.

    Raises: UploadNotFound, UploadOutOfStep.
    """
    upload = upload_by_token(session, token, owner=owner, lock=True)
    after = offset + size_bytes
    came_before = after <= upload.received_bytes
    if not came_before and (offset != upload.received_bytes or after > upload.expected_bytes):
        raise UploadOutOfStep(received=upload.received_bytes)
    upload.received_bytes = max(upload.received_bytes, after)
    return upload


def finish_upload(
    session: Session, *, token: str, owner: str, prepared: PreparedFile, now: datetime
) -> tuple[StoredFile, bool]:
    """Keep what has arrived, once; finished twice, it is the same file. Tells whether it is new.

    Raises: UploadNotFound, TooManyFiles, NoRoomLeft.
    """
    upload = upload_by_token(session, token, owner=owner, lock=True)
    if upload.file_id is not None:
        known = session.get_one(StoredFile, upload.file_id)
        return known, False
    file = keep_file(session, prepared=prepared, owner=owner, now=now)
    upload.file_id = file.id
    session.flush()
    return file, True


def forget_old_uploads(session: Session, *, now: datetime) -> int:
    """Forget files that were on their way for too long, and what was finished; return how many."""
    done = session.execute(delete(Upload).where(Upload.created_at < now - UPLOADS_KEPT))
    return int(done.rowcount)  # type: ignore[attr-defined] # a CursorResult, for a delete
