"""The A6 badge: its QR can be read, its names too, Arabic is joined and in the right order."""

import io
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import zxingcpp
from flask import Flask
from PIL import Image, ImageChops, ImageFilter, ImageStat
from pypdf import PdfReader

from fairapp.badges import codes, printing
from fairapp.badges.domain import BadgeStatus, Card, CardStop

GOLDEN = Path(__file__).with_name("golden_badge.png")
CODE = (
    "V50300J 0:KS/2S4F1600100T:QB9CDIDD.8D.9BEKF-KXY0A 04RBU6TZ-P0T1SF597VW*8%DENINWA9 OTXE6YT4WAM"
    ":QQPJ7AWIAYQLBF8A2OTFBBJA-B"
)
AGADIR = CardStop("S1", "أكادير", "Agadir", date(2027, 5, 28), date(2027, 6, 3), ("A-14",))
CARD = Card(
    code=CODE,
    short_code="K7QM4T2X",
    token="secret",
    name="فاطمة الزهراء أيت لحسن",
    gender="woman",
    cooperative_ar="تعاونية تيفاوين لزيت الأركان",
    cooperative_fr="Coopérative Tifaouine, Tafraout",
    event_ar="المعرض الجهوي سوس – ماسة «Marché Solidaire» 2026",
    event_fr="Foire régionale Souss-Massa",
    event_slug="souss-fair",
    stops=(AGADIR,),
    sector_code="ARG-FOOD",
    position=1,
    count=2,
    status=BadgeStatus.VALID,
)


@pytest.fixture
def context(app: Flask) -> object:
    with app.app_context():
        yield app


