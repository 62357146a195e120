"""Reads of files and of uploads."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from fairapp.files.errors import StoredFileNotFound, UploadNotFound
from fairapp.files.models import StoredFile, Upload


def file_by_token(session: Session, token: str, owner: str | None = None) -> StoredFile:
    """Return a file that is still kept by its token, of an owner if one is named.

    The token alone lets nobody in: the door asks who wants it (`file.owner`).

    Raises: StoredFileNotFound.
    """
    query = select(StoredFile).where(StoredFile.token == token, StoredFile.removed_at.is_(None))
    if owner is not None:
        query = query.where(StoredFile.owner == owner)
    file = session.scalar(query)
    if file is None:
        raise StoredFileNotFound()
    return file


def files_by_tokens(session: Session, tokens: Collection[str], *, owner: str) -> dict[str, StoredFile]:
    """Return the files of an owner that are still kept, by token."""
    query = select(StoredFile).where(
        StoredFile.token.in_(tokens), StoredFile.owner == owner, StoredFile.removed_at.is_(None)
    )
    return {file.token: file for file in session.scalars(query)} if tokens else {}


def files_of(session: Session, *, owner: str) -> Sequence[StoredFile]:
    """Return all files that an owner keeps, oldest first."""
    query = select(StoredFile).where(StoredFile.owner == owner, StoredFile.removed_at.is_(None))
    return session.scalars(query.order_by(StoredFile.id)).all()


def kept_by(session: Session, *, owner: str) -> tuple[int, int]:
    """Return how many files an owner keeps, and their bytes."""
    query = select(func.count(), func.coalesce(func.sum(StoredFile.size_bytes), 0)).where(
        StoredFile.owner == owner, StoredFile.removed_at.is_(None)
    )
    count, size = session.execute(query).one()
    return int(count), int(size)


def upload_by_token(session: Session, token: str, *, owner: str, lock: bool = False) -> Upload:
    """Return a file on its way. `lock` holds its row.

    Raises: UploadNotFound.
    """
    query = select(Upload).where(Upload.token == token, Upload.owner == owner)
    upload = session.scalar(query.with_for_update() if lock else query)
    if upload is None:
        raise UploadNotFound()
    return upload


def open_uploads(session: Session, *, owner: str) -> int:
    """Return how many files of an owner are on their way."""
    query = select(func.count()).where(Upload.owner == owner, Upload.file_id.is_(None))
    return session.scalar(query) or 0


def hashes_kept(session: Session, *, removed_after: datetime) -> set[str]:
    """Return the hashes that rows still need: of files that are kept, or were removed since an instant."""
    query = select(StoredFile.sha256).where(
        or_(StoredFile.removed_at.is_(None), StoredFile.removed_at > removed_after)
    )
    return set(session.scalars(query))
