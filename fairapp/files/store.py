"""The bytes of files: by the hash of their content, in the state folder; and those on their way."""

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from config import Settings
from fairapp.files.domain import MEGABYTE, PreparedFile
from fairapp.files.errors import StoreFull
from fairapp.foundation.ids import token_hash

LEAST_FREE_BYTES = 500 * MEGABYTE  # left to the database, whatever is sent
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


class FileStore:
    """Files under `files/ab/<sha256>`, parts of unfinished uploads under `uploads/`."""

    def __init__(self, var: Path, *, least_free_bytes: int = LEAST_FREE_BYTES) -> None:
        self._var, self._least_free_bytes = var, least_free_bytes
        self._files = var / "files"
        self._uploads = var / "uploads"

    def path(self, sha256: str) -> Path:
        """Return where the bytes of a hash lie.

        Raises: ValueError, for anything that is no hash.
        """
        if not _HASH.fullmatch(sha256):
            raise ValueError("not a hash")
        return self._files / sha256[:2] / sha256

    def put(self, prepared: PreparedFile) -> None:
        """Keep the bytes of a prepared file, on the disk when this returns. Kept twice, it is one file.

        Call it before the transaction that writes the row: a row never points at nothing, bytes
        without a row are swept up later.

        Raises: StoreFull.
        """
        path = self.path(prepared.sha256)
        if path.is_file():
            os.utime(path)  # the sweeper looks at its age
            return
        self._check_room()
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{secrets.token_hex(8)}")
        with unfinished.open("xb") as file:
            file.write(prepared.content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        _sync_folder(path.parent)

    def old_hashes(self, *, before: datetime) -> Iterator[str]:
        """Yield the hashes of what was put before an instant; leftovers of a crash are removed on the way."""
        for path in sorted(self._files.glob("*/*")):
            if not _is_older(path, before):
                continue
            if _HASH.fullmatch(path.name):
                yield path.name
            else:
                path.unlink(missing_ok=True)

    def erase(self, sha256: str) -> None:
        """Remove the bytes of a hash."""
        self.path(sha256).unlink(missing_ok=True)

    def write_piece(self, token: str, *, offset: int, piece: bytes) -> None:
        """Write a piece of an upload at its place, on the disk when this returns; twice is as once.

        Raises: StoreFull.
        """
        self._check_room()
        self._uploads.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(self._part(token), os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
            file.seek(offset)
            file.write(piece)
            file.flush()
            os.fsync(file.fileno())

    def read_upload(self, token: str) -> bytes:
        """Return what has arrived of an upload; nothing when it was swept up."""
        part = self._part(token)
        return part.read_bytes() if part.is_file() else b""

    def forget_upload(self, token: str) -> None:
        """Remove what has arrived of an upload."""
        self._part(token).unlink(missing_ok=True)

    def forget_old_uploads(self, *, before: datetime) -> int:
        """Remove parts that nobody has touched since an instant; return how many."""
        old = [path for path in self._uploads.glob("*") if _is_older(path, before)]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _check_room(self) -> None:
        if shutil.disk_usage(self._var).free < self._least_free_bytes:
            raise StoreFull()

    def _part(self, token: str) -> Path:
        return self._uploads / token_hash(token)


def store_of(settings: Settings) -> FileStore:
    """Return the store in the state folder of an instance."""
    return FileStore(settings.var)


def _is_older(path: Path, before: datetime) -> bool:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC) < before
    except FileNotFoundError:
        return False


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
