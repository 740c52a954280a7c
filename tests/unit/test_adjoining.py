"""Who adjoins whom: the rule on small worlds, the shipped tables, and the official outlines when they are at hand."""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from placements.geography.adjoining import GAP_M, adjoining_codes, neighbours
from placements.geography.authorities import all_authorities, authority_names, find_authority
from placements.geography.reference import reference_table
from placements.geography.timeline import DIRECTORY_DAY
from tests.geography_support import SAMPLES

OUTLINES = SAMPLES / "boundaries" / "england_utla25_bgc_27700.gpkg"
#: Pairs that face each other over a tidal river and nowhere touch on land: the whole list, by river.
OVER_A_RIVER = {
    "Thames": """City of London-Lambeth Lambeth-Westminster Wandsworth-Westminster Kensington and Chelsea-Wandsworth
        Hammersmith and Fulham-Wandsworth Hammersmith and Fulham-Richmond upon Thames Southwark-Tower Hamlets
        Lewisham-Tower Hamlets Greenwich-Tower Hamlets Greenwich-Newham Barking and Dagenham-Greenwich
        Barking and Dagenham-Bexley Bexley-Havering Bexley-Thurrock Kent-Thurrock""",
    "Tyne": "Gateshead-Newcastle upon Tyne Newcastle upon Tyne-South Tyneside North Tyneside-South Tyneside",
    "Tees": "Redcar and Cleveland-Stockton-on-Tees",
    "Tamar": "Cornwall-Plymouth",
    "Mersey": "Liverpool-Wirral Sefton-Wirral Cheshire West and Chester-Liverpool",
}


def adjoining_pairs(on: dt.date = DIRECTORY_DAY) -> set[tuple[str, str]]:
    """Every pair of an English authority of a day and what adjoins it."""
    return {(one.code, other) for one in all_authorities(on) for other in adjoining_codes(one)}


def _block(label: str, west: float, south: float, width: int = 10, height: int = 10) -> list[tuple[float, float, str]]:
    return [(west + 500 * x, south + 500 * y, label) for x in range(width) for y in range(height)]


def _pairs(*blocks: list[tuple[float, float, str]], gap_m: float = GAP_M) -> set[str]:
    points = pd.DataFrame([row for block in blocks for row in block], columns=["easting", "northing", "label"])
    found = neighbours(points, gap_m)
    return {f"{row.label}{row.adjoining}" for row in found.itertuples()}


def test_side_by_side_adjoin_and_the_far_one_does_not() -> None:
    """A next to B next to C: A and C do not adjoin; and what holds one way holds the other."""
    assert _pairs(_block("A", 0, 0), _block("B", 5_000, 0), _block("C", 10_000, 0)) == {"AB", "BA", "BC", "CB"}


@pytest.mark.parametrize(("width", "adjoin"), [(2_000, True), (2_200, False)])
def test_a_river_joins_and_the_sea_parts(width: float, adjoin: bool) -> None:
    """Facing over water of up to 2.1 km is adjoining; over more it is not."""
    assert bool(_pairs(_block("A", 0, 0), _block("B", 4_500 + width, 0))) is adjoin


def test_a_moor_is_no_sea() -> None:
    """Two areas that meet only on 4 km of empty moor adjoin, when the moor is ringed by settled land."""
    ring = [*_block("N", 0, 9_000, 24, 4), *_block("S", 0, -2_000, 24, 4)]
    west, east = _block("W", 0, 0, 7, 18), _block("E", 7_500, 0, 9, 18)
    assert {"WE", "EW"} <= _pairs(ring, west, east)
    assert "WE" not in _pairs(west, east)


def test_labels_at_one_point_are_settled_by_the_most() -> None:
    """A postcode of C at a place where B has two makes C nobody's neighbour."""
    shared = [(5_000.0, 0.0, "C"), (5_000.0, 0.0, "B")]
    assert _pairs(_block("A", 0, 0), _block("B", 5_000, 0), shared) == {"AB", "BA"}


