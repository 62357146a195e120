"""What may be sent as a file, how large, under which name. The numbers are promises B68's."""

import enum
import hashlib
import re
import unicodedata
from dataclasses import dataclass

from fairapp.files.errors import FileEmpty, FileTooLarge, KindNotTaken, NoRoomLeft, TooManyFiles
from fairapp.foundation.text import clean

MEGABYTE = 1024 * 1024
LARGEST_BYTES = 10 * MEGABYTE
MOST_PIXELS = 60_000_000  # a phone's largest photo has some 50 million
LONGEST_SIDE_PX = 2200  # after it was written anew: an A4 paper stays readable
PAGE_SIDE_PX = 1760  # an A4 page of a PDF at 150 dots an inch
MOST_PAGES = 20
MOST_FILES = 40  # of one owner
MOST_BYTES = 60 * MEGABYTE  # of one owner
LONGEST_NAME = 80
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_SPACES = re.compile(r"\s+")


class MediaType(enum.StrEnum):
    """Kinds of files that are kept: photos become JPEG, papers in PDF stay PDF."""

    JPEG = "image/jpeg"
    PDF = "application/pdf"


class Kind(enum.StrEnum):
    """Kinds of files that are taken, as their first bytes say."""

    JPEG = "jpeg"
    PNG = "png"
    HEIC = "heic"
    PDF = "pdf"


_ENDINGS = {MediaType.JPEG: ".jpg", MediaType.PDF: ".pdf"}
_NAMELESS = {MediaType.JPEG: "photo", MediaType.PDF: "document"}


@dataclass(frozen=True, slots=True)
class PreparedFile:
    """A file that was checked and written anew: only what we wrote is in `content`."""

    content: bytes
    media_type: MediaType
    name: str
    pages: int = 1
    width_px: int | None = None
    height_px: int | None = None

    @property
    def sha256(self) -> str:
        """The address of the content, hex."""
        return hashlib.sha256(self.content).hexdigest()


def check_size(size_bytes: int) -> None:
    """Refuse nothing, and too much.

    Raises: FileEmpty, FileTooLarge.
    """
    if size_bytes <= 0:
        raise FileEmpty()
    if size_bytes > LARGEST_BYTES:
        raise FileTooLarge(most=LARGEST_BYTES // MEGABYTE)


def kind_of(content: bytes) -> Kind:
    """Return what the first bytes say; the name of a file says nothing.

    Raises: KindNotTaken.
    """
    if content.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if content.startswith(b"%PDF-"):
        return Kind.PDF
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        return Kind.HEIC
    raise KindNotTaken()


def clean_name(name: str, media_type: MediaType) -> str:
    """Return a name to show: no folder, no control signs, no bidi marks, the ending of its real kind."""
    last = unicodedata.normalize("NFC", clean(name)).replace("\\", "/").rpartition("/")[2]
    shown = "".join(sign if sign.isprintable() else " " for sign in last)
    stem = _SPACES.sub(" ", shown).strip()
    if "." in stem:
        stem = stem.rpartition(".")[0]
    stem = stem.strip(" .")[:LONGEST_NAME].strip()
    return (stem or _NAMELESS[media_type]) + _ENDINGS[media_type]


def check_room(*, files: int, size_bytes: int, more_bytes: int) -> None:
    """Refuse one file more than an owner may keep, in number or in size.

    Raises: TooManyFiles, NoRoomLeft.
    """
    if files >= MOST_FILES:
        raise TooManyFiles(most=MOST_FILES)
    if size_bytes + more_bytes > MOST_BYTES:
        raise NoRoomLeft(most=MOST_BYTES // MEGABYTE)