def _texts(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def _read(picture: Image.Image) -> str | None:
    found = zxingcpp.read_barcode(picture)
    return found.text if found else None


@pytest.mark.usefixtures("context")
def test_badge_is_one_a6_page_with_name_stand_and_code() -> None:
    reader = PdfReader(io.BytesIO(printing.print_badges([CARD])))
    page = reader.pages[0]
    millimetres = [float(side) / 72 * 25.4 for side in page.mediabox[2:]]
    assert (len(reader.pages), [round(side) for side in millimetres]) == (1, [105, 148])
    text = page.extract_text()
    for expected in ("A-14", "K7QM-4T2X", "Foire régionale Souss-Massa", "Tifaouine", "2027"):
        assert expected in text, expected
    assert all(word in text for word in ("فاطمة", "لحسن"))


@pytest.mark.usefixtures("context")
def test_badge_looks_like_its_golden_picture() -> None:
    drawn = Image.open(io.BytesIO(printing.picture_of(CARD, ppi=64))).convert("L")
    golden = Image.open(GOLDEN).convert("L")
    assert drawn.size == golden.size
    blurred = [picture.filter(ImageFilter.GaussianBlur(1)) for picture in (drawn, golden)]
    assert ImageStat.Stat(ImageChops.difference(*blurred)).mean[0] < 1.5


@pytest.mark.usefixtures("context")
def test_name_spelt_backwards_does_not_look_like_the_golden_picture() -> None:
    backwards = replace(CARD, name=CARD.name[::-1], cooperative_ar=CARD.cooperative_ar[::-1])
    drawn = Image.open(io.BytesIO(printing.picture_of(backwards, ppi=64))).convert("L")
    golden = Image.open(GOLDEN).convert("L")
    blurred = [picture.filter(ImageFilter.GaussianBlur(1)) for picture in (drawn, golden)]
    assert ImageStat.Stat(ImageChops.difference(*blurred)).mean[0] > 1.5


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("spoil", ["as it is", "blurred", "turned", "dim", "small"])
def test_qr_of_the_picture_is_read_back(spoil: str) -> None:
    picture = Image.open(io.BytesIO(printing.picture_of(CARD, ppi=150))).convert("L")
    spoilt = {
        "as it is": lambda p: p,
        "blurred": lambda p: p.filter(ImageFilter.GaussianBlur(1.5)),
        "turned": lambda p: p.rotate(17, expand=True, fillcolor=200),
        "dim": lambda p: p.point(lambda light: light * 0.4 + 20),
        "small": lambda p: p.resize((p.width // 2, p.height // 2)),
    }[spoil](picture)
    assert _read(spoilt) == CODE


@pytest.mark.usefixtures("context")
@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="poppler-utils is not installed")
def test_qr_of_the_printed_pages_is_read_back(tmp_path: Path) -> None:
    cards = [CARD, replace(CARD, code=CODE[::-1], name="Fatima")]
    (tmp_path / "badges.pdf").write_bytes(printing.print_badges(cards))
    subprocess.run(["pdftoppm", "-r", "110", "-png", "badges.pdf", "page"], cwd=tmp_path, check=True)
    read = [_read(Image.open(page)) for page in sorted(tmp_path.glob("page*.png"))]
    assert read == [CODE, CODE[::-1]]


@pytest.mark.usefixtures("context")
def test_names_are_inert_whatever_they_say() -> None:
    names = ['#panic("x")', '#read("/etc/passwd")', "$ x $ *b* _i_ @ref <b>", "]\\ #{", "\u202eابجد", ""]
    pages = _texts(printing.print_badges([replace(CARD, name=name) for name in names]))
    assert len(pages) == len(names)
    assert '#panic("x")' in pages[0].replace("\u2068", "").replace("\u2069", "")
    assert "root:" not in "".join(pages)


@pytest.mark.usefixtures("context")
def test_badge_for_several_stops_shows_each_with_its_stands() -> None:
    azrou = CardStop("S2", "أزرو", "Azrou", date(2027, 6, 10), date(2027, 6, 12), ("B-2", "B-3"))
    none = CardStop("S3", "ميدلت", "Midelt", date(2027, 6, 14), date(2027, 6, 15), ())
    text = _texts(printing.print_badges([replace(CARD, stops=(AGADIR, azrou, none))]))[0]
    assert all(stand in text for stand in ("A-14", "B-2, B-3"))
    assert (
        printing.dates_line(replace(CARD, stops=(AGADIR, azrou, none)), "fr") == "du 28 mai au 12 juin 2027"
    )


@pytest.mark.usefixtures("context")
def test_badge_without_stand_sector_and_gender_is_drawn() -> None:
    bare = replace(CARD, stops=(replace(AGADIR, stands=()),), sector_code=None, gender=None)
    assert "K7QM-4T2X" in _texts(printing.print_badges([bare]))[0]


@pytest.mark.parametrize(
    "sector, picto", [("AGR-HONEY", "honey"), ("CRAFT-WOOD", "basket"), ("TOUR", "more")]
)
def test_sector_has_a_pictogram(sector: str, picto: str) -> None:
    assert printing.picto_of(sector) == picto


@pytest.mark.parametrize("draw", [codes.qr_svg, codes.sheet_svg, codes.qr_svg_bare])
def test_qr_drawings_are_plain_svg(draw: object) -> None:
    svg = draw(CODE)  # type: ignore[operator] # one of three functions
    assert svg.startswith("<svg ")
    assert "style" not in svg


def test_qr_png_is_read_back() -> None:
    assert codes.read_photo(codes.qr_png(CODE)) == CODE


@pytest.mark.parametrize("photo", [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", codes.qr_png("x")[:60]])
def test_photo_without_a_qr_is_none(photo: bytes) -> None:
    assert codes.read_photo(photo) is None


def test_photo_that_is_empty_or_too_large_is_none() -> None:
    stream = io.BytesIO()
    Image.new("L", (40, 40), 255).save(stream, "PNG")
    assert codes.read_photo(stream.getvalue()) is None
    large = io.BytesIO()
    Image.new("1", (8000, 7000)).save(large, "PNG")
    assert codes.read_photo(large.getvalue()) is None
