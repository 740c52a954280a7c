"""No tiles unless a study asks for them; then the page may ask that one host, says so, and asks nobody else."""

import pytest

from placements.errors import SettingsError
from placements.maps import scene_of_today
from placements.maps.layers import background
from placements.maps.page import page
from placements.settings import settings_from
from tests.maps_support import map_county, outline, small_country

TILES = {"tiles": "https://tiles.example.org/{z}/{x}/{y}.png", "attribution": "© The mapmakers"}


def drawn(**sections):
    scene = scene_of_today(map_county(**sections), directory=small_country(), profile="internal")
    return page(scene, (background.neighbours(scene), background.authority(scene)))


def policy(text):
    return next(
        str(values["content"])
        for values in outline(text).all("meta")
        if values.get("http-equiv") == "Content-Security-Policy"
    )


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("PLACEMENTS_CACHE", str(tmp_path))


def test_one_host_is_allowed_pictures_and_nothing_else(tmp_path):
    """Pictures from the host; scripts, styles and connections stay forbidden; the page tells who is asked."""
    text = drawn(map=TILES)
    assert "img-src data: https://tiles.example.org;" in policy(text)
    assert policy(text).startswith("default-src 'none';") and "connect-src" not in policy(text)
    said = " ".join(outline(text).texts)
    assert "The page asks tiles.example.org" in said and "© The mapmakers" in said
    assert "not able to connect to anything." not in said


def test_without_tiles_no_host_is_named():
    text = drawn()
    assert "img-src data:;" in policy(text)
    assert "not able to connect to anything." in " ".join(outline(text).texts)


@pytest.mark.parametrize(
    "tiles",
    [
        "http://tiles.example.org/{z}/{x}/{y}.png",
        "https://{s}.example.org/{z}/{x}/{y}.png",
        "https://tiles.example.org/{z}.png",
        "https://me:secret@tiles.example.org/{z}/{x}/{y}.png",
        "https://tiles.example.org/{z}/{x}/{y}.png; script-src *",
        "tiles",
    ],
)
def test_an_address_that_is_none_is_refused(tiles):
    with pytest.raises(SettingsError, match=r"map\.tiles"):
        settings_from({"map": {**TILES, "tiles": tiles}})


def test_tiles_say_whose_they_are():
    with pytest.raises(SettingsError, match=r"map\.attribution"):
        settings_from({"map": {"tiles": TILES["tiles"]}})
