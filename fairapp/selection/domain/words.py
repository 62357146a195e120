"""Words of a selection."""

import enum


class RunState(enum.StrEnum):
    """State of a selection run: a proposal that can be left, or the one that decisions were taken from."""

    PROPOSED = "proposed"
    DECIDED = "decided"


class Proposal(enum.StrEnum):
    """What a run proposes for a registration at its rank."""

    ACCEPT = "accept"
    WAITLIST = "waitlist"
    REFUSE = "refuse"
