"""The map in a browser without a network: filters, tables, search, the divider, the phone and the printed sheet."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from placements.maps import write_map
from tests.maps_support import TANDRIDGE, map_result, small_country

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (apt-get install chromium)")
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Return one page for all tests: what they do to it is gone with their tab."""
    folder = tmp_path_factory.mktemp("browser")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLACEMENTS_CACHE", str(folder / "cache"))
        return write_map(map_result(), folder / "placements.html", directory=small_country())


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


@contextmanager
def opened(chromium, written, **options) -> Iterator:
    """Give the page in a tab of its own without a network; it asks for nothing but itself and says nothing."""
    context = chromium.new_context(offline=True, accept_downloads=True, **options)
    tab = context.new_page()
    asked, said = [], []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.goto(written.as_uri())
    tab.wait_for_selector(".pm-value", state="attached")
    yield tab
    context.close()
    assert [url for url in asked if not url.startswith(("file:", "blob:", "data:"))] == []
    assert said == []


@pytest.fixture
def page(chromium, written):
    with opened(chromium, written, viewport={"width": 1400, "height": 900}) as tab:
        yield tab


def labels(page, pane: str = "values") -> list[str]:
    """Return what is written in the areas, in a pane of the map."""
    return page.locator(f".leaflet-{pane}-pane .pm-value span").all_text_contents()


def shown_rows(page, key: str) -> list[list[str]]:
    """Return the rows of a table that are shown."""
    script = """key => [...document.querySelectorAll(`#table-${key} tbody tr`)].filter(row => !row.hidden)
        .map(row => [...row.cells].map(cell => cell.textContent))"""
    return page.evaluate(script, key)


def shade(page, key: str) -> None:
    page.check(f'.switch input[value="{key}"]')


@pytest.mark.parametrize("width", [1400, 390])
def test_it_is_accessible(chromium, written, width) -> None:
    """Axe finds nothing against WCAG 2.2 AA with every table open and the divider on; nothing is wider than the screen."""
    from axe_playwright_python.sync_playwright import Axe

    with opened(chromium, written, viewport={"width": width, "height": 844}) as tab:
        shade(tab, "care_scenarios")
        tab.select_option("#versus", index=1)
        tab.select_option("#area-choice", TANDRIDGE)
        tab.evaluate("document.querySelectorAll('details').forEach(box => { box.open = true; })")
        found = Axe().run(tab, options=WCAG)
        assert found.violations_count == 0, found.generate_report()
        assert tab.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("key", ["need", "age", "kind"])
def test_a_filter_shades_the_areas_by_rows_of_the_table(page, key) -> None:
    """For every value: the map has the texts of that view's rows, and the table has these rows alone."""
    shade(page, "care_need")
    for option in page.locator(f"#filter-{key} option").all()[1:]:
        value, name = option.get_attribute("value"), option.text_content()
        page.select_option(f"#filter-{key}", value)
        rows = shown_rows(page, "care_closer")
        assert {row[0] for row in rows} <= {name}
        wanted = sorted(
            "suppressed" if row[2] == "c" else row[2] for row in rows if row[1] not in ("Not known", "Outside")
        )
        if rows:
            missing = 3 - len(wanted)
            assert sorted(labels(page)) == sorted([*wanted, *["none"] * missing])
        else:
            assert set(labels(page)) == {"not shown"}
    page.click("#clear")
    assert page.text_content("#filtered") == "No filter."
    assert len(shown_rows(page, "care_closer")) == page.locator("#table-care_closer tbody tr").count()


def test_what_is_not_published_together_is_hatched_not_zero(page) -> None:
    shade(page, "care_need")
    page.select_option("#filter-need", "family")
    page.select_option("#filter-kind", "foster")
    assert set(labels(page)) == {"not shown"}
    assert "not published" in page.text_content("#filtered")
    assert page.text_content(".key:not([hidden]) li span") == "Not published"


def test_the_service_filter_leaves_one_service(page) -> None:
    """Layers and tables of the other service go; the shading gives way to the same of this one."""
    shade(page, "care_need")
    page.select_option("#filter-service", "education")
    assert page.is_checked('.switch input[value="education_need"]')
    visible = page.locator(".switch label[data-service]:visible").evaluate_all(
        "all => all.map(one => one.dataset.service)"
    )
    assert set(visible) == {"education"}
    assert page.locator("details[data-service=care]:visible").count() == 0


