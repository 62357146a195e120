"""Kinds of stands and zones, and states of allocation runs."""

import enum


class StandKind(enum.StrEnum):
    """What a stand is for."""

    EXHIBITOR = "exhibitor"
    INSTITUTION = "institution"
    SERVICE = "service"


class RunStatus(enum.StrEnum):
    """State of an allocation run."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    PUBLISHED = "published"
