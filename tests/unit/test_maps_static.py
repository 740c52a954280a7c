"""Static maps say what the page says: every area's name and figure, suppressed as such, and the same bytes every time."""

import re

import pytest

from placements.errors import DisclosureError, UsageError
from placements.maps import scene_of, write_pictures
from placements.maps.layers import build
from placements.maps.static import checked_formats, pictures
from tests.maps_support import map_result, small_country


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLACEMENTS_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield scene_of(map_result(), directory=small_country())


@pytest.fixture(scope="module")
def layers(scene):
    """A few layers of each kind: shaded, with views, flows and points; and the backgrounds under them."""
    kept = ("neighbours", "authority", "districts", "care_gap", "care_ahead", "care_flows", "schools", "sites")
    return tuple(layer for layer in build(scene) if layer.key in kept)


@pytest.fixture(scope="module")
def drawn(scene, layers):
    return {picture.name: picture.content for picture in pictures(scene, ("svg", "png"), layers)}


def texts(svg: bytes) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg.decode())


def test_every_layer_and_year_has_a_picture(drawn):
    """Backgrounds have none of their own; a layer with years has one for each."""
    years = {f"care-ahead-{year}" for year in ("2025-26", "2026-27", "2027-28")}
    assert set(drawn) == {"care-gap", "care-flows", "schools", "sites", *years}


def test_a_picture_names_areas_and_figures(drawn):
    """Guildford is short by 10, Tandridge is suppressed, never 0; title, date, source and marks are there."""
    found = texts(drawn["care-gap"]["svg"])
    for wanted in ("Guildford", "+10", "Tandridge", "suppressed", "Tinyshire: gap (need less places)", "N"):
        assert wanted in found
    joined = " ".join(found)
    assert "Source: SSDA903" in joined and "31 March 2025" in joined and "Synthetic data" in joined
    assert re.search(r"\d+ miles?", joined)


def test_a_year_is_in_the_title(drawn):
    assert any("2026-27" in text for text in texts(drawn["care-ahead-2026-27"]["svg"]))


def test_both_formats_are_what_they_say(drawn):
    for content in drawn.values():
        assert content["png"].startswith(b"\x89PNG") and content["svg"].startswith(b"<?xml")


def test_the_same_bytes_every_time(scene, layers, drawn):
    again = next(iter(pictures(scene, ("svg", "png"), [layer for layer in layers if layer.key != "neighbours"])))
    first = next(iter(pictures(scene, ("svg", "png"), [layer for layer in layers if layer.key != "neighbours"])))
    assert first.content == again.content
    assert b"date" not in drawn["care-gap"]["svg"].lower().split(b"</metadata>")[0]


def test_formats_are_checked_first(scene, tmp_path):
    with pytest.raises(UsageError, match="svg, png"):
        write_pictures(scene, tmp_path / "maps", ("svg", "bmp"))
    assert not (tmp_path / "maps").exists()
    assert checked_formats(["png", "png"]) == ("png",)


def test_a_picture_that_would_tell_is_not_written(scene, tmp_path, monkeypatch):
    """A PNG has no text to read back: the same map as SVG is scanned before either is written."""
    told = [layer for layer in build(scene) if layer.key == "sites"]
    monkeypatch.setattr("placements.maps.pictures", lambda one, formats: pictures(one, formats, [_named(told[0])]))
    with pytest.raises(DisclosureError, match="a child's"):
        write_pictures(scene, tmp_path / "maps", ("png",))
    assert not list(tmp_path.rglob("*.png"))


def _named(layer):
    """Return a layer whose note holds a child's postcode."""
    import dataclasses

    return dataclasses.replace(layer, note="Near RH8 9ZX")
