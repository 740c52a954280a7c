"""The page: one file, no address outside it, the same bytes every time, readable by everyone, and safe to share."""

import base64
import hashlib
import re
from importlib import resources

import pytest

from placements.disclosure.scanning import scan
from placements.disclosure.secrets import county_secrets
from placements.errors import DisclosureError, UsageError
from placements.maps import write_map
from tests.maps_support import map_county, map_result, outline, small_country, small_numbers

ASSETS = resources.files("placements.maps") / "assets"
#: As published to npm.
LEAFLET = {
    "leaflet.js": "db49d009c841f5ca34a888c96511ae936fd9f5533e90d8b2c4d57596f4e5641a",
    "leaflet.css": "a7837102824184820dfa198d1ebcd109ff6d0ff9a2672a074b9a1b4d147d04c6",
}


@pytest.fixture(scope="module")
def country(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLACEMENTS_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield small_country()


@pytest.fixture(scope="module")
def page(country, tmp_path_factory):
    path = tmp_path_factory.mktemp("maps") / "placements.html"
    return write_map(map_result(), path, directory=country).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def parts(page):
    return outline(page)


def test_vendored_leaflet_is_the_published_one():
    for name, digest in LEAFLET.items():
        assert hashlib.sha256((ASSETS / name).read_bytes()).hexdigest() == digest
    assert "BSD 2-Clause" in (ASSETS / "LICENSES" / "leaflet-1.9.4.txt").read_text(encoding="utf-8")


def test_nothing_is_fetched_from_anywhere(page, parts):
    """No src at all, no href but to this page, no url() in styles, no import; addresses only in comments and xmlns."""
    assert not [values for _, values in parts.tags if values.get("src") or values.get("srcset")]
    assert all(str(values["href"]).startswith("#") for _, values in parts.tags if "href" in values)
    styles = "".join(re.findall(r"<style>(.*?)</style>", page, re.S))
    assert "url(" not in styles and "@import" not in styles
    assert not re.search(r"(?:src|href|action|data)\s*=\s*[\"']?\s*(?:https?:)?//", page)
    assert not re.search(r"\bimport\s*\(|sourceMappingURL|XMLHttpRequest|\bfetch\(|WebSocket|sendBeacon", page)
    rest = re.sub(r"/\*.*?\*/", "", page, flags=re.S)
    assert set(re.findall(r"https?://[^\s\"'<)]+", rest)) <= {"http://www.w3.org/2000/svg"}


def test_the_policy_allows_only_what_is_in_the_file(page, parts):
    """default-src 'none', and the hash of every script and style that the page holds; nothing is allowed by name."""
    policy = next(v["content"] for v in parts.all("meta") if v.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy and "http" not in policy
    for kind in ("script", "style"):
        blocks = re.findall(rf"<{kind}>(.*?)</{kind}>", page, re.S)
        allowed = re.search(rf"{kind}-src ([^;]*)", policy).group(1)
        made = [base64.b64encode(hashlib.sha256(block.encode()).digest()).decode() for block in blocks]
        assert allowed == " ".join(f"'sha256-{digest}'" for digest in made)
    assert not [values for _, values in parts.tags if "style" in values or any(key.startswith("on") for key in values)]


def test_only_leaflet_is_inside(page):
    assert "Leaflet 1.9.4" in page
    for other in ("jquery", "bootstrap", "awesome", "glyphicon", "cdn."):
        assert other not in page.lower()


def test_the_same_county_gives_the_same_bytes(page, country, tmp_path):
    """Built again from the start, every byte is the same; folium's random names are gone."""
    again = write_map(map_result(), tmp_path / "again.html", directory=country)
    assert again.read_text(encoding="utf-8") == page
    assert not re.search(r"_[0-9a-f]{32}\b", page)


def test_the_page_has_what_readers_need(page, parts):
    """Language, title, a viewport that can be enlarged, one h1, landmarks, a skip link that leads somewhere."""
    assert parts.all("html")[0]["lang"] == "en-GB"
    assert "<title>Out-of-county placements: Tinyshire, 31 March 2025</title>" in page
    viewport = next(values["content"] for values in parts.all("meta") if values.get("name") == "viewport")
    assert viewport == "width=device-width, initial-scale=1"
    assert [len(parts.all(tag)) for tag in ("h1", "main", "aside", "header")] == [1, 1, 1, 1]
    ids = [values["id"] for _, values in parts.tags if "id" in values]
    assert len(ids) == len(set(ids))
    assert all(values["href"][1:] in ids for values in parts.all("a"))
    assert parts.all("a")[0]["class"] == "skip"


def test_tables_can_be_read_aloud(parts):
    """Every table has a caption and every header a scope; every switch is inside a fieldset with a legend."""
    assert len(parts.all("table")) == len(parts.all("caption")) == len(parts.all("details")) >= 15
    assert {values.get("scope") for values in parts.all("th")} <= {"row", "col"}
    assert len(parts.all("fieldset")) == len(parts.all("legend")) > 3
    assert {values["type"] for values in parts.all("input")} == {"radio", "checkbox", "search", "range"}


def test_it_says_what_it_is(parts):
    """Synthetic mark, snapshot, disclosure profile, postcode source and denominators are on the page."""
    text = "\n".join(parts.texts)
    for needed in (
        "Synthetic data: no real children",
        "on 31 March 2025",
        "Disclosure profile: shareable",
        "Postcodes: tests",
        "40 of 110 whose place is known",
        "Boundaries: derived from postcodes",
    ):
        assert needed in text
    assert "INTERNAL" not in text


def test_the_three_children_are_nowhere(parts):
    """No table of children shows a number from 1 to 5, and Tandridge's row of children looked after shows none."""
    for key, rows in parts.tables.items():
        if key in ("care_gap", "care_need", "care_places", "care_share"):
            row = next(row for row in rows if row and row[0] == "Tandridge")
            assert set(row[1:]) <= {"c", "0", "x"}
        for row in rows if key.startswith("care_") else ():
            assert "Tandridge" not in row or small_numbers(row) == []


def test_nothing_of_a_child_is_in_the_file(page):
    """Ids, postcodes and dates of birth are not in the page; the scan that says so finds one that is planted."""
    county = map_county()
    secrets = county_secrets(county)
    assert scan(page.encode(), "placements.html", secrets) == ()
    for secret in ("K9000001", "GU2 4QZ", "GU24QZ", "RH8 9ZX", "2011-03-03"):
        assert secret not in page
        assert scan(page.replace("Tinyshire", secret).encode(), "placements.html", secrets) or secret == "K9000001"


def test_a_page_that_would_tell_is_not_written(country, tmp_path):
    """A proposal named after a child's postcode stops the page; nothing is written."""
    county = map_county()
    county.placements["home_postcode"] = "OA1 4SH"
    county.provision.loc[county.provision["service"].eq("education"), "name"] = "School at OA1 4SH"
    county.provision["postcode"] = None
    with pytest.raises(DisclosureError, match="a child's postcode"):
        write_map(map_result(county=county), tmp_path / "told.html", directory=country)
    assert not (tmp_path / "told.html").exists()


def test_names_cannot_become_markup(page, parts):
    """Names come from files: a name with tags is text, in the tables and in the data of the script."""
    assert "Oak & <b>Ash</b>" in [cell for row in parts.tables["schools"] for cell in row]
    assert not parts.all("b")
    assert page.count("</script>") == len(parts.all("script")) == 8


def test_internal_is_watermarked(country, tmp_path):
    path = write_map(map_result(), tmp_path / "inside.html", profile="internal", directory=country)
    text = path.read_text(encoding="utf-8")
    assert text.count("INTERNAL - NOT FOR SHARING") >= 2
    assert "Disclosure profile: internal" in text


def test_a_profile_that_does_not_exist_is_refused(country, tmp_path):
    with pytest.raises(UsageError, match="shareable, internal"):
        write_map(map_result(), tmp_path / "x.html", profile="public", directory=country)


def test_the_page_is_small(page):
    """Well under a megabyte for a small county: Leaflet is 150 kB of it."""
    assert 150_000 < len(page.encode()) < 600_000
