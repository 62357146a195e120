"""Accounts, their grants, sign-ins, tokens, devices, invitations and counted attempts."""

import uuid
from datetime import datetime

from flask_security.core import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fairapp.audit.domain import Role, ScopeKind
from fairapp.audit.models import BigId
from fairapp.foundation.database import Base, UtcDateTime, stored


class Account(Base, UserMixin):
    """A person who signs in, by e-mail or phone. At least one of the two is set."""

    __tablename__ = "accounts"
    __table_args__ = (CheckConstraint("email IS NOT NULL OR phone IS NOT NULL", name="reachable"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254), unique=True)  # type: ignore[assignment] # or a phone
    phone: Mapped[str | None] = mapped_column(String(16), unique=True)
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    locale: Mapped[str] = mapped_column(String(5), default="ar")
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    grants: Mapped[list["RoleGrant"]] = relationship(
        back_populates="account", lazy="raise_on_sql", foreign_keys="RoleGrant.account_id"
    )


class RoleGrant(Base):
    """A role given to an account within a scope; taken back by a date, never removed."""

    __tablename__ = "role_grants"
    __table_args__ = (
        CheckConstraint(
            "(scope = 'nation') OR (scope = 'region' AND region_code IS NOT NULL)"
            " OR (scope = 'event' AND event_id IS NOT NULL)"
            " OR (scope = 'cooperative' AND cooperative_id IS NOT NULL)",
            name="scope_is_named",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    role: Mapped[Role] = mapped_column(stored(Role))
    scope: Mapped[ScopeKind] = mapped_column(stored(ScopeKind))
    region_code: Mapped[str | None] = mapped_column(String(2))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"))
    cooperative_id: Mapped[int | None] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    account: Mapped[Account] = relationship(
        back_populates="grants", lazy="raise_on_sql", foreign_keys=[account_id]
    )


class SignIn(Base):
    """One signed-in browser. The cookie names it; revoking the row ends it at once (B63)."""

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    browser: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ApiToken(Base):
    """A bearer token of an account, hashed."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Device(Base):
    """A phone or tablet enrolled to scan or to record sales at one event; revocable."""

    __tablename__ = "devices"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    role: Mapped[Role] = mapped_column(stored(Role))
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    stop_id: Mapped[int | None] = mapped_column(ForeignKey("stops.id"))
    stand_id: Mapped[int | None] = mapped_column(ForeignKey("stands.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    enrolled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    enrolled_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Invitation(Base):
    """An invitation to open an account for a cooperative that registered without one."""

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(16))
    locale: Mapped[str] = mapped_column(String(5))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Attempts(Base):
    """Counted tries of one act by one key (an account, an address) in one window of time (B67)."""

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("act", "key_hash", "window_starts_at"),
        Index(None, "window_starts_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    act: Mapped[str] = mapped_column(String(40))
    key_hash: Mapped[str] = mapped_column(String(64))
    window_starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    count: Mapped[int]
