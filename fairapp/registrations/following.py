"""What features above do when the state of a registration changed, in the same transaction.

Registrations do not know who follows: letters, the waiting list. A follower is offered when the
application is put together and must be short; slow work it asks for through the outbox.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app
from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor
from fairapp.registrations.domain import RegistrationState
from fairapp.registrations.models import Registration, StateChange

_NAME = "registrations.followers"


@dataclass(frozen=True, slots=True)
class Changed:
    """A change of state: of which registration, from which state, by whom. All of it is flushed."""

    registration: Registration
    change: StateChange
    before: RegistrationState
    actor: Actor
    now: datetime


Follower = Callable[[Session, Changed], None]


def offer_follower(app: Flask, follower: Follower) -> None:
    """Let a feature above follow changes of state."""
    app.extensions.setdefault(_NAME, []).append(follower)


def tell_followers(session: Session, changed: Changed) -> None:
    """Tell all followers of a change, in the order in which they were offered."""
    for follower in current_app.extensions.get(_NAME, ()):
        follower(session, changed)
