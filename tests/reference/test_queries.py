"""The reference lists: complete, joined to each other, found under many spellings."""

import pytest

from fairapp.reference import queries


def test_lists_are_complete() -> None:
    assert len(queries.regions()) == 12
    assert len(queries.provinces()) >= 75
    assert len(queries.main_sectors()) >= 10
    assert "cooperative" in queries.legal_kinds()


def test_every_province_and_subsector_has_a_known_parent() -> None:
    assert {entry.parent for entry in queries.provinces().values()} == set(queries.regions())
    parents = {entry.parent for entry in queries.sectors().values()} - {None}
    assert parents <= {entry.code for entry in queries.main_sectors()}


def test_every_entry_has_a_name_in_each_language() -> None:
    for entries in (queries.regions(), queries.provinces(), queries.sectors(), queries.legal_kinds()):
        assert all(entry.name(language) for entry in entries.values() for language in ("ar", "fr", "en"))


def test_provinces_are_grouped_by_region() -> None:
    groups = queries.provinces_by_region("fr")
    assert len(groups) == 12
    assert sum(len(choices) for _, choices in groups) == len(queries.provinces())
    assert queries.region_of("05.301") == "05"
    assert queries.region_of("99.999") is None


def test_main_sector_of_a_code() -> None:
    assert queries.main_sector_of("AGR-HONEY") == "AGR"
    assert queries.main_sector_of("AGR") == "AGR"
    assert queries.main_sector_of("unknown") == "unknown"
    assert ("AGR-HONEY", "Honey and beekeeping") in dict(queries.sectors_by_parent("en"))[
        "Agriculture and territorial products"
    ]


@pytest.mark.parametrize("name", ["Tanger-Assilah", "tanger assilah", "طنجة أصيلة", "طنجه-اصيله", "Tangier"])
def test_find_province_under_many_spellings(name: str) -> None:
    found = queries.find_province(name)
    assert found is not None
    assert found.code == "01.511"


def test_find_region_that_does_not_exist_is_none() -> None:
    assert queries.find_region("Atlantide") is None
    assert queries.find_region("L'Oriental") == queries.regions()["02"]
