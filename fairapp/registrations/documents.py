"""Which documents of a call a registration is asked for, and which of them it lacks. Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol, TypeVar

from fairapp.reference.queries import sectors as known_sectors
from fairapp.registrations.domain import DocumentState
from fairapp.registrations.errors import ExemptionNotOffered, ExplanationMissing, TooManyOfDocument

MOST_FILES_OF_DOCUMENT = 3
LONGEST_EXPLANATION = 300
_SETTLED_WITHOUT_FILE = (DocumentState.APPLIED, DocumentState.EXEMPT)


class Asked(Protocol):
    """A document of the call."""

    code: str
    optional: bool
    food_only: bool
    can_be_exempt: bool


class Given(Protocol):
    """One row of how a registration stands with a document; several files are several rows."""

    code: str
    state: DocumentState
    file_id: int | None


A = TypeVar("A", bound=Asked)


@dataclass(frozen=True, slots=True)
class DocumentChoice:
    """What was answered for a document; the state is empty while nothing was chosen."""

    state: DocumentState | None
    explanation: str | None = None


@cache
def food_sectors() -> frozenset[str]:
    """Return the sectors whose products are food, or may be."""
    return frozenset(code for code, entry in known_sectors().items() if entry.kind != "no")


def asked_documents(documents: Iterable[A], sectors: Collection[str]) -> tuple[A, ...]:
    """Return the documents of a call that are asked of who shows these sectors, in order.

    Source: law 28-07 asks for a food authorization where food is made or packed, of nobody else.
    """
    sells_food = not food_sectors().isdisjoint(sectors)
    return tuple(document for document in documents if sells_food or not document.food_only)


def missing_documents(
    documents: Iterable[Asked], sectors: Collection[str], given: Iterable[Given]
) -> tuple[str, ...]:
    """Return the codes of the documents that a registration owes and has not settled, in order.

    Settled is a document with a file, one that was applied for, and one of which it is exempt. It
    owes those that the call does not call optional and that concern its sectors.
    """
    settled = {
        row.code
        for row in given
        if row.state in _SETTLED_WITHOUT_FILE or (row.state is DocumentState.HAS and row.file_id is not None)
    }
    owed = (document for document in asked_documents(documents, sectors) if not document.optional)
    return tuple(document.code for document in owed if document.code not in settled)


def settled_state(chosen: DocumentState | None, *, files: int) -> DocumentState:
    """Return the state to keep: who sent a photo has the paper, who said nothing does not yet."""
    if files and chosen in (None, DocumentState.MISSING):
        return DocumentState.HAS
    return chosen or DocumentState.MISSING


def check_choice(document: Asked, choice: DocumentChoice) -> None:
    """Refuse an exemption that the call does not know, or that says no reason.

    Raises: ExemptionNotOffered, ExplanationMissing.
    Source: law 28-07, who sells its whole production straight to the consumer needs no authorization.
    """
    if choice.state is not DocumentState.EXEMPT:
        return
    if not document.can_be_exempt:
        raise ExemptionNotOffered()
    if not choice.explanation:
        raise ExplanationMissing()


def check_files(files: Sequence[object]) -> None:
    """Refuse more files for one document than anybody reads.

    Raises: TooManyOfDocument.
    """
    if len(files) > MOST_FILES_OF_DOCUMENT:
        raise TooManyOfDocument(most=MOST_FILES_OF_DOCUMENT)
