"""Good files and hostile ones, made here so that nothing strange lies in the tree."""

import struct
import zipfile
import zlib
from io import BytesIO
from typing import cast

from PIL import Image, PngImagePlugin
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, RectangleObject, TextStringObject

SCRIPT = b"<html><script>alert('souk')</script></html>"
PLACE = "Secret douar"


def picture(width: int = 64, height: int = 48) -> Image.Image:
    """Return a picture whose upper left corner is red, so that turning it shows."""
    image = Image.new("RGB", (width, height), (20, 110, 80))
    image.paste((230, 20, 20), (0, 0, width // 4, height // 4))
    return image


def jpeg(image: Image.Image | None = None, **options: object) -> bytes:
    out = BytesIO()
    (image or picture()).save(out, "JPEG", **options)
    return out.getvalue()


def png(image: Image.Image | None = None, **options: object) -> bytes:
    out = BytesIO()
    (image or picture()).save(out, "PNG", **options)
    return out.getvalue()


def photo_of_a_phone() -> bytes:
    """Return a photo lying on its side, with the place and the phone's words in it."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it to the right
    exif[0x010E] = PLACE
    place = exif.get_ifd(0x8825)
    place[1], place[2] = "N", (30.0, 25.0, 12.0)
    place[3], place[4] = "W", (9.0, 35.0, 1.0)
    return jpeg(exif=exif, comment=PLACE.encode(), xmp=b"<x:xmpmeta>" + PLACE.encode() + b"</x:xmpmeta>")


def jpeg_and_page() -> bytes:
    return jpeg(comment=SCRIPT) + SCRIPT


def jpeg_and_archive() -> bytes:
    out = BytesIO(jpeg())
    out.seek(0, 2)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("shop.php", b"<?php system($_GET['c']); ?>")
    return out.getvalue()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb_of_pixels(side: int = 30_000) -> bytes:
    """Return a PNG of some kilobytes that says it has 900 million points, and has them."""
    rows = zlib.compressobj(9)
    row = bytes(1 + side // 8)
    data = b"".join(rows.compress(row * 100) for _ in range(side // 100)) + rows.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def png_with_giant_words() -> bytes:
    """Return a small picture with a text chunk that unfolds to 50 MB."""
    words = PngImagePlugin.PngInfo()
    words.add(b"zTXt", b"Comment\0\0" + zlib.compress(b"A" * 50_000_000, 9))
    return png(pnginfo=words)


def png_with_giant_profile() -> bytes:
    """Return a small picture with a colour profile that unfolds to 50 MB."""
    profile = PngImagePlugin.PngInfo()
    profile.add(b"iCCP", b"p\0\0" + zlib.compress(b"B" * 50_000_000, 9))
    return png(pnginfo=profile)


def svg() -> bytes:
    return b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(2)</script></svg>'


def pdf(pages: int = 1, *, width: float = 595, height: float = 842, password: str = "") -> bytes:
    out, writer = BytesIO(), PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width, height)
    if password:
        writer.encrypt(password, algorithm="AES-256")
    writer.write(out)
    return out.getvalue()


def pdf_that_acts() -> bytes:
    """Return a PDF with scripts at its opening and on its page, an attachment, and words about itself."""
    out, writer = BytesIO(), PdfWriter()
    page = writer.add_blank_page(595, 842)
    action = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    )
    page[NameObject("/AA")] = DictionaryObject({NameObject("/O"): action})
    page[NameObject("/MediaBox")] = RectangleObject((0, 0, 595, 842))
    writer.root_object[NameObject("/OpenAction")] = action
    writer.add_attachment("shop.exe", b"MZ" + SCRIPT)
    scripts = DictionaryObject({NameObject("/Names"): ArrayObject([TextStringObject("open"), action])})
    names = cast(DictionaryObject, writer.root_object["/Names"])
    names[NameObject("/JavaScript")] = scripts
    writer.add_metadata({"/Author": PLACE, "/Title": PLACE})
    writer.write(out)
    return out.getvalue()


def pdf_and_page() -> bytes:
    return pdf() + SCRIPT
