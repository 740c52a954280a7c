"""Filters look figures up that are there: one joint release, suppressed never zero, and the map says what the table says."""

import dataclasses

import pytest

from placements import codes
from placements.disclosure.control.audit import audit
from placements.disclosure.control.tables import group
from placements.disclosure.publication import LOCAL_NEED
from placements.maps import scene_of, scene_of_today
from placements.maps.filters import ALWAYS_CHOSEN, FILTERS, SIZES, filters_of, size_of, view_name, view_values
from placements.maps.layers import build
from placements.maps.seen import legend, seen
from tests.maps_support import GUILDFORD, TANDRIDGE, WOKING, map_result, small_country, small_numbers


@pytest.fixture(scope="module")
def scenes(tmp_path_factory):
    """The same comparison for sharing and for inside use."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLACEMENTS_CACHE", str(tmp_path_factory.mktemp("cache")))
        result, country = map_result(), small_country()
        yield {name: scene_of(result, profile=name, directory=country) for name in ("shareable", "internal")}


@pytest.fixture(scope="module")
def layers(scenes):
    return {name: {layer.key: layer for layer in build(scene)} for name, scene in scenes.items()}


def rows_of(layer, view):
    """Return the rows of a view by area: marks and cells."""
    return {mark["area"]: (mark, cells) for mark, cells in layer.table.marked_rows if mark.get("view") == view}


def test_every_view_can_be_looked_up(layers):
    """Each layer with views names a table that is there, whose rows have a colour of the legend, `c` or `x`."""
    for found in layers.values():
        viewed = [layer for layer in found.values() if layer.views]
        assert len(viewed) > 10
        for layer in viewed:
            table = found[layer.views.table].table
            for view, items in layer.views.legends.items():
                assert list(view_values(view)) == [key for key in FILTERS if key in view_values(view)]
                assert set(view_values(view)) <= set(layer.views.filters)
                for mark, cells in table.marked_rows:
                    if mark["view"] == view:
                        fill = mark["fill"].split(" ")[layer.views.measure]
                        text = cells[layer.views.column]
                        assert (fill == "c") == (text == "c")
                        assert fill in ("c", "x") or items[int(fill)].swatch == "area"
            assert not layer.views.default or layer.views.default in layer.views.legends


def test_need_by_characteristic_is_of_the_one_release(scenes, layers):
    """Each figure of the closer table is the text of the release that all outputs share, and that release is safe."""
    release = scenes["shareable"].figures.release
    assert audit(release.linked.model, release.pattern).safe
    breakdowns = {"need": "need_group", "age": "age_band", "kind": "wanted"}
    for service in codes.SERVICES:
        for mark, cells in layers["shareable"][f"{service}_closer"].table.marked_rows:
            where = {breakdowns[key]: value for key, value in view_values(mark["view"]).items()}
            assert len(where) == 1
            one = group(service, {**where, "home_area": mark["area"], "part": LOCAL_NEED})
            assert cells[2] == release.count(one)
            assert cells[2] != "c" or cells[3:] == ("c", "c")


def test_two_at_once_only_inside(layers):
    """Of what is shared there is one characteristic at a time; inside there are pairs."""
    sizes = {
        name: {len(view_values(view)) for view in found["care_gap"].views.legends} for name, found in layers.items()
    }
    assert sizes == {"shareable": {1}, "internal": {1, 2}}


def test_the_three_children_of_tandridge_are_in_no_view(layers):
    """Three children looked after in one area: no filter and no year shows them; what is hidden is hatched, not zero."""
    for layer in layers["shareable"].values():
        if layer.service == codes.CARE and layer.table and any("view" in mark for mark in layer.table.marks):
            for mark, cells in layer.table.marked_rows:
                if mark["area"] == TANDRIDGE:
                    assert not small_numbers(list(cells[2:]))
    gap = layers["shareable"]["care_gap"]
    hidden = next(
        entry
        for view in gap.views.legends
        for entry in seen(gap, list(layers["shareable"].values()), view)
        if entry["area"] == TANDRIDGE and entry["value"] == "suppressed"
    )
    assert hidden["hatch"] is True


def test_inside_a_view_is_the_analysis(scenes, layers):
    """Need by kind of place inside is that of `sufficiency`, area by area."""
    exact = scenes["internal"].county.sufficiency(("service", "provision", "area"))
    rows = rows_of(layers["internal"]["care_closer"], view_name(kind="childrens_home"))
    for area in (GUILDFORD, WOKING, TANDRIDGE):
        if (codes.CARE, "childrens_home", area) in exact.index:
            need = exact.loc[(codes.CARE, "childrens_home", area), "need_local"]
            assert rows[area][1][2] == f"{need:,.0f}"


def test_need_ahead_is_hidden_where_today_is(scenes, layers):
    """Tandridge's need today is suppressed, so it is in every year; the places there are not children and are told."""
    for mark, cells in layers["shareable"]["care_ahead"].table.marked_rows:
        if mark["area"] == TANDRIDGE:
            assert cells[2:4] == ("c", "c") and cells[5] == "c"
    inside = layers["internal"]["care_ahead"].table.marked_rows
    assert any(cells[2] == "2" for mark, cells in inside if mark["area"] == TANDRIDGE)


