"""Names, kinds and room: rules without a database."""

import pytest

from fairapp.files.domain import (
    MOST_BYTES,
    MOST_FILES,
    MediaType,
    check_room,
    check_size,
    clean_name,
    kind_of,
)
from fairapp.files.errors import FileEmpty, FileTooLarge, KindNotTaken, NoRoomLeft, TooManyFiles

JPEG, PDF = MediaType.JPEG, MediaType.PDF


@pytest.mark.parametrize(
    "typed,media_type,shown",
    [
        ("IMG_2041.jpg", JPEG, "IMG_2041.jpg"),
        ("IMG_2041.HEIC", JPEG, "IMG_2041.jpg"),
        ("شهادة التسجيل.pdf", PDF, "شهادة التسجيل.pdf"),
        ("../../etc/passwd", JPEG, "passwd.jpg"),
        ("C:\\Users\\me\\statuts.v2.pdf", PDF, "statuts.v2.pdf"),
        ("photo\u202egpj.exe", JPEG, "photogpj.jpg"),
        ("a\0b\r\nSet-Cookie: x.png", JPEG, "ab Set-Cookie: x.jpg"),
        ("<script>alert(1)</script>.png", JPEG, "script>.jpg"),
        (".htaccess", JPEG, "photo.jpg"),
        ("..", PDF, "document.pdf"),
        ("", PDF, "document.pdf"),
        ("\u2066\u2069\u200f", JPEG, "photo.jpg"),
        ("é" * 300 + ".pdf", PDF, "é" * 80 + ".pdf"),
    ],
)
def test_clean_name_shows_no_folder_and_no_hidden_sign(typed: str, media_type: MediaType, shown: str) -> None:
    assert clean_name(typed, media_type) == shown


def test_kind_of_looks_at_content_alone() -> None:
    assert kind_of(b"\0\0\0\x18ftypmif1....") == "heic"
    for content in (b"\0\0\0\x18ftypavif", b"\0\0\0\x18ftypmp42", b" %PDF-1.4", b"<svg", b"BM", b"RIFF"):
        with pytest.raises(KindNotTaken):
            kind_of(content)


def test_check_size_takes_ten_megabytes() -> None:
    check_size(10 * 1024 * 1024)
    with pytest.raises(FileTooLarge):
        check_size(10 * 1024 * 1024 + 1)
    with pytest.raises(FileEmpty):
        check_size(0)


def test_check_room_counts_files_and_bytes() -> None:
    check_room(files=MOST_FILES - 1, size_bytes=MOST_BYTES - 10, more_bytes=10)
    with pytest.raises(TooManyFiles):
        check_room(files=MOST_FILES, size_bytes=0, more_bytes=1)
    with pytest.raises(NoRoomLeft):
        check_room(files=1, size_bytes=MOST_BYTES - 10, more_bytes=11)
