"""Open data: what organizers published, as CSV files and a DCAT 3 catalogue (promises A83)."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fairapp.events.domain import event_status
from fairapp.events.models import Event, Stop
from fairapp.events.queries import dates_of
from fairapp.reference.queries import regions, sectors
from fairapp.statistics.domain.publication import read_minor
from fairapp.statistics.files import to_csv
from fairapp.statistics.models import PublishedReport
from fairapp.statistics.tables import Cell, CellKind, Column, Table

_TEXT, _DAY, _AMOUNT = CellKind.TEXT, CellKind.DAY, CellKind.AMOUNT
_EVENT_COLUMNS = (
    ("event", _TEXT),
    ("kind", _TEXT),
    ("level", _TEXT),
    ("status", _TEXT),
    ("title_ar", _TEXT),
    ("title_fr", _TEXT),
    ("title_en", _TEXT),
    ("region_code", _TEXT),
    ("region_ar", _TEXT),
    ("region_fr", _TEXT),
    ("stop", _TEXT),
    ("place_ar", _TEXT),
    ("place_fr", _TEXT),
    ("province_code", _TEXT),
    ("starts_on", _DAY),
    ("ends_on", _DAY),
    ("demonstration", _TEXT),
)
_TURNOVER_COLUMNS = (
    ("event", _TEXT),
    ("revision", CellKind.NUMBER),
    ("published_at", _TEXT),
    ("breakdown", _TEXT),
    ("key", _TEXT),
    ("name_ar", _TEXT),
    ("name_fr", _TEXT),
    ("turnover_mad", _AMOUNT),
    ("hidden", _TEXT),
    ("sales", CellKind.NUMBER),
    ("expected_stand_days", CellKind.NUMBER),
    ("reported_stand_days", CellKind.NUMBER),
    ("coverage", _TEXT),
    ("cooperatives", CellKind.NUMBER),
    ("exhibitors", CellKind.NUMBER),
    ("women_exhibitors", CellKind.NUMBER),
    ("exhibitors_not_stated", CellKind.NUMBER),
    ("trained", CellKind.NUMBER),
    ("women_trained", CellKind.NUMBER),
    ("demonstration", _TEXT),
)


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file of the catalogue."""

    name: str
    content: bytes
    title: dict[str, str]
    description: dict[str, str]


@dataclass(frozen=True, slots=True)
class CatalogueFrame:
    """What the catalogue says of itself."""

    public_url: str
    licence: str
    modified: datetime
    first_day: date | None
    last_day: date | None


def events_csv(events: Iterable[Event], today: date) -> bytes:
    """Return one line a stop of every published event."""
    rows = [_event_line(event, stop, today) for event in events for stop in event.stops]
    return to_csv(_table("events", _EVENT_COLUMNS, rows))


def _event_line(event: Event, stop: Stop, today: date) -> list[Cell]:
    region = regions()[event.region_code]
    return [
        event.slug,
        event.kind.value,
        event.level.value,
        event_status(dates_of(event), today).value,
        event.title_ar,
        event.title_fr,
        event.title_en,
        event.region_code,
        region.name_ar,
        region.name_fr,
        stop.code,
        stop.place_ar,
        stop.place_fr,
        stop.province_code,
        stop.starts_on,
        stop.ends_on,
        _yes(event.is_demonstration),
    ]


def turnover_csv(reports: Iterable[tuple[Event, PublishedReport]]) -> bytes:
    """Return the published figures: a line for each total, stop, day and sector of each event."""
    rows: list[list[Cell]] = []
    for _event, report in reports:
        rows += _lines(report)
    return to_csv(_table("turnover", _TURNOVER_COLUMNS, rows))


def _lines(report: PublishedReport) -> list[list[Cell]]:
    figures = report.figures["public"]
    head: list[Cell] = [figures["event"], report.revision, report.published_at.isoformat()]
    people, trained = figures["exhibitors"], figures["trained"] or {}
    total = {"hidden": figures["hidden"], **{key: figures[key] for key in ("turnover", "sales", "coverage")}}
    counts: list[Cell] = [
        figures["cooperatives"],
        people["total"],
        people["women"],
        people["not_stated"],
        trained.get("total"),
        trained.get("women"),
    ]
    nothing: list[Cell] = [None] * len(counts)
    tail = [_yes(figures["demonstration"])]
    lines = [[*head, "total", None, None, None, *_cell(total), *counts, *tail]]
    for breakdown in ("stop", "day", "sector"):
        for part in figures[f"by_{breakdown}"]:
            names = _names(breakdown, part[breakdown])
            lines.append([*head, breakdown, part[breakdown], *names, *_cell(part), *nothing, *tail])
    return lines