def test_years_have_their_own_filter(page) -> None:
    """The year is offered with the layers that have years; its value changes the map and the table."""
    assert not page.is_visible("#filter-year")
    shade(page, "care_ahead")
    for year in ("2025-26", "2026-27", "2027-28"):
        page.select_option("#filter-year", year)
        rows = shown_rows(page, "care_ahead")
        assert {row[0] for row in rows} == {year}
        assert sorted(labels(page)) == sorted("suppressed" if row[5] == "c" else row[5] for row in rows)


def test_sites_can_be_reached_one_at_a_time(page) -> None:
    shade(page, "reach")
    names = page.locator("#filter-site option").all_text_contents()
    assert len(names) == 2
    for name in names:
        page.select_option("#filter-site", label=name)
        assert sorted(labels(page)) == sorted(row[2] for row in shown_rows(page, "reach"))


@pytest.mark.parametrize("key", ["need", "kind", "sector", "size"])
def test_schools_that_do_not_match_are_hidden(page, key) -> None:
    """A filter of provision leaves as many schools on the map as in the table."""
    page.check('.switch input[value="schools"]')
    for option in page.locator(f"#filter-{key} option").all()[1:]:
        page.select_option(f"#filter-{key}", option.get_attribute("value"))
        assert page.evaluate("placements.page.layers.schools.getLayers().length") == len(shown_rows(page, "schools"))


def test_homes_are_counted_anew_by_area(page) -> None:
    """The number in an area's circle is that of the rows that match; an area without any has no circle."""
    page.check('.switch input[value="provision_counts"]')
    for key in ("kind", "sector", "quality", "size"):
        for option in page.locator(f"#filter-{key} option").all()[1:]:
            page.select_option(f"#filter-{key}", option.get_attribute("value"))
            rows, sums = shown_rows(page, "provision_detail"), {}
            for row in rows:
                sums[row[0]] = sums.get(row[0], 0) + int(row[5])
            assert sorted(page.locator(".pm-dot").all_text_contents()) == sorted(map(str, sums.values()))
            said = page.locator(".pm-dot").evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
            assert sorted(said) == sorted(f"{area}: {number}" for area, number in sums.items())
        page.click("#clear")


def test_two_scenarios_under_a_divider_moved_by_keys(page) -> None:
    """Left has doing nothing, right homes first; the arrow keys move the divider and what is seen of each."""
    shade(page, "care_scenarios")
    page.select_option("#versus", "scenario=homes first")
    assert sorted(labels(page)) == ["20", "30", "suppressed"]
    assert sorted(labels(page, "values-other")) == ["15", "20", "suppressed"]
    assert page.text_content("#swipe-left") == "Do nothing" and page.text_content("#swipe-right") == "Homes first"
    assert {row[0] for row in shown_rows(page, "care_scenarios")} == {"Do nothing", "Homes first"}
    page.focus("#swipe-at")
    before = page.locator(".leaflet-other-pane").evaluate("pane => pane.style.clipPath")
    page.keyboard.press("ArrowRight")
    assert page.input_value("#swipe-at") == "51"
    assert page.locator(".leaflet-other-pane").evaluate("pane => pane.style.clipPath") != before
    page.select_option("#versus", "")
    assert not page.is_visible("#swipe") and labels(page, "values-other") == []


def test_tables_are_sorted_by_any_column(page) -> None:
    """Numbers as numbers, hidden ones last either way; the header says how."""
    page.evaluate("document.getElementById('table-care_need').open = true")
    head = page.locator("#table-care_need thead th").nth(1)
    for order in ("ascending", "descending"):
        head.locator("button").press("Enter")
        assert head.get_attribute("aria-sort") == order
        values = [row[1] for row in shown_rows(page, "care_need")]
        numbers = [int(value.replace(",", "")) for value in values if value not in ("c", "x")]
        assert numbers == sorted(numbers, reverse=order == "descending")
        assert all(value in ("c", "x") for value in values[len(numbers) :])


