"""The directory: searched, narrowed by filters that are links, page by page."""

from collections.abc import Mapping
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from fairapp.cooperatives import supported
from fairapp.cooperatives.listing import DirectoryFilters, read_directory
from fairapp.cooperatives.routes import pages
from fairapp.foundation.clock import local_date, utc_now
from fairapp.foundation.database import reading
from fairapp.foundation.text import clean
from fairapp.reference.queries import legal_kinds, provinces, regions, sectors
from fairapp.web.access import requires

_LONGEST_SEARCH = 100


@pages.get("/organizer/directory/")
@requires("cooperatives.read")
def directory() -> ResponseReturnValue:
    """List the cooperatives of the directory by name, narrowed by what the address says."""
    session = reading()
    filters, kept = read_filters()
    found, counts = read_directory(
        session, filters=filters, on=local_date(utc_now()), page=request.args.get("page", 1, type=int)
    )
    return render_template(
        "cooperatives/directory.html",
        found=found,
        counts=counts,
        filters=filters,
        kept=kept,
        programmes=supported.programmes(session),
        networks=supported.networks(session),
        url_with=lambda **changes: _url_with(kept, changes),
    )


def read_filters() -> tuple[DirectoryFilters, dict[str, str]]:
    """Return the filters in the address, and their parameters; what no list has is left out."""
    asked = request.args
    kept = {
        "q": clean(asked.get("q", ""))[:_LONGEST_SEARCH],
        "kind": _known(asked.get("kind"), legal_kinds()),
        "region": _known(asked.get("region"), regions()),
        "province": _known(asked.get("province"), provinces()),
        "sector": _known(asked.get("sector"), sectors()),
        "programme": clean(asked.get("programme", ""))[:40],
        "network": clean(asked.get("network", ""))[:8],
        "women": "1" if asked.get("women") else "",
        "rural": "1" if asked.get("rural") else "",
        "duplicates": "1" if asked.get("duplicates") else "",
    }
    filters = DirectoryFilters(
        text=kept["q"],
        legal_kind=kept["kind"] or None,
        region=kept["region"] or None,
        province=kept["province"] or None,
        sector=kept["sector"] or None,
        women_led=bool(kept["women"]),
        rural=bool(kept["rural"]),
        programme=kept["programme"] or None,
        network=kept["network"] or None,
        duplicates=bool(kept["duplicates"]),
    )
    return filters, {name: value for name, value in kept.items() if value}


def _known(code: str | None, entries: Mapping[str, Any]) -> str:
    return code if code in entries and code is not None else ""


def _url_with(kept: Mapping[str, str], changes: Mapping[str, str | None]) -> str:
    """Return the address of the list with some filters changed; None drops one."""
    values: dict[str, Any] = {name: value for name, value in {**kept, **changes}.items() if value}
    return url_for("cooperatives.directory", **values)
