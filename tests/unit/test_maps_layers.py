"""Each layer draws what it should, says it again in a table, and gives away no child, carer or home."""

import dataclasses
import json

import pytest
import shapely

from placements.errors import UsageError
from placements.geography.boundary_sets import boundary_set
from placements.maps import make_scene
from placements.maps.geojson import feature_collection, label_point
from placements.maps.layer import GROUPS, OTHER_BOUNDARIES, Table
from placements.maps.layers import LAYERS, build
from placements.maps.making import chosen
from tests.maps_support import PLACEMENTS, PROPOSALS, WOKING, map_county, map_result, small_country, small_numbers


@pytest.fixture(scope="module")
def scenes(tmp_path_factory):
    """The same county for sharing and for inside use."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLACEMENTS_CACHE", str(tmp_path_factory.mktemp("cache")))
        country, county = small_country(), map_county()
        yield {
            profile: make_scene(county, country, profile, PROPOSALS, "homes first")
            for profile in ("shareable", "internal")
        }


@pytest.fixture(scope="module")
def layers(scenes):
    return {layer.key: layer for layer in build(scenes["shareable"])}


#: What this county has nothing for: two layers under other boundaries, costs of two services, and the years ahead and
#: scenarios of two services (see `test_maps_views`).
WITHOUT = 2 + 2 + 6


def points(layer):
    return [shape for shape in layer.frame.geometry if shape.geom_type == "Point"]


def labelled(layer):
    return {entry["label"]: entry for entry in layer.frame["properties"] if "label" in entry}


def test_every_layer_is_complete(layers):
    """Unique key, a known group, a legend, a source, a date, metres; and a table but for two backgrounds."""
    assert len(layers) == len(LAYERS) - WITHOUT
    for layer in layers.values():
        assert layer.group in GROUPS and layer.legend and layer.source and layer.date
        assert layer.frame.crs.to_epsg() == 27700
        assert layer.table is not None or layer.key in ("neighbours", "authority")


def test_every_layer_is_geojson(layers):
    """Every frame becomes a feature collection that can be written as JSON, in or near Great Britain."""
    for layer in layers.values():
        made = json.loads(json.dumps(feature_collection(layer.frame)))
        assert made["type"] == "FeatureCollection"
        for feature in made["features"]:
            west, south, east, north = shapely.from_geojson(json.dumps(feature["geometry"])).bounds
            assert -11 < west <= east < 3 and 49 < south <= north < 62


def test_one_shading_is_on_at_first(layers):
    shown = [layer.key for layer in layers.values() if layer.shown]
    assert sum(key.endswith(("_need", "_gap", "_places", "_share")) for key in shown) == 1


def test_the_suppressed_area_is_hatched_and_says_so(layers):
    """Tandridge's three children: hatched, labelled `suppressed`, no colour of a class, and `c` in the table."""
    for key in ("care_need", "care_gap", "care_share"):
        area = labelled(layers[key])["Tandridge"]
        assert area["hatch"] and area["value"] == "suppressed" and "fillColor" not in area["style"]
        assert any(item.swatch == "hatch" for item in layers[key].legend)
        row = next(row for row in layers[key].table.rows if row[0] == "Tandridge")
        assert set(row[1:]) <= {"c", "0", "x"}


def test_suppressed_is_not_zero(layers):
    """A true zero is shown as 0 in a colour; only hidden figures are hatched."""
    plans = labelled(layers["education_need"])["Guildford"]
    assert plans["value"] == "60" and not plans["hatch"] and plans["style"]["fillColor"]


def test_tables_keep_the_row_that_is_not_known(layers):
    """Children whose home is not known have a row, after the areas on the map."""
    names = [row[0] for row in layers["care_share"].table.rows]
    assert "Not known" in names[-2:]


def test_tables_are_sorted_largest_first(layers):
    values = [row[1] for row in layers["education_need"].table.rows if row[1].replace(",", "").isdigit()]
    on_map = [int(value.replace(",", "")) for value in values[:3]]
    assert on_map == sorted(on_map, reverse=True)


def test_no_count_of_children_is_small(layers):
    """No table of children shows a number from 1 to 4; a 5 is a rounded 6 or 7, and a gap is no count."""
    for key, layer in layers.items():
        if layer.table and key not in (
            "provision_counts",
            "provision_detail",
            "schools",
            "sites",
            "districts",
            "reach",
        ):
            counts = [at for at, title in enumerate(layer.table.columns) if title != "Gap"]
            rows = [row for row in (*layer.table.rows, layer.table.total) if row]
            assert set(small_numbers([row[at] for row in rows for at in counts])) <= {"5"}


