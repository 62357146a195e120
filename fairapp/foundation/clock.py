"""The only place that reads the clock and knows the zone of Morocco.

Morocco went to permanent UTC+0 on 2026-09-20 (tzdata 2026c). Machines with older zone
files say otherwise, so the system's files are switched off and the pinned `tzdata`
package is used (promises A70).
"""

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

zoneinfo.reset_tzpath(to=())

CASABLANCA = ZoneInfo("Africa/Casablanca")

_KNOWN_OFFSETS = (
    (datetime(2026, 12, 1, 12, tzinfo=UTC), timedelta(0)),
    (datetime(2026, 8, 1, 12, tzinfo=UTC), timedelta(hours=1)),
)


def utc_now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def to_local(instant: datetime) -> datetime:
    """Return the instant as wall-clock time in Morocco."""
    return instant.astimezone(CASABLANCA)


def local_date(instant: datetime) -> date:
    """Return the local calendar day of an instant."""
    return to_local(instant).date()


def from_local(day: date, at: time) -> datetime:
    """Return the UTC instant of a wall-clock time in Morocco."""
    return datetime.combine(day, at, tzinfo=CASABLANCA).astimezone(UTC)


def zone_data_is_right() -> bool:
    """Tell whether the zone data knows Morocco's change of 2026 (promises A70)."""
    return all(instant.astimezone(CASABLANCA).utcoffset() == offset for instant, offset in _KNOWN_OFFSETS)