def test_the_shipped_table_is_whole_and_mutual() -> None:
    """All but the two island authorities have neighbours; England's pairs stand both ways round, none twice."""
    table = reference_table("adjoining.csv")
    pairs = set(zip(table["district_code"], table["adjoining_code"], strict=True))
    assert len(pairs) == len(table)
    english = {pair for pair in pairs if pair[1].startswith("E")}
    assert english == {(two, one) for one, two in english}
    assert (table["shared_edges"].astype(int) >= 1).all()
    assert (table["source"] != "").all()
    alone = {authority.name for authority in all_authorities()} - {
        authority_names()[one] for one, _ in adjoining_pairs()
    }
    assert alone == {"Isle of Wight", "Isles of Scilly"}


@pytest.mark.parametrize("day", ["2009-04-01", "2019-04-01", "2022-03-31", "2025-11-01", "2027-04-01"])
def test_on_every_day_what_adjoins_adjoins_both_ways(day: str) -> None:
    """Between English authorities of a day, adjoining is mutual, and nothing adjoins itself."""
    english = {pair for pair in adjoining_pairs(dt.date.fromisoformat(day)) if pair[1].startswith("E")}
    certain = {authority.code for authority in all_authorities(dt.date.fromisoformat(day)) if authority.districts}
    assert all(one != two for one, two in english)
    assert all((two, one) in english for one, two in english if two in certain)


def test_the_borders_with_wales_and_scotland() -> None:
    """The land borders, and no more: no council over the Dee, the Severn below Chepstow or the Solway."""
    found = {a.name: {code for code in adjoining_codes(a) if not code.startswith("E")} for a in all_authorities()}
    assert {name: codes for name, codes in found.items() if codes} == {
        "Cheshire West and Chester": {"W06000005", "W06000006"},  # Flintshire, Wrexham
        "Shropshire": {"W06000006", "W06000023"},  # Wrexham, Powys
        "Herefordshire, County of": {"W06000021", "W06000023"},  # Monmouthshire, Powys
        "Gloucestershire": {"W06000021"},
        "Cumberland": {"S12000006", "S12000026"},  # Dumfries and Galloway, Scottish Borders
        "Northumberland": {"S12000026"},
    }


def test_the_two_councils_of_surrey_adjoin_each_other_and_share_its_neighbours() -> None:
    """From 1 April 2027: what adjoins Surrey adjoins East or West Surrey, and they adjoin each other."""
    day = dt.date(2027, 4, 1)
    east, west = (adjoining_codes(find_authority(f"{side} Surrey", on=day)) for side in ("East", "West"))
    assert {"E-WEST-SURREY"} == east - adjoining_codes(find_authority("Surrey"))
    assert {"E-EAST-SURREY"} == west - adjoining_codes(find_authority("Surrey"))
    assert (east | west) - {"E-EAST-SURREY", "E-WEST-SURREY"} == adjoining_codes(find_authority("Surrey"))


def test_a_custom_set_has_its_own_neighbours() -> None:
    """East Surrey adjoins Kent and not Hampshire; the rest of Surrey adjoins it, whichever district."""
    names = ("Elmbridge", "Epsom and Ewell", "Mole Valley", "Reigate and Banstead", "Tandridge")
    east = adjoining_codes(find_authority("", names, "East Surrey"))
    assert {"E10000016", "E09000006"} <= east
    assert "E10000014" not in east
    assert {"E07000209", "E07000213", "E07000217"} <= east
    assert "E10000030" not in east


@pytest.mark.skipif(not OUTLINES.exists(), reason="the official outlines are not here")
def test_against_the_official_outlines() -> None:
    """All pairs that touch are found, and the only others are the listed ones that face each other over a river."""
    official = gpd.read_file(OUTLINES)
    shapes, codes = official.geometry.to_numpy(), official["UTLACD"].to_numpy()
    one, two = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    touching = {(str(codes[i]), str(codes[j])) for i, j in zip(one, two, strict=True) if i < j}
    derived = {(one, two) for one, two in adjoining_pairs() if two.startswith("E") and one < two}
    assert len(touching) == 360
    assert touching - derived == set()
    names = authority_names()
    extra = {"-".join(sorted((names[a], names[b]))) for a, b in derived - touching}
    listed = " ".join(" ".join(OVER_A_RIVER.values()).split())
    assert len(extra) == 23
    for pair in sorted(extra):
        assert pair in listed
        listed = listed.replace(pair, "", 1)
    assert listed.split() == []