def test_flows_say_how_many_are_left_out(layers, scenes):
    """Largest first; a layer that leaves flows out says how many and how many children; one that does not says so."""
    table = layers["care_flows"].table
    assert [row[1:] for row in table.rows] == [("Kent", "yes", "30"), ("Hampshire", "yes", "10")]
    assert table.notes == ("All flows are shown; 40 children in all.",)
    few = PLACEMENTS.replace("8  | care      | connected", "4  | care      | connected")
    scene = dataclasses.replace(scenes["shareable"], county=map_county(few))
    note = next(layer for layer in build(scene) if layer.key == "care_flows").note
    assert "1 smaller or suppressed flow left out. Children placed outside the authority in all: 35." in note


def test_flows_have_a_line_and_an_arrow_each(layers):
    """The line ends where the arrow is, at the middle of the host authority's postcodes."""
    frame = layers["care_flows"].frame
    line, arrow = frame.geometry.iloc[:2]
    assert arrow.distance(shapely.Point(line.coords[-1])) < 1
    assert 440_000 <= arrow.x <= 448_000
    assert frame["properties"].iloc[1]["marker"]["kind"] == "arrow"


def test_homes_and_carers_are_never_points(layers):
    """No home or household is named anywhere, drawn or in a table."""
    text = json.dumps([feature_collection(layer.frame) for layer in layers.values()])
    for secret in ("Hollybush", "Larch View", "Rowan Court", "Smith"):
        assert secret not in text
        assert all(secret not in str(layer.table) for layer in layers.values())


def test_schools_say_nothing_of_our_children(layers):
    """The popup of a school has its public places (100), not the 91 that are ours nor the 8 that are free."""
    school = labelled(layers["schools"])["Oak & <b>Ash</b>"]
    assert dict(school["rows"])["Places (all children)"] == "100"
    titles = ["Type", "Needs", "Sector", "Places (all children)", "Authority"]
    assert "91" not in json.dumps(school) and list(dict(school["rows"])) == titles


def test_sites_are_rounded_to_the_kilometre_when_shared(scenes, layers):
    """A proposed home at (499812, 149233) is drawn in the middle of its square kilometre; exactly when internal."""
    assert shapely.Point(499_500, 149_500) in points(layers["sites"])
    inside = {layer.key: layer for layer in build(scenes["internal"])}
    assert shapely.Point(499_812, 149_233) in points(inside["sites"])
    assert "nearest kilometre" in layers["sites"].note and "nearest kilometre" not in inside["sites"].note


def test_carers_are_drawn_in_the_middle_of_their_area_even_inside(scenes):
    """Carers are no point: the marker stands where the area's label does, raised above its name."""
    for scene in scenes.values():
        sites = next(layer for layer in build(scene) if layer.key == "sites")
        woking = scene.areas.set_index("area").geometry[WOKING]
        marker = labelled(sites)["Recruit in Woking"]["marker"]
        assert min(point.distance(label_point(woking)) for point in points(sites)) < 1
        assert marker["lift"] > 0


def test_kinds_differ_by_shape(layers):
    shapes = [entry["marker"]["shape"] for entry in layers["sites"].frame["properties"]]
    assert len(shapes) == 3 and len(set(shapes)) == 3


def test_proposals_are_in_the_table_with_their_date(layers):
    """A school decided in year 1 that takes two years is usable from April 2027; prevention has a row, not a point."""
    rows = {row[0]: row for row in layers["sites"].table.rows}
    assert rows["More places at Oak & Ash"][4] == "April 2027"
    assert rows["Recruit in Woking"][3] == "10 (10 households)"
    assert rows["Recruit in Woking"][5] == "£50k"
    assert rows["Edge of care"][2] == "county-wide"
    assert len(points(layers["sites"])) == 3


def test_a_scenario_that_does_not_exist_is_named():
    with pytest.raises(UsageError, match="there are do nothing, homes first"):
        chosen(map_result(), None, "homes last")
    assert chosen(map_result(), None, None)[0] == "homes first"
    assert chosen(map_result(), None, "do nothing") == ("do nothing", ())


def test_a_ragged_table_is_refused():
    with pytest.raises(ValueError, match="needs 2 cells"):
        Table("x", ("a", "b"), (("1", "2"), ("3",)))


def test_other_boundaries_are_drawn_when_there_are_any(scenes):
    """Each part once, with its share outside; no layer without a set; small flows between parts are not drawn."""
    halves = {"halves": {"Here": ("Guildford",), "There": ("Woking", "Tandridge")}}
    for profile, scene in scenes.items():
        found = boundary_set("halves", scene.county.authority, halves)
        drawn = build(dataclasses.replace(scene, boundary_set=found, boundary_set_first=True))
        layer = {one.key: one for one in drawn}["care_restated"]
        assert layer.shown and layer.group == OTHER_BOUNDARIES
        assert not any(one.shown for one in drawn if one.key in ("care_flows", "hosts", "care_gap"))
        shapes = labelled(layer)
        assert {"Here", "There"} <= set(shapes)
        assert layer.table.columns[:3] == ("Responsible", "Here", "There")
        if profile == "shareable":
            assert not small_numbers([cell for row in layer.table.rows for cell in row[1:]])
    assert "care_restated" not in {one.key for one in build(scenes["shareable"])}