def test_a_table_is_taken_away_as_csv(page) -> None:
    """As shown: `c` stays `c`, and a signed number is a number, not a formula."""
    page.evaluate("document.getElementById('table-care_gap').open = true")
    with page.expect_download() as caught:
        page.click("#table-care_gap button.csv")
    assert caught.value.suggested_filename == "placements-care-gap.csv"
    content = caught.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(content)))
    assert rows[0] == ["Area", "Gap", "Need for local places", "Places available to us"]
    assert next(row for row in rows if row[0] == "Tandridge")[1] == "c"
    assert float(next(row for row in rows if row[0] == "Guildford")[1]) == 10


def test_a_cell_cannot_become_a_formula(page) -> None:
    """Text that a spreadsheet would work out gets an apostrophe; so does one behind blanks."""
    texts = ["=1+1", "@SUM(A1)", "-cmd", "+44 20", "  =2", "\u22125", "+10", "-12%", "plain"]
    found = page.evaluate(
        """texts => { const table = document.createElement("table"), row = table.insertRow();
        texts.forEach(text => { row.insertCell().textContent = text; }); return placements.tables.csv(table); }""",
        texts,
    )
    cells = next(csv.reader(io.StringIO(found)))
    assert cells == ["'=1+1", "'@SUM(A1)", "'-cmd", "'+44 20", "'=2", "-5", "+10", "-12%", "plain"]


@pytest.mark.parametrize("name", ["woking", "Oak & <b>Ash</b>", "Kent", "GU1", "More places at Oak & Ash"])
def test_what_is_searched_for_is_found(page, name) -> None:
    """An area, a school, an authority, a postcode district, a proposal: by its name in any case, with the Enter key."""
    page.fill("#find-name", name)
    page.press("#find-name", "Enter")
    assert page.text_content("#found").lower() == f"showing {name.lower()}"


def test_what_is_not_there_is_said(page) -> None:
    page.fill("#find-name", "Atlantis")
    page.click("#find button")
    assert "Nothing" in page.text_content("#found")


def test_an_area_has_its_table(page) -> None:
    """Clicking an area gathers its figures; what is hidden there is hidden here."""
    page.select_option("#area-choice", TANDRIDGE)
    rows = page.locator("#area-table tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
    )
    gap = next(row for row in rows if row[1] == "Gap" and "looked after" in row[0].lower())
    assert gap[2] == "c"
    box = page.locator("#map").bounding_box()
    page.evaluate(
        """area => { const found = placements.page.layers.care_gap.getLayers().find(one => one.feature.properties.area === area);
        placements.page.map.setView(found.feature.properties.at, 11, { animate: false }); }""",
        TANDRIDGE,
    )
    page.mouse.click(box["x"] + box["width"] / 2 - 40, box["y"] + box["height"] / 2 - 60)
    page.wait_for_selector(".pm-card .more")
    assert page.locator("#area-choice").input_value() == TANDRIDGE


def test_the_printed_sheet_is_a3_across(page) -> None:
    """One sheet of 420 by 297 millimetres first; controls are left out; the map comes back as it was."""
    from pypdf import PdfReader

    before = page.evaluate("document.querySelector('#map').clientWidth")
    sheets = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True, print_background=True))).pages
    width, height = (float(side) / 72 * 25.4 for side in (sheets[0].mediabox.width, sheets[0].mediabox.height))
    assert (round(width), round(height)) == (420, 297)
    text = sheets[0].extract_text()
    assert "Gap (need less places)" in text and "Synthetic data" in text and "Go there" not in text
    assert page.evaluate("document.querySelector('#map').clientWidth") == before
    assert page.get_attribute(".north", "aria-label") == "North is at the top"
    assert page.is_visible(".leaflet-control-scale-line")


def test_everything_is_in_tables_without_scripts(chromium, written) -> None:
    context = chromium.new_context(offline=True, java_script_enabled=False)
    tab = context.new_page()
    tab.goto(written.as_uri())
    assert "Every figure on it is in the tables" in tab.content()
    assert tab.locator("details table").count() > 20
    context.close()
