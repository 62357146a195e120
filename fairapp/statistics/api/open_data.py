"""`GET /open-data/…`: published figures as files, and the catalogue that describes them."""

from datetime import UTC, datetime

from flask import Response, current_app
from sqlalchemy.orm import Session

from config import Settings
from fairapp.foundation.clock import local_date, utc_now
from fairapp.statistics import open_data
from fairapp.statistics.api import api
from fairapp.statistics.files import CSV
from fairapp.statistics.queries.reports import events_with_stops, published_reports
from fairapp.web.access import public
from fairapp.web.calls import call

JSON_LD = "application/ld+json"
_START = datetime(2021, 1, 1, tzinfo=UTC)


@api.get("/open-data/events.csv")
@public
@call(summary="Published events and their stops, as CSV", media_type=CSV)
def download_events(session: Session) -> Response:
    """One line a stop; UTF-8, RFC 4180."""
    return _file(_events(session).content, CSV, "events.csv")


@api.get("/open-data/turnover.csv")
@public
@call(summary="Published turnover of events, as CSV", media_type=CSV)
def download_turnover(session: Session) -> Response:
    """One line for each published total, stop, day and sector.

    `hidden` is "yes" where a figure would come from fewer than three sellers or would give
    such a figure away; its turnover is empty. An empty turnover that is not hidden was not measured.
    """
    return _file(_turnover(session).content, CSV, "turnover.csv")


@api.get("/open-data/catalog.jsonld")
@public
@call(summary="Catalogue of the open data (DCAT 3)", media_type=JSON_LD)
def download_catalogue(session: Session) -> Response:
    """Titles, licence, size and checksum of each file, as JSON-LD."""
    settings: Settings = current_app.extensions["settings"]
    reports = published_reports(session)
    days = [stop.starts_on for event in events_with_stops(session) for stop in event.stops]
    frame = open_data.CatalogueFrame(
        public_url=settings.public_url,
        licence=settings.open_data_licence,
        modified=max((report.published_at for _, report in reports), default=_START),
        first_day=min(days, default=None),
        last_day=max(days, default=None),
    )
    content = open_data.catalogue([_events(session), _turnover(session)], frame)
    return _file(content, JSON_LD, "catalog.jsonld")


def _events(session: Session) -> open_data.DataFile:
    return open_data.DataFile(
        name="events.csv",
        content=open_data.events_csv(events_with_stops(session), local_date(utc_now())),
        title={"ar": "المعارض والأسواق", "fr": "Foires et marchés", "en": "Fairs and markets"},
        description={
            "ar": "المعارض الجهوية والأسواق المتنقلة المنشورة ومحطاتها وأيامها.",
            "fr": "Les foires régionales et marchés mobiles publiés, leurs étapes et leurs jours.",
            "en": "The published regional fairs and mobile markets, their stops and days.",
        },
    )


def _turnover(session: Session) -> open_data.DataFile:
    return open_data.DataFile(
        name="turnover.csv",
        content=open_data.turnover_csv(published_reports(session)),
        title={
            "ar": "رقم المعاملات المصرّح به",
            "fr": "Chiffre d’affaires déclaré",
            "en": "Declared turnover",
        },
        description={
            "ar": "رقم المعاملات كما صرّحت به الأروقة، مع نسبة التغطية. لا تُنشر خانة تخص أقل من ثلاثة بائعين.",
            "fr": "Chiffre d’affaires déclaré par les stands, avec sa couverture. "
            "Aucune case ne porte sur moins de trois vendeurs.",
            "en": "Turnover as the stands declared it, with its coverage. "
            "No cell comes from fewer than three sellers.",
        },
    )


def _file(content: bytes, media_type: str, name: str) -> Response:
    response = Response(content, mimetype=media_type)
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
