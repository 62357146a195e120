"""Checking a file by really opening it, in a program of its own that is bounded in time and memory."""

import json
import logging
import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore

from fairapp.files.domain import (
    LONGEST_SIDE_PX,
    MOST_PAGES,
    MOST_PIXELS,
    PAGE_SIDE_PX,
    Kind,
    MediaType,
    PreparedFile,
    check_size,
    clean_name,
    kind_of,
)
from fairapp.files.errors import (
    CheckingBusy,
    FileRefused,
    FileUnreadable,
    PdfLocked,
    TooManyPages,
    TooManyPixels,
)

_LOG = logging.getLogger(__name__)
_PROGRAM = str(Path(__file__).with_name("decoding.py"))
_SECONDS = 12  # of a processor
_PATIENCE_S = 25  # by the clock, on a machine that does other things
_WAIT_S = 20
_at_once = BoundedSemaphore(2)  # each may take much memory


def prepare(content: bytes, name: str) -> PreparedFile:
    """Open a file to its end and write it anew; nothing of the old one is left in the new.

    Photos become upright JPEG without metadata, a PDF becomes one of its drawn pages. Takes up to
    seconds: call it outside of a transaction.

    Raises: FileEmpty, FileTooLarge, KindNotTaken, FileUnreadable, TooManyPixels, PdfLocked,
    TooManyPages, CheckingBusy.
    """
    check_size(len(content))
    kind = kind_of(content)
    facts, made = _decode(kind, content)
    media_type = MediaType.PDF if kind is Kind.PDF else MediaType.JPEG
    return PreparedFile(
        content=made,
        media_type=media_type,
        name=clean_name(name, media_type),
        pages=facts["pages"],
        width_px=facts["width"],
        height_px=facts["height"],
    )


def _decode(kind: Kind, content: bytes) -> tuple[dict[str, int], bytes]:
    is_paper = kind is Kind.PDF
    numbers = (PAGE_SIDE_PX, MOST_PAGES, _SECONDS) if is_paper else (LONGEST_SIDE_PX, MOST_PIXELS, _SECONDS)
    if not _at_once.acquire(timeout=_WAIT_S):
        raise CheckingBusy()
    try:
        done = subprocess.run(  # noqa: S603 - our own program; the kind is one of four words
            [sys.executable, "-I", "-B", _PROGRAM, kind.value, *map(str, numbers)],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_PATIENCE_S,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise FileUnreadable() from error
    finally:
        _at_once.release()
    head, found, made = done.stdout.partition(b"\n")
    if done.returncode != 0 or not found:
        raise FileUnreadable()  # the kernel ended it
    facts = json.loads(head)
    if "refused" in facts:
        _LOG.info("file refused: %s, %s", facts["refused"], facts.get("because", "by rule"))
        raise _refusal(facts["refused"])
    return facts, made


def _refusal(word: str) -> FileRefused:
    if word == "too_many_pixels":
        return TooManyPixels(most=MOST_PIXELS // 1_000_000)
    if word == "too_many_pages":
        return TooManyPages(most=MOST_PAGES)
    return PdfLocked() if word == "locked" else FileUnreadable()