def _cell(part: dict[str, Any]) -> list[Cell]:
    coverage = part.get("coverage") or {}
    return [
        read_minor(part["turnover"]),
        _yes(part["hidden"]),
        part["sales"],
        coverage.get("expected"),
        coverage.get("reported"),
        coverage.get("rate"),
    ]


def _names(breakdown: str, key: str | None) -> list[Cell]:
    entry = sectors().get(key or "") if breakdown == "sector" else None
    return [entry.name_ar, entry.name_fr] if entry else [None, None]


def catalogue(files: Iterable[DataFile], frame: CatalogueFrame) -> bytes:
    """Return the DCAT 3 catalogue of the files as JSON-LD."""
    root = frame.public_url.rstrip("/")
    publisher = {"@type": "foaf:Organization", "@id": f"{root}/#publisher", "foaf:name": "fairapp"}
    document = {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "spdx": "http://spdx.org/rdf/terms#",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@type": "dcat:Catalog",
        "@id": f"{root}/api/v1/open-data/catalog.jsonld",
        "dct:title": _texts(
            {
                "ar": "البيانات المفتوحة لمعارض وأسواق الاقتصاد الاجتماعي",
                "fr": "Données ouvertes des foires et marchés de l’économie sociale",
                "en": "Open data of fairs and markets of the social economy",
            }
        ),
        "dct:publisher": publisher,
        "dct:license": {"@id": frame.licence},
        "dct:modified": _moment(frame.modified),
        "dct:language": ["ar", "fr"],
        "dcat:dataset": [_dataset(file, frame, root, publisher) for file in files],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _dataset(file: DataFile, frame: CatalogueFrame, root: str, publisher: dict[str, str]) -> dict[str, Any]:
    url = f"{root}/api/v1/open-data/{file.name}"
    dataset: dict[str, Any] = {
        "@type": "dcat:Dataset",
        "@id": f"{url}#dataset",
        "dct:title": _texts(file.title),
        "dct:description": _texts(file.description),
        "dct:publisher": publisher,
        "dct:license": {"@id": frame.licence},
        "dct:spatial": {"@id": "http://publications.europa.eu/resource/authority/country/MAR"},
        "dct:issued": _moment(frame.modified),
        "dct:modified": _moment(frame.modified),
        "dct:accrualPeriodicity": {"@id": "http://publications.europa.eu/resource/authority/frequency/IRREG"},
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "@id": url,
                "dcat:accessURL": {"@id": url},
                "dcat:downloadURL": {"@id": url},
                "dcat:mediaType": {"@id": "https://www.iana.org/assignments/media-types/text/csv"},
                "dct:license": {"@id": frame.licence},
                "dcat:byteSize": {"@type": "xsd:nonNegativeInteger", "@value": str(len(file.content))},
                "spdx:checksum": {
                    "@type": "spdx:Checksum",
                    "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
                    "spdx:checksumValue": hashlib.sha256(file.content).hexdigest(),
                },
            }
        ],
    }
    if frame.first_day and frame.last_day:
        dataset["dct:temporal"] = {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": {"@type": "xsd:date", "@value": frame.first_day.isoformat()},
            "dcat:endDate": {"@type": "xsd:date", "@value": frame.last_day.isoformat()},
        }
    return dataset


def _table(name: str, columns: Iterable[tuple[str, CellKind]], rows: list[list[Cell]]) -> Table:
    return Table(name, [Column(key, key, kind) for key, kind in columns], rows)


def _texts(texts: dict[str, str]) -> list[dict[str, str]]:
    return [{"@language": language, "@value": text} for language, text in texts.items()]


def _moment(instant: datetime) -> dict[str, str]:
    return {"@type": "xsd:dateTime", "@value": instant.isoformat()}


def _yes(value: bool) -> str:
    return "yes" if value else "no"
