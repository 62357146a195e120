"""Where a person goes after signing in."""

import re
from collections.abc import Collection

from fairapp.audit.domain import Actor, Role
from fairapp.web.i18n import current_language
from fairapp.web.navigation import answers

_LOCAL_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20]*")
_HOMES = (
    (Role.ADMINISTRATOR, "/admin/"),
    (Role.ORGANIZER, "/organizer/"),
    (Role.OFFICIAL, "/official/"),
    (Role.DESK_AGENT, "/desk/"),
    (Role.REVIEWER, "/reviewer/"),
    (Role.GATE, "/gate"),
    (Role.COOPERATIVE, "/cooperative/"),
)


def safe_next(text: str | None) -> str:
    """Return a path of this site that a link asked for, or nothing."""
    return text if text and len(text) <= 2000 and _LOCAL_PATH.fullmatch(text) else ""


def home_of(actor: Actor) -> str:
    """Return the first page of the actor's roles; the own account when none has one."""
    return home_of_roles({grant.role for grant in actor.grants})


def home_of_roles(roles: Collection[Role]) -> str:
    """Return the first page of some roles; the own account when none has one."""
    for role, path in _HOMES:
        url = f"/{current_language()}{path}"
        if role in roles and answers(url):
            return url
    return f"/{current_language()}/account"
