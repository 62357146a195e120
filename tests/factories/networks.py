"""Networks and programmes of cooperatives, dated."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from fairapp.cooperatives.models import Cooperative, Membership, Network, Programme, Support
from fairapp.foundation.ids import new_reference
from tests import NOW

SINCE = date(2025, 1, 1)


def make_network(session: Session, **overrides: Any) -> Network:
    """Make a network."""
    code = new_reference()
    values = {
        "code": code,
        "name_ar": f"شبكة {code}",
        "name_fr": f"Réseau {code}",
        "created_at": NOW,
    } | overrides
    network = Network(**values)
    session.add(network)
    session.flush()
    return network


def make_membership(
    session: Session, cooperative: Cooperative, network: Network, **overrides: Any
) -> Membership:
    """Make a cooperative a member of a network since 2025."""
    values = {
        "cooperative_id": cooperative.id,
        "network_id": network.id,
        "since_on": SINCE,
        "recorded_at": NOW,
    } | overrides
    membership = Membership(**values)
    session.add(membership)
    session.flush()
    return membership


def make_programme(session: Session, **overrides: Any) -> Programme:
    """Make a programme."""
    code = new_reference()
    values = {"code": code.lower(), "name_ar": f"برنامج {code}", "name_fr": code, "name_en": code} | overrides
    programme = Programme(**values)
    session.add(programme)
    session.flush()
    return programme


def make_support(
    session: Session, cooperative: Cooperative, programme: Programme, **overrides: Any
) -> Support:
    """Let a programme support a cooperative since 2025."""
    values = {
        "cooperative_id": cooperative.id,
        "programme_id": programme.id,
        "since_on": SINCE,
        "recorded_at": NOW,
    } | overrides
    support = Support(**values)
    session.add(support)
    session.flush()
    return support
