"""Decode one file that a stranger sent, and write it anew. Run as a program of its own, by `checking`.

It gets the file on its standard input, and answers with one line of JSON and the new content.
It imports nothing of fairapp, holds no secret, opens no file, and the kernel ends it when it
takes too much memory or time: whatever a file does to a decoder, it does here.
"""

import json
import resource
import sys
from collections.abc import Iterator
from io import BytesIO
from typing import Any

MEMORY_BYTES = 1536 * 1024 * 1024
PHOTO_QUALITY = 82
PAGE_QUALITY = 75
POINTS_A_SIDE = 14_400 * 10  # PDF itself allows 14,400; more is no paper
_FORMATS = {"jpeg": ("JPEG",), "png": ("PNG",), "heic": ("HEIF",)}


class Refused(Exception):  # noqa: N818 - named for what happened
    """The reason, as the word that `checking` knows."""


def limit(seconds: int) -> None:
    """Let the kernel refuse memory and time beyond what a real file needs, and any writing of files."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def photo(content: bytes, kind: str, longest: int, most_pixels: int) -> tuple[dict[str, Any], bytes]:
    """Return facts and JPEG of a photo: upright, without any metadata, no longer than `longest`."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = most_pixels
    if kind == "heic":
        import pi_heif

        pi_heif.register_heif_opener()
    image: Image.Image = Image.open(BytesIO(content), formats=_FORMATS[kind])
    if image.width * image.height > most_pixels:
        raise Refused("too_many_pixels")
    if image.width < 1 or image.height < 1:
        raise Refused("unreadable")
    image.draft("RGB", (longest, longest))  # a JPEG is decoded smaller at once
    image.load()
    image = ImageOps.exif_transpose(image)
    image.thumbnail((longest, longest), reducing_gap=2.0)
    image = on_white(image)
    return {"width": image.width, "height": image.height, "pages": 1}, jpeg(image, PHOTO_QUALITY)


def on_white(image: Any) -> Any:
    """Return a picture in plain colours; what was see-through is white."""
    from PIL import Image

    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layer = image.convert("RGBA")
        ground = Image.new("RGBA", layer.size, "white")
        ground.alpha_composite(layer)
        return ground.convert("RGB")
    if image.mode.startswith("I;16"):
        return image.point(lambda value: value / 256).convert("L").convert("RGB")
    return image.convert("RGB")


def jpeg(image: Any, quality: int) -> bytes:
    """Return the points of a picture as JPEG, and nothing else of it."""
    image.info = {}  # comments, profiles, places
    out = BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def paper(content: bytes, longest: int, most_pages: int) -> tuple[dict[str, Any], bytes]:
    """Return facts and PDF of a paper: each page drawn, and a new PDF made of the drawings alone."""
    import pypdfium2
    from pypdfium2 import raw

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD
        raise Refused("locked" if locked else "unreadable") from error
    count = len(document)
    if count > most_pages:
        raise Refused("too_many_pages")
    if count < 1:
        raise Refused("unreadable")
    pages = list(drawn_pages(document, longest))
    _points, first_width, first_height, _jpeg = pages[0]
    return {"width": first_width, "height": first_height, "pages": count}, pdf_of(pages)


Page = tuple[tuple[float, float], int, int, bytes]


def drawn_pages(document: Any, longest: int) -> Iterator[Page]:
    """Yield each page as its size in points, and its drawing: width, height, JPEG."""
    for number in range(len(document)):
        page = document[number]
        width, height = page.get_size()
        if not (0 < width <= POINTS_A_SIDE and 0 < height <= POINTS_A_SIDE):
            raise Refused("unreadable")
        scale = min(longest / max(width, height), longest / 300)
        # A side of less than a point is a line: no paper, and no bitmap of it.
        if min(width, height) * scale < 1:
            raise Refused("unreadable")
        bitmap = page.render(scale=scale)
        image = bitmap.to_pil().convert("RGB")
        page.close()
        yield (width, height), image.width, image.height, jpeg(image, PAGE_QUALITY)


def pdf_of(pages: list[Page]) -> bytes:
    """Return a PDF of one drawing a page; the same drawings give the same bytes."""
    out = BytesIO(b"%PDF-1.4\n")
    out.seek(0, 2)
    places: list[int] = []

    def add(body: bytes) -> None:
        places.append(out.tell())
        out.write(b"%d 0 obj\n%b\nendobj\n" % (len(places), body))

    kids = b" ".join(b"%d 0 R" % (3 + 3 * place) for place in range(len(pages)))
    add(b"<< /Type /Catalog /Pages 2 0 R >>")
    add(b"<< /Type /Pages /Count %d /Kids [ %b ] >>" % (len(pages), kids))
    for (points_x, points_y), width, height, drawing in pages:
        here = len(places) + 1
        box = b"%.2f %.2f" % (points_x, points_y)
        add(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 %b ] /Contents %d 0 R"
            b" /Resources << /XObject << /P %d 0 R >> >> >>" % (box, here + 1, here + 2)
        )
        drawn = b"q %.2f 0 0 %.2f 0 0 cm /P Do Q" % (points_x, points_y)
        add(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(drawn), drawn))
        add(
            b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB"
            b" /BitsPerComponent 8 /Filter /DCTDecode /Length %d >>\nstream\n%b\nendstream"
            % (width, height, len(drawing), drawing)
        )
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, start))
    return out.getvalue()


def main(kind: str, longest: int, most: int, seconds: int) -> None:
    """Answer for one file; whatever a decoder says against it, it is not readable."""
    limit(seconds)
    content = sys.stdin.buffer.read()
    try:
        facts, made = paper(content, longest, most) if kind == "pdf" else photo(content, kind, longest, most)
    except Refused as refusal:
        facts, made = {"refused": str(refusal)}, b""
    except Exception as error:  # decoders of hostile bytes raise anything; the caller logs what it was
        bomb = type(error).__name__.startswith("DecompressionBomb")
        because = {"because": type(error).__name__}
        facts, made = {"refused": "too_many_pixels" if bomb else "unreadable", **because}, b""
    sys.stdout.buffer.write(json.dumps(facts).encode() + b"\n" + made)


if __name__ == "__main__":
    main(sys.argv[1], *(int(number) for number in sys.argv[2:]))