def test_years_and_scenarios_share_one_legend(layers):
    """Two years, or two scenarios, are compared under the divider: a colour means the same on both sides."""
    for key in ("care_ahead", "care_ahead_need", "care_scenarios"):
        colours = {
            tuple(item for item in items if item.swatch == "area")
            for items in layers["shareable"][key].views.legends.values()
        }
        assert len(colours) == 1


def test_a_scenario_says_how_many_fewer(layers):
    """Homes first keeps 10 of 30 child-years local in Guildford."""
    rows = rows_of(layers["shareable"]["care_scenarios"], view_name(scenario="homes first"))
    assert rows[GUILDFORD][1][2:] == ("20", "+10")
    assert rows[TANDRIDGE][1][2:] == ("c", "c")


def test_reach_is_from_where_the_site_is_drawn(scenes, layers):
    """Shared, a site is drawn to the kilometre and its minutes are to five: three areas' minutes do not meet at its door."""
    reach = layers["shareable"]["reach"]
    sites = {mark["site"] for mark in reach.table.marks}
    assert "Recruit in Woking" not in sites and "More places at Oak & Ash" in sites
    for _, cells in reach.table.marked_rows:
        assert cells[2] == "not known" or int(cells[2]) % 5 == 0
        assert cells[3] == "not known" or cells[3].isdigit()


def test_filters_have_what_layers_have(layers):
    """Every value offered is in some view, row or feature; years, scenarios and sites have no `all`."""
    found = {one.key: one for one in filters_of(list(layers["shareable"].values()))}
    assert {"need", "age", "kind", "sector", "size", "year", "scenario", "site"} <= set(found)
    assert [value for value, _ in found["year"].values] == ["2025-26", "2026-27", "2027-28"]
    assert {key for key, one in found.items() if one.always} == set(ALWAYS_CHOSEN)
    assert dict(found["kind"].values)["childrens_home"] == "Children's home"


def test_a_view_is_called_by_its_filters():
    """Names of filters and values come back from a view's name, whatever signs are in them."""
    name = view_name(site="Oak & Ash = 3", need="autism")
    assert view_values(name) == {"need": "autism", "site": "Oak & Ash = 3"}
    assert view_values("") == {}


@pytest.mark.parametrize(("places", "band"), [(0, 0), (3, 0), (4, 1), (6, 1), (20, 2), (21, 3), (100, 3), (101, 4)])
def test_sizes_hold_their_places(places, band):
    assert size_of(float(places)) == SIZES[band]
    assert size_of(float("nan")) == "not known"


def test_provision_is_counted_by_area_only(layers, scenes):
    """Rows of homes by kind, sector, judgement and size add up to the homes there are; none is named."""
    table = layers["shareable"]["provision_detail"].table
    assert sum(int(mark["count"]) for mark in table.marks) == 4  # three homes and one school in the county
    assert all(secret not in str(table) for secret in ("Hollybush", "Larch View", "Rowan Court", "Smith"))


def test_vacant_places_are_hidden_with_the_children_who_hold_the_others(layers):
    """Where the number held is suppressed, so is what is left of the usable places."""
    for layer in layers["shareable"].values():
        if layer.key.endswith("_vacancy"):
            for row in layer.table.rows:
                assert row[1] == "c" if "c" in row[2:] else row[1] != "c"


def test_vacant_places_shown_are_the_difference_of_what_is_shown(layers):
    """A difference of exact numbers would narrow down how many are held."""
    for layer in layers["shareable"].values():
        for row in layer.table.rows if layer.key.endswith("_vacancy") else ():
            if "c" not in row[1:]:
                vacant, usable, held = (int(cell.replace(",", "")) for cell in row[1:])
                assert vacant == max(usable - held, 0)


def test_a_map_of_today_has_no_years(scenes, tmp_path, monkeypatch):
    """Without a forecast there are no years and scenarios, and the rest is the same."""
    monkeypatch.setenv("PLACEMENTS_CACHE", str(tmp_path))
    scene = scenes["shareable"]
    today = dataclasses.replace(scene_of_today(scene.county, directory=small_country()), released=scene.figures.release)
    keys = {layer.key for layer in build(today)}
    assert "care_gap" in keys and not any("ahead" in key or "scenarios" in key or key == "reach" for key in keys)


def test_legend_of_a_view_is_its_own(layers):
    """Static maps and the page read the same legend."""
    gap = layers["shareable"]["care_gap"]
    view = next(iter(gap.views.legends))
    assert legend(gap, view) == gap.views.legends[view] and legend(gap) == gap.legend
    years = layers["shareable"]["care_ahead"]
    assert legend(years) == years.views.legends[years.views.default]
