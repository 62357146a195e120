"""Roles with their scope, in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from fairapp.accounts.forms import ROLE_NAMES
from fairapp.accounts.models import RoleGrant
from fairapp.accounts.queries.places import AnyRow, scope_names
from fairapp.audit.domain import ScopeKind
from fairapp.reference.queries import regions
from fairapp.web.i18n import current_language


@dataclass(frozen=True, slots=True)
class NamedGrant:
    """A live grant: its id, the role's name, and where it holds."""

    id: int
    role: str
    reach: str


def name_grants(session: Session, grants: Iterable[RoleGrant]) -> list[NamedGrant]:
    """Return the live grants in words, in two queries however many there are."""
    live = [grant for grant in grants if grant.revoked_at is None]
    events, cooperatives = scope_names(
        session,
        event_ids={grant.event_id for grant in live if grant.event_id},
        cooperative_ids={grant.cooperative_id for grant in live if grant.cooperative_id},
    )
    return [
        NamedGrant(grant.id, str(ROLE_NAMES[grant.role]), _reach(grant, events, cooperatives))
        for grant in live
    ]


def title_of(row: AnyRow, prefix: str) -> str:
    """Return the title or name of a row in the language; French where it has no English."""
    language = current_language()
    title: str = getattr(row, f"{prefix}_{language}", None) or getattr(row, f"{prefix}_fr")
    return title


def _reach(grant: RoleGrant, events: dict[int, AnyRow], cooperatives: dict[int, AnyRow]) -> str:
    if grant.scope is ScopeKind.REGION and grant.region_code in regions():
        return regions()[grant.region_code].name(current_language())
    if grant.scope is ScopeKind.EVENT and grant.event_id in events:
        return title_of(events[grant.event_id], "title")
    if grant.scope is ScopeKind.COOPERATIVE and grant.cooperative_id in cooperatives:
        return title_of(cooperatives[grant.cooperative_id], "name")
    return str(_("The whole country"))
