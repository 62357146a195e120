"""Receiving files at a door: whole, in a form that needs no script, or in pieces from `upload.js`.

In pieces, one address answers: POST `name` and `size` begins and gives an `upload`; POST
`?upload=…&offset=…` takes a piece; GET `?upload=…` tells how much is here, so that a lost
connection goes on where it stopped; POST `?upload=…&finish=1` checks and keeps the file.
"""

from collections.abc import Callable
from typing import Any

from flask import Response, current_app, jsonify, request
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from fairapp.files.checking import prepare
from fairapp.files.domain import LARGEST_BYTES, PreparedFile
from fairapp.files.errors import FileUnreadable
from fairapp.files.models import StoredFile
from fairapp.files.queries import upload_by_token
from fairapp.files.services import begin_upload, finish_upload, take_piece
from fairapp.files.store import FileStore, store_of
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import Refusal
from fairapp.web.errors import sentence_of
from fairapp.web.problem import status_of

LARGEST_PIECE_BYTES = 512 * 1024
_CREATED = 201
_TOO_LARGE = 413
# Puts the kept file where it belongs, in the transaction that keeps it.
Attach = Callable[[Session, StoredFile], None]
# What the page shows of a kept file.
Show = Callable[[StoredFile], dict[str, Any]]


def here() -> FileStore:
    """Return the store of this application."""
    return store_of(current_app.extensions["settings"])


def receive_whole(sent: FileStorage) -> PreparedFile:
    """Check a file of a form and put its bytes into the store; its row is written by the service.

    Raises: the refusals of `prepare`.
    """
    prepared = prepare(sent.stream.read(LARGEST_BYTES + 1), sent.filename or "")
    here().put(prepared)
    return prepared


def receive_in_pieces(*, owner: str, attach: Attach, show: Show) -> tuple[Response, int]:
    """Answer one call of `upload.js` for a file of an owner; refusals are sentences in JSON."""
    token = request.args.get("upload", "")[:64]
    try:
        if request.method == "GET":
            return _state(reading(), token, owner)
        if not token:
            return _begin(owner)
        if "finish" in request.args:
            return _finish(token, owner, attach, show)
        return _piece(token, owner)
    except Refusal as refusal:
        answer = {"error": sentence_of(refusal)} | {
            name: value for name, value in refusal.values.items() if name == "received"
        }
        return jsonify(answer), status_of(refusal)


def _begin(owner: str) -> tuple[Response, int]:
    size = request.form.get("size", type=int) or 0
    with transaction() as session:
        upload = begin_upload(
            session, owner=owner, name=request.form.get("name", ""), size_bytes=size, now=utc_now()
        )
    return jsonify(upload=upload.token, received=0), _CREATED


def _state(session: Session, token: str, owner: str) -> tuple[Response, int]:
    upload = upload_by_token(session, token, owner=owner)
    return jsonify(upload=upload.token, received=upload.received_bytes), 200


def _piece(token: str, owner: str) -> tuple[Response, int]:
    offset = max(0, request.args.get("offset", type=int) or 0)
    piece = request.get_data(cache=False)
    if len(piece) > LARGEST_PIECE_BYTES:
        return jsonify(error=""), _TOO_LARGE
    upload = upload_by_token(reading(), token, owner=owner)
    if offset == upload.received_bytes and offset + len(piece) <= upload.expected_bytes:
        here().write_piece(token, offset=offset, piece=piece)
    with transaction() as session:
        upload = take_piece(session, token=token, owner=owner, offset=offset, size_bytes=len(piece))
    return jsonify(upload=token, received=upload.received_bytes), 200


def _finish(token: str, owner: str, attach: Attach, show: Show) -> tuple[Response, int]:
    upload = upload_by_token(reading(), token, owner=owner)
    name, expected, file_id = upload.name, upload.expected_bytes, upload.file_id
    prepared = None
    if file_id is None:
        content = here().read_upload(token)
        if len(content) != expected:
            raise FileUnreadable()
        prepared = prepare(content, name)
        here().put(prepared)
    with transaction() as session:
        file = _kept(session, token, owner, prepared, attach)
    here().forget_upload(token)
    return jsonify(show(file)), _CREATED


def _kept(
    session: Session, token: str, owner: str, prepared: PreparedFile | None, attach: Attach
) -> StoredFile:
    if prepared is None:
        upload = upload_by_token(session, token, owner=owner)
        return session.get_one(StoredFile, upload.file_id)
    file, is_new = finish_upload(session, token=token, owner=owner, prepared=prepared, now=utc_now())
    if is_new:
        attach(session, file)
    return file
