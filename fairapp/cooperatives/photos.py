"""Smaller pictures of kept photos, made when they are first asked for."""

import secrets
from enum import StrEnum
from pathlib import Path

from PIL import Image

from config import Settings
from fairapp.cooperatives.errors import ProductNotFound
from fairapp.files.models import StoredFile
from fairapp.files.store import store_of

_QUALITY = 72


class PhotoSize(StrEnum):
    """Sizes in which a photo is shown."""

    SMALL = "small"
    LARGE = "large"


_LONGEST_SIDE_PX = {PhotoSize.SMALL: 320, PhotoSize.LARGE: 1000}


def photo_path(settings: Settings, file: StoredFile, size: PhotoSize) -> Path:
    """Return where the picture of a photo lies, made from what we wrote ourselves.

    Raises: ProductNotFound, when its bytes are erased already.
    """
    made = settings.var / "thumbnails" / file.sha256[:2] / f"{file.sha256}-{size.value}.jpg"
    if made.is_file():
        return made
    source = store_of(settings).path(file.sha256)
    if not source.is_file():
        raise ProductNotFound()
    made.parent.mkdir(parents=True, exist_ok=True)
    unfinished = made.with_name(f".{secrets.token_hex(8)}")
    side = _LONGEST_SIDE_PX[size]
    with Image.open(source, formats=("JPEG",)) as image:
        image.draft("RGB", (side, side))
        image.thumbnail((side, side))
        image.convert("RGB").save(unfinished, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    unfinished.replace(made)
    return made
