"""Handing out files: never as a page of ours, whatever is in them (promises B68)."""

from io import BytesIO
from urllib.parse import quote

from flask import Response, current_app, request
from PIL import Image, ImageOps
from sqlalchemy.orm import Session

from fairapp.files.domain import MediaType
from fairapp.files.errors import StoredFileNotFound
from fairapp.files.models import StoredFile
from fairapp.files.queries import file_by_token
from fairapp.files.store import store_of

_POLICY = "sandbox; default-src 'none'"
_A_DAY_S = 86_400
_SMALL_PX = 112  # shown at half of it


def send_file_of(file: StoredFile, *, name: str | None = None) -> Response:
    """Hand out a file as a download; a photo can still be shown by `<img>` with the same address.

    The door has found out that the caller may have it. `name` stands for the file's own, where that
    would tell whose it is.

    Raises: StoredFileNotFound, when its bytes are erased already.
    """
    response = _bytes_of(file)
    response.headers["Content-Disposition"] = (
        f"attachment; filename*=UTF-8''{quote(name or file.name, safe='')}"
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def send_small_photo(file: StoredFile) -> Response:
    """Hand out a small picture of a photo, for lists; the photo itself is one that we wrote.

    Raises: StoredFileNotFound, also for anything that is no photo.
    """
    path = store_of(current_app.extensions["settings"]).path(file.sha256)
    if file.media_type is not MediaType.JPEG or not path.is_file():
        raise StoredFileNotFound()
    small = BytesIO()
    with Image.open(path, formats=("JPEG",)) as photo:
        photo.draft("RGB", (_SMALL_PX, _SMALL_PX))
        ImageOps.fit(photo.convert("RGB"), (_SMALL_PX, _SMALL_PX)).save(small, "JPEG", quality=70)
    response = Response(small.getvalue(), mimetype=file.media_type.value)
    return _harmless(response)


def send_public_photo(session: Session, token: str, *, owner: str) -> Response:
    """Hand out a photo that its owner has made public; it never changes under its token.

    Raises: StoredFileNotFound, also for anything that is no photo.
    """
    file = file_by_token(session, token, owner)
    if file.media_type is not MediaType.JPEG:
        raise StoredFileNotFound()
    response = _bytes_of(file)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
    response.headers["Cache-Control"] = f"public, max-age={_A_DAY_S}"
    return response


def _bytes_of(file: StoredFile) -> Response:
    path = store_of(current_app.extensions["settings"]).path(file.sha256)
    if not path.is_file():
        raise StoredFileNotFound()
    response = Response(path.read_bytes(), mimetype=file.media_type.value)  # ten megabytes at most
    response.set_etag(file.sha256)
    response.make_conditional(request)
    return _harmless(response)


def _harmless(response: Response) -> Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = _POLICY
    return response
