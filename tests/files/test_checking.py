"""Whatever is sent is refused in words, or written anew so that nothing foreign is left."""

import re
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from fairapp.files import errors
from fairapp.files.checking import prepare
from fairapp.files.domain import LARGEST_BYTES, LONGEST_SIDE_PX, MediaType, PreparedFile
from tests.files import corpus

HEIC = Path(__file__).with_name("photo.heic")  # of our own making: 96 × 64, a place in its EXIF
FOREIGN = (
    b"script",
    b"<html",
    b"PK\x03\x04",
    b"php",
    b"JavaScript",
    b"/AA",
    b"OpenAction",
    b"Embedded",
    b"MZ",
)

REFUSED: dict[str, tuple[Callable[[], bytes], type[errors.FileRefused]]] = {
    "empty": (lambda: b"", errors.FileEmpty),
    "too_large": (lambda: b"\xff\xd8\xff" + bytes(LARGEST_BYTES), errors.FileTooLarge),
    "page": (lambda: corpus.SCRIPT, errors.KindNotTaken),
    "svg": (lambda: corpus.svg(), errors.KindNotTaken),
    "archive": (lambda: b"PK\x03\x04rest", errors.KindNotTaken),
    "program": (lambda: b"MZ\x90\x00", errors.KindNotTaken),
    "gif_and_script": (lambda: b"GIF89a/*" + corpus.SCRIPT, errors.KindNotTaken),
    "page_then_pdf": (lambda: corpus.SCRIPT + corpus.pdf(), errors.KindNotTaken),
    "cut_photo": (lambda: corpus.jpeg(corpus.picture(640, 480))[:900], errors.FileUnreadable),
    "cut_png": (lambda: corpus.png()[:60], errors.FileUnreadable),
    "only_magic": (lambda: b"\xff\xd8\xff\xe0" + b"\0" * 40, errors.FileUnreadable),
    "heic_of_nothing": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", errors.FileUnreadable),
    "cut_heic": (lambda: HEIC.read_bytes()[:500], errors.FileUnreadable),
    "pdf_of_nothing": (lambda: b"%PDF-1.7\n" + corpus.SCRIPT, errors.FileUnreadable),
    "locked_pdf": (lambda: corpus.pdf(password="souk"), errors.PdfLocked),
    "book": (lambda: corpus.pdf(21), errors.TooManyPages),
    "page_of_a_kilometre": (lambda: corpus.pdf(width=2_834_645, height=2_834_645), errors.FileUnreadable),
    "thread": (lambda: corpus.pdf(width=14_000, height=0.1), errors.FileUnreadable),
    "bomb": (lambda: corpus.bomb_of_pixels(), errors.TooManyPixels),
    "words_of_50_mb": (lambda: corpus.png_with_giant_words(), errors.FileUnreadable),
}
KEPT: dict[str, tuple[Callable[[], bytes], MediaType]] = {
    "photo": (lambda: corpus.jpeg(), MediaType.JPEG),
    "png": (lambda: corpus.png(), MediaType.JPEG),
    "phone": (lambda: corpus.photo_of_a_phone(), MediaType.JPEG),
    "heic": (lambda: HEIC.read_bytes(), MediaType.JPEG),
    "photo_and_page": (lambda: corpus.jpeg_and_page(), MediaType.JPEG),
    "photo_and_archive": (lambda: corpus.jpeg_and_archive(), MediaType.JPEG),
    "profile_of_50_mb": (lambda: corpus.png_with_giant_profile(), MediaType.JPEG),
    "pdf": (lambda: corpus.pdf(2), MediaType.PDF),
    "pdf_that_acts": (lambda: corpus.pdf_that_acts(), MediaType.PDF),
    "pdf_and_page": (lambda: corpus.pdf_and_page(), MediaType.PDF),
}


def opened(prepared: PreparedFile) -> Image.Image:
    return Image.open(BytesIO(prepared.content), formats=("JPEG",))


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_paper_is_refused_in_words(name: str) -> None:
    make, refusal = REFUSED[name]
    content = make()
    began = time.monotonic()
    with pytest.raises(refusal) as told:
        prepare(content, "paper.png")
    assert re.search(r"\w{4}", str(told.value))
    assert told.value.field == "file"
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("name", KEPT)
def test_what_is_kept_was_written_by_us_alone(name: str) -> None:
    make, media_type = KEPT[name]
    prepared = prepare(make(), "paper")
    assert prepared.media_type is media_type
    assert [sign for sign in FOREIGN if sign in prepared.content] == []
    assert corpus.PLACE.encode() not in prepared.content
    assert corpus.PLACE.encode("utf-16-be") not in prepared.content


def test_a_photo_stands_upright_and_forgets_where_it_was_taken() -> None:
    prepared = prepare(corpus.photo_of_a_phone(), "IMG_2041.JPG")
    image = opened(prepared)
    assert (prepared.width_px, prepared.height_px) == image.size == (48, 64)
    red, green, _blue = image.getpixel((44, 3))  # type: ignore[misc] # of an RGB picture
    assert red > 150 > green  # the corner has turned with it
    assert dict(image.getexif()) == {}
    assert not {"comment", "xmp", "icc_profile", "exif"} & image.info.keys()


def test_a_large_photo_is_made_smaller() -> None:
    prepared = prepare(corpus.jpeg(corpus.picture(5000, 3000)), "large.jpg")
    assert (prepared.width_px, prepared.height_px) == (LONGEST_SIDE_PX, 1320)


def test_what_is_seen_through_is_white() -> None:
    prepared = prepare(corpus.png(Image.new("RGBA", (20, 20), (0, 0, 0, 0))), "stamp.png")
    assert opened(prepared).getpixel((10, 10)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "I;16", "CMYK"])
def test_pictures_of_scanners_are_taken_too(mode: str) -> None:
    image = Image.new(mode, (30, 20))
    content = corpus.jpeg(image) if mode == "CMYK" else corpus.png(image)
    assert opened(prepare(content, "scan")).mode == "RGB"


def test_heic_becomes_jpeg() -> None:
    prepared = prepare(HEIC.read_bytes(), "IMG_0001.HEIC")
    assert (prepared.name, prepared.width_px, prepared.height_px) == ("IMG_0001.jpg", 96, 64)


def test_a_pdf_is_only_its_drawn_pages() -> None:
    prepared = prepare(corpus.pdf_that_acts(), "statuts.pdf")
    reader = PdfReader(BytesIO(prepared.content))
    assert (prepared.pages, len(reader.pages)) == (1, 1)
    assert set(reader.root_object) == {"/Type", "/Pages"}
    assert reader.metadata is None
    assert set(reader.pages[0]) == {"/Type", "/Parent", "/MediaBox", "/Contents", "/Resources"}
    assert tuple(reader.pages[0].mediabox)[2:] == (595, 842)
    before = PdfReader(BytesIO(corpus.pdf_that_acts())).root_object  # it was all there
    assert {"/OpenAction", "/Names"} <= set(before)


def test_the_same_file_gives_the_same_bytes() -> None:
    assert prepare(corpus.pdf(2), "a").sha256 == prepare(corpus.pdf(2), "b").sha256
    assert prepare(corpus.jpeg(), "a").sha256 == prepare(corpus.jpeg(), "b").sha256
