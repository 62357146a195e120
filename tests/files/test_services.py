"""Keeping files, receiving them in pieces, and sweeping up, on a real database and a real disk."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.files.domain import LARGEST_BYTES, MOST_FILES, MediaType, PreparedFile
from fairapp.files.errors import (
    FileTooLarge,
    StoredFileNotFound,
    StoreFull,
    TooManyFiles,
    UploadNotFound,
    UploadOutOfStep,
)
from fairapp.files.models import StoredFile, Upload
from fairapp.files.queries import file_by_token, files_of
from fairapp.files.services import begin_upload, finish_upload, keep_file, remove_file, take_piece
from fairapp.files.store import FileStore, store_of
from fairapp.files.tasks import sweep
from tests import NOW

OWNER, OTHER = "registration:K7QM4T2X", "registration:9ABCDEFG"
PAPER = PreparedFile(b"%PDF-1.4 of ours", MediaType.PDF, "statuts.pdf")


def test_a_file_is_found_by_its_token_and_owner(session: Session) -> None:
    file = keep_file(session, prepared=PAPER, owner=OWNER, now=NOW)
    assert file_by_token(session, file.token, OWNER) is file
    assert len(file.token) >= 32
    for token, owner in ((file.token, OTHER), ("guess", None), ("", None)):
        with pytest.raises(StoredFileNotFound):
            file_by_token(session, token, owner)


def test_a_removed_file_is_not_found(session: Session) -> None:
    file = keep_file(session, prepared=PAPER, owner=OWNER, now=NOW)
    remove_file(session, file=file, now=NOW)
    session.flush()
    with pytest.raises(StoredFileNotFound):
        file_by_token(session, file.token)


def test_an_owner_keeps_only_so_many_files(session: Session) -> None:
    for _ in range(MOST_FILES):
        keep_file(session, prepared=PAPER, owner=OWNER, now=NOW)
    with pytest.raises(TooManyFiles):
        keep_file(session, prepared=PAPER, owner=OWNER, now=NOW)
    assert len(files_of(session, owner=OWNER)) == MOST_FILES
    keep_file(session, prepared=PAPER, owner=OTHER, now=NOW)


def test_pieces_follow_one_another_and_may_come_twice(session: Session) -> None:
    upload = begin_upload(session, owner=OWNER, name="a.jpg", size_bytes=10, now=NOW)
    put = {"token": upload.token, "owner": OWNER}
    assert take_piece(session, **put, offset=0, size_bytes=4).received_bytes == 4
    assert take_piece(session, **put, offset=0, size_bytes=4).received_bytes == 4
    for offset, size in ((6, 2), (4, 7), (0, 6)):
        with pytest.raises(UploadOutOfStep) as told:
            take_piece(session, **put, offset=offset, size_bytes=size)
        assert told.value.values == {"received": 4}
    assert take_piece(session, **put, offset=4, size_bytes=6).received_bytes == 10
    with pytest.raises(UploadNotFound):
        take_piece(session, token=upload.token, owner=OTHER, offset=0, size_bytes=1)


def test_an_upload_finished_twice_is_one_file(session: Session) -> None:
    upload = begin_upload(session, owner=OWNER, name="a.pdf", size_bytes=16, now=NOW)
    first, is_new = finish_upload(session, token=upload.token, owner=OWNER, prepared=PAPER, now=NOW)
    again, is_new_again = finish_upload(session, token=upload.token, owner=OWNER, prepared=PAPER, now=NOW)
    assert (first, is_new, is_new_again) == (again, True, False)
    assert session.scalars(select(StoredFile.owner)).all() == [OWNER]


def test_too_large_an_upload_is_refused_before_it_begins(session: Session) -> None:
    with pytest.raises(FileTooLarge):
        begin_upload(session, owner=OWNER, name="a", size_bytes=LARGEST_BYTES + 1, now=NOW)
    assert session.scalars(select(Upload)).all() == []


def test_the_store_keeps_one_copy_and_takes_only_hashes(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    store.put(PAPER)
    store.put(PAPER)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files == [store.path(PAPER.sha256)]
    assert files[0].read_bytes() == PAPER.content
    assert files[0].parent.name == PAPER.sha256[:2]
    for wrong in ("../../etc/passwd", "", "a" * 63, PAPER.sha256.upper()):
        with pytest.raises(ValueError, match="not a hash"):
            store.path(wrong)


def test_a_full_disk_keeps_nothing_more(tmp_path: Path) -> None:
    full = FileStore(tmp_path, least_free_bytes=2**60)
    with pytest.raises(StoreFull):
        full.put(PAPER)
    with pytest.raises(StoreFull):
        full.write_piece("token", offset=0, piece=b"abc")
    assert list(tmp_path.rglob("*")) == []


def test_pieces_survive_a_new_store(tmp_path: Path) -> None:
    FileStore(tmp_path).write_piece("token", offset=0, piece=b"abc")
    FileStore(tmp_path).write_piece("token", offset=3, piece=b"def")
    FileStore(tmp_path).write_piece("token", offset=0, piece=b"abc")  # late, again
    assert FileStore(tmp_path).read_upload("token") == b"abcdef"
    assert FileStore(tmp_path).read_upload("../x") == b""


def test_sweep_erases_what_nobody_needs(app_context: Flask, session: Session) -> None:
    store = store_of(app_context.extensions["settings"])
    kept, gone, orphan, fresh = (
        PreparedFile(b"%PDF " + word, MediaType.PDF, "a.pdf") for word in (b"1", b"2", b"3", b"4")
    )
    for prepared in (kept, gone, orphan, fresh):
        store.put(prepared)
    long_ago = (NOW - timedelta(days=9)).timestamp()
    for prepared in (kept, gone, orphan):
        os.utime(store.path(prepared.sha256), (long_ago, long_ago))
    os.utime(store.path(fresh.sha256), (NOW.timestamp(), NOW.timestamp()))
    keep_file(session, prepared=kept, owner=OWNER, now=NOW)
    removed = keep_file(session, prepared=gone, owner=OWNER, now=NOW)
    remove_file(session, file=removed, now=NOW - timedelta(days=8))
    old = begin_upload(session, owner=OWNER, name="a", size_bytes=9, now=NOW - timedelta(days=3))
    young = begin_upload(session, owner=OWNER, name="b", size_bytes=9, now=NOW)
    old_token, young_token = old.token, young.token
    session.flush()
    for token, at in ((old_token, long_ago), (young_token, NOW.timestamp())):
        store.write_piece(token, offset=0, piece=b"xyz")
        os.utime(store._part(token), (at, at))
    sweep()
    session.expire_all()
    left = [store.path(one.sha256).is_file() for one in (kept, gone, orphan, fresh)]
    assert left == [True, False, False, True]
    assert session.scalars(select(Upload.name)).all() == ["b"]
    assert (store.read_upload(old_token), store.read_upload(young_token)) == (b"", b"xyz")
