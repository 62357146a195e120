"""States of an import and what it finds in a row."""

import enum


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


class RowOutcome(enum.StrEnum):
    """What a row would do, or did."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    DOUBTFUL = "doubtful"  # looks like one of the directory: a person decides, until then it is left out
    REPEATED = "repeated"  # an earlier row of the same file says it already
    WRONG = "wrong"
