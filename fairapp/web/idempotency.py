"""The first answer to an `Idempotency-Key`, kept in the transaction of its effect.

The row is inserted before the effect: a twin of the call waits for it, then finds the answer.
When the call is refused, the row is undone with everything else, so that it may be retried.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from fairapp.foundation.errors import Conflict
from fairapp.foundation.text import N_
from fairapp.web.models import IdempotencyRecord
from fairapp.web.problem import UnreadableRequest

HEADER = "Idempotency-Key"
LONGEST_KEY = 255
_SEALED = "sealed"


class KeyReused(Conflict):
    """The same key came with another request."""

    message = N_("This Idempotency-Key was already used for another request.")


class UnreadableKey(UnreadableRequest):
    """The key is empty, too long, or not plain text."""

    message = N_("The Idempotency-Key must be 1 to 255 plain characters.")


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """What was answered the first time."""

    status: int
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Claim:
    """A key of a caller for one request. `secrets` seal answers that hold a token, newest first."""

    caller: str
    key: str
    request_hash: str
    secrets: tuple[str, ...] = ()


def checked_key(text: str | None) -> str | None:
    """Return the key of a request, None when there is none.

    Raises: UnreadableKey.
    """
    if text is None:
        return None
    if not 1 <= len(text) <= LONGEST_KEY or not text.isascii() or not text.isprintable():
        raise UnreadableKey()
    return text


def hash_request(method: str, path: str, document: Any) -> str:
    """Return what tells two requests apart: method, path and the meaning of the JSON body."""
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{method} {path}\n{canonical}".encode()).hexdigest()


def first_answer(session: Session, claim: Claim, *, now: datetime) -> FirstAnswer | None:
    """Take the key for this transaction, or return what was answered to it before.

    Raises: KeyReused.
    """
    insert = postgresql_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    taken = session.scalar(
        insert(IdempotencyRecord)
        .values(
            caller=claim.caller,
            key=claim.key,
            request_hash=claim.request_hash,
            status=0,
            body={},
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["caller", "key"])
        .returning(IdempotencyRecord.id)
    )
    if taken is not None:
        return None
    found = session.execute(select(IdempotencyRecord).where(*_named(claim))).scalar_one()
    if found.request_hash != claim.request_hash:
        raise KeyReused()
    body = found.body
    if _SEALED in body:
        body = json.loads(_box(claim).decrypt(body[_SEALED].encode()))
    return FirstAnswer(found.status, body)


def keep_answer(session: Session, claim: Claim, answer: FirstAnswer, *, seal: bool = False) -> None:
    """Keep the answer beside its effect; sealed when it holds a token that is stored hashed."""
    body = answer.body
    if seal:
        body = {_SEALED: _box(claim).encrypt(json.dumps(body).encode()).decode()}
    session.execute(update(IdempotencyRecord).where(*_named(claim)).values(status=answer.status, body=body))


def _named(claim: Claim) -> tuple[Any, ...]:
    return (IdempotencyRecord.caller == claim.caller, IdempotencyRecord.key == claim.key)


def _box(claim: Claim) -> MultiFernet:
    keys = [hashlib.sha256(b"idempotency:" + secret.encode()).digest() for secret in claim.secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])
