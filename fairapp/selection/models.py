"""The committee, its assignments and scores, and the recorded runs of a selection."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fairapp.accounts.models import Account
from fairapp.audit.models import BigId
from fairapp.foundation.database import Base, UtcDateTime, stored
from fairapp.selection.domain.words import Proposal, RunState


class Reviewer(Base):
    """A member of an event's committee, with the commune and network that it may not review."""

    __tablename__ = "reviewers"
    __table_args__ = (UniqueConstraint("event_id", "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    province_code: Mapped[str | None] = mapped_column(String(6))
    commune: Mapped[str | None] = mapped_column(String(120))
    network_id: Mapped[int | None] = mapped_column(ForeignKey("networks.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    account: Mapped[Account] = relationship(lazy="raise_on_sql")


class ConflictOfInterest(Base):
    """A reviewer declared that it may not judge a cooperative."""

    __tablename__ = "conflicts_of_interest"
    __table_args__ = (UniqueConstraint("reviewer_id", "cooperative_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("reviewers.id", ondelete="CASCADE"))
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    reason: Mapped[str] = mapped_column(String(300))
    declared_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Assignment(Base):
    """A registration that a reviewer is to score; `number` is how a blind reviewer calls it."""

    __tablename__ = "review_assignments"
    __table_args__ = (
        UniqueConstraint("registration_id", "reviewer_id"),
        UniqueConstraint("reviewer_id", "number"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"))
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("reviewers.id"))
    number: Mapped[int]
    assigned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    scored_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    note: Mapped[str | None] = mapped_column(String(500))


class Score(Base):
    """Points of one reviewer for one criterion, 0 to the criterion's scale."""

    __tablename__ = "scores"
    __table_args__ = (
        UniqueConstraint("assignment_id", "criterion_code"),
        CheckConstraint("points >= 0", name="points_not_negative"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("review_assignments.id", ondelete="CASCADE"))
    criterion_code: Mapped[str] = mapped_column(String(40))
    points: Mapped[int]
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SelectionRun(Base):
    """One recorded ranking: its input, rules and seed as they were, and the hash of its result.

    `rules` holds criteria, quotas, places and seed; `input` what was known of each registration, by
    reference, without names. The same rules and input give the same ranks and hash at any time.
    """

    __tablename__ = "selection_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    state: Mapped[RunState] = mapped_column(stored(RunState))
    rules: Mapped[dict[str, Any]] = mapped_column(JSON)
    input: Mapped[dict[str, Any]] = mapped_column(JSON)
    result_hash: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Rank(Base):
    """A registration's place in a run. `category` is the stop and sector in which it competed;

    `points_milli` are thousandths of 100 points; `explanation` holds the points by criterion, mean and
    spread, and whether a draw settled a tie. An override changes the proposal and says why.
    """

    __tablename__ = "selection_ranks"
    __table_args__ = (UniqueConstraint("run_id", "registration_id"), Index(None, "run_id", "overall"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("selection_runs.id", ondelete="CASCADE"))
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE"), index=True
    )
    overall: Mapped[int]
    category: Mapped[str] = mapped_column(String(60))
    rank: Mapped[int]
    of: Mapped[int]
    places: Mapped[int | None]
    points_milli: Mapped[int]
    proposal: Mapped[Proposal] = mapped_column(stored(Proposal))
    reason_code: Mapped[str | None] = mapped_column(String(40))
    explanation: Mapped[dict[str, Any]] = mapped_column(JSON)
    overridden_to: Mapped[str | None] = mapped_column(String(10))
    override_reason_code: Mapped[str | None] = mapped_column(String(40))
    override_note: Mapped[str | None] = mapped_column(String(500))
    overridden_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    overridden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
