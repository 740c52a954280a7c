"""The benchmark of maps: both sides draw the same county, a larger one is drawn from it, and ratios say which is which."""

import dataclasses

import pytest

from benchmarks import maps
from placements.analysis.snapshot import stock
from placements.disclosure.suppress import INTERNAL
from tests.maps_support import map_county, small_country

#: Enough of each, so that there is next to nothing to hide.
MANY = """
n  | service   | provision       | home      | to        | need | birth      | start      | end | reason
80 | care      | in_house_foster | Guildford | Guildford | N1   | 2016-05-01 | 2023-10-02 | -   | -
40 | care      | agency_foster   | Guildford | out       | N1   | 2012-07-01 | 2024-02-01 | -   | not_available
90 | education | state_special   | Woking    | Woking    | ASD  | 2014-03-01 | 2024-09-01 | -   | -
"""


@pytest.fixture
def county(tmp_path, monkeypatch):
    monkeypatch.setenv("PLACEMENTS_CACHE", str(tmp_path))
    return dataclasses.replace(map_county(MANY), directory=small_country())


def test_a_larger_county_has_as_many_as_asked(county):
    """Each child once, each provider once, the same for one seed; nothing that the county does not have."""
    one, other = maps.enlarged(county, 500, 30), maps.enlarged(county, 500, 30)
    assert len(stock(one.placements, one.snapshot)) == 500 == one.placements["child_id"].nunique()
    assert len(one.provision) == 30 == one.provision["provider_id"].nunique()
    assert one.placements.equals(other.placements) and one.provision.equals(other.provision)
    assert set(one.placements["provision"]) <= set(county.placements["provision"])


def test_plain_folium_has_a_marker_for_everybody(county, tmp_path):
    """So many markers as there are children today and providers with a point: nobody is protected."""
    maps.plain(county, tmp_path / "plain.html")
    made = (tmp_path / "plain.html").read_text(encoding="utf-8")
    children, places = len(stock(county.placements, county.snapshot)), county.provision["easting"].notna().sum()
    assert made.count("L.marker(") == children + places


def test_ours_is_the_page_that_may_be_shared(county, tmp_path):
    found = maps.ours(county, tmp_path / "ours.html")
    assert found["protect_s"] > 0 and found["build_s"] > 0
    assert f"Disclosure profile: {INTERNAL}" not in (tmp_path / "ours.html").read_text(encoding="utf-8")


def test_ratios_say_how_many_times_ours_the_other_is():
    figures = {
        "ours": {"bytes": 2e6, "protect_s": 1.0, "build_s": 2.0},
        "folium": {"bytes": 6e6, "protect_s": 0.0, "build_s": 1.0},
    }
    table = maps.render("A county", figures)
    assert "| bytes | 2,000,000 | 6,000,000 | 3.00 |" in table and "| building, s | 2.0 | 1.0 | 0.50 |" in table
