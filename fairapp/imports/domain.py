"""States of an import, what it finds in a row, and what a person says of it."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED_BYTES = 500 * 1024 * 1024  # of an XLSX, which is a ZIP
MOST_ROWS = 100_000
MOST_COLUMNS = 200


class ImportState(enum.StrEnum):
    """State of an import. A worker reads, applies and undoes; a person decides in between."""

    READING = "reading"
    READY = "ready"
    UNREADABLE = "unreadable"
    APPLYING = "applying"
    APPLIED = "applied"
    UNDOING = "undoing"
    UNDONE = "undone"
    DROPPED = "dropped"


BUSY = (ImportState.READING, ImportState.APPLYING, ImportState.UNDOING)


class RowOutcome(enum.StrEnum):
    """What a row would do, or did."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    DOUBTFUL = "doubtful"  # looks like one of the directory: a person decides, until then it is left out
    REPEATED = "repeated"  # an earlier row of the same file says it already
    WRONG = "wrong"


class RowChoice(enum.StrEnum):
    """What a person said of a doubtful row."""

    SAME = "same"
    NEW = "new"
    LEFT_OUT = "left_out"


class Mark(enum.StrEnum):
    """What makes a row look like an entry of the directory."""

    CODE = "code"
    REGISTER = "register"
    ICE = "ice"
    NAME_AND_PHONE = "name_and_phone"
    NAME = "name"
    REGISTER_NUMBER = "register_number"
    SEVERAL = "several"  # the marks lead to several entries
    CHANGED_SINCE = "changed_since"  # the entry was changed after the file was read
    ENTERED_SINCE = "entered_since"  # it was entered after the file was read


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong with a value: an untranslated sentence and its values; a warning hinders nothing."""

    column: str
    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)
    is_warning: bool = False

    def stored(self) -> dict[str, object]:
        """Return the form in which a row keeps it."""
        kept: dict[str, object] = {"column": self.column, "sentence": self.sentence}
        if self.values:
            kept["values"] = dict(self.values)
        if self.is_warning:
            kept["warning"] = True
        return kept
