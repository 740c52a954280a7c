"""The application in a real browser: a workstream lead's whole way, by mouse and by keyboard."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn

from placements.app import Setup, create_app
from placements.app.pack import pack_page
from placements.newstudy import init_study
from tests.app_support import BASE, MadeUp, compared

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (apt-get install chromium)")

PAGES = ("/", "/map", "/gap", "/forecast", "/plan", "/scenarios", "/compare", "/quality", "/downloads")
SECONDS = 240_000
#: What axe holds pages against.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


def served(app, port: int) -> Iterator[str]:
    """Serve an application until its study has been read; then give its address."""
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", lifespan="on"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    ends = time.monotonic() + SECONDS / 1000
    while app.state.site.base is None:
        reading = app.state.site.store.runs("")
        assert not (reading and reading[0].is_over and reading[0].result is None), reading[0].error
        assert time.monotonic() < ends, "the study was not read in time"
        time.sleep(0.2)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(30)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    """Return the address of a server whose worker answers at once, with figures that are made up."""
    folder, port = tmp_path_factory.mktemp("served"), free_port()
    init_study(folder, "Rutland")
    (folder / "maps" / "placements.html").write_text("<!DOCTYPE html><html lang='en'><title>map</title><h1>Map</h1>")
    yield from served(create_app(Setup(folder, port=port), MadeUp(folder)), port)


@pytest.fixture(scope="module")
def real_address(small_study, tmp_path_factory) -> Iterator[str]:
    """Return the address of a server over a small study that its worker has read."""
    folder, port = tmp_path_factory.mktemp("served") / "study", free_port()
    shutil.copytree(small_study, folder)
    yield from served(create_app(Setup(folder, port=port)), port)


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


@contextmanager
def watched(chromium, address):
    """Give a page of a browser of its own; nothing may be asked of another machine, nor anything stand on its console."""
    context = chromium.new_context(base_url=address, accept_downloads=True)
    found = context.new_page()
    asked, said = [], []
    found.on("request", lambda request: asked.append(request.url))
    found.on("console", lambda message: said.append(message.text))
    found.on("pageerror", lambda error: said.append(str(error)))
    yield found
    context.close()
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
    assert said == []


@pytest.fixture
def page(chromium, address):
    """Return a page of the server whose figures are made up."""
    with watched(chromium, address) as found:
        yield found


def test_every_page_is_accessible_at_desk_and_phone(page) -> None:
    """Axe finds nothing against WCAG 2.2 AA; nothing is wider than the screen; the keyboard reaches the content."""
    accessible(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"


def accessible(page, paths=PAGES) -> None:
    """Hold pages against axe, on a desk's screen and a phone's."""
    from axe_playwright_python.sync_playwright import Axe

    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        for path in paths:
            page.goto(path)
            page.wait_for_load_state("networkidle")
            found = Axe().run(page, options=RULES).response["violations"]
            assert [(one["id"], [node["html"] for node in one["nodes"]][:2]) for one in found] == [], path
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width)


def add_home(page, name: str, places: str) -> None:
    page.get_by_label("Add", exact=True).select_option("open_home")
    page.get_by_role("button", name="Fill in").click()
    page.get_by_label("Name (needed)").fill(name)
    page.get_by_label("Places (needed)").fill(places)
    page.get_by_label("District").select_option("Guildford")
    page.get_by_role("button", name="Add it").click()


def test_the_whole_way_of_a_workstream_lead(page, tmp_path) -> None:
    """Compose two scenarios, run them, compare them, take the Word report away."""
    whole_way(page, tmp_path)


@pytest.mark.slow
def test_the_whole_way_over_a_real_study(chromium, real_address, tmp_path) -> None:
    """The same with a worker that reads a study: its pages are accessible too, and what is compared is compared."""
    with watched(chromium, real_address) as page:
        accessible(page)
        whole_way(page, tmp_path)


def whole_way(page, tmp_path) -> None:
    """Compose two scenarios, run them, compare them, take the Word report away."""
    for name, places in (("A home of four", "4"), ("A home of two", "2")):
        page.goto("/scenarios")
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_role("button", name="Begin").click()
        accessible(page, (f"{page.url}?add=open_home",))
        add_home(page, f"New: {name.lower()}", places)
        assert page.get_by_text(f"New: {name.lower()}").first.is_visible()
    page.goto("/compare")
    for name in ("A home of four", "A home of two"):
        page.get_by_label(name).check()
    page.get_by_label("Move each assumption").check()
    page.get_by_role("button", name="Run").click()
    page.reload()
    page.get_by_role("table").first.wait_for(timeout=SECONDS)
    columns = page.get_by_role("table").first.get_by_role("columnheader").all_text_contents()
    assert columns[:2] == ["Measure", "do nothing"]
    assert sorted(columns[2:]) == ["A home of four", "A home of two"]
    accessible(page, (page.url,))
    rows = page.get_by_role("row").count()
    page.get_by_role("link", name="Show only where they differ").click()
    assert page.get_by_role("row").count() < rows
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download as Word").click()
    waiting.value.save_as(tmp_path / "report.docx")
    assert (tmp_path / "report.docx").read_bytes()[:2] == b"PK"


def test_what_is_wrong_is_said_while_it_is_filled_in(page) -> None:
    """A field that cannot be so is named under the form before it is sent."""
    page.goto("/scenarios")
    page.get_by_role("button", name="Begin").click()
    page.get_by_label("Add", exact=True).select_option("open_home")
    page.get_by_role("button", name="Fill in").click()
    page.get_by_label("Name (needed)").fill("Home")
    page.get_by_label("Planned occupancy").fill("3")
    page.get_by_label("Places (needed)").fill("4")
    page.keyboard.press("Tab")
    page.get_by_text("planned_occupancy = 3: it lies between").wait_for(timeout=5000)


def test_a_scenario_is_composed_by_keyboard_alone(page) -> None:
    """Every step is reached with Tab, and done with the keys."""

    def to(name: str) -> None:
        """Press Tab until what has the focus is called so."""
        called = "() => { const e = document.activeElement; const l = e.labels && e.labels[0]; return (l ? l.textContent : e.textContent).trim(); }"
        for _ in range(120):
            page.keyboard.press("Tab")
            if page.evaluate(called) == name:
                return
        raise AssertionError(f"Tab does not reach {name!r}")

    page.goto("/scenarios")
    to("Name")
    page.keyboard.type("By keyboard")
    to("Begin")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="By keyboard").wait_for()
    to("Add")
    page.keyboard.type("Open a children")
    to("Fill in")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Open a children's home").wait_for()
    to("Name (needed)")
    page.keyboard.type("Keyboard home")
    to("Places (needed)")
    page.keyboard.type("3")
    to("District")
    page.keyboard.type("Woking")
    to("Add it")
    page.keyboard.press("Enter")
    page.get_by_text("Keyboard home").first.wait_for()
    to("Save for everybody")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Saved scenarios").wait_for()
    assert page.get_by_text("By keyboard").count() >= 1


def test_it_works_without_javascript(chromium, address) -> None:
    """Begin, add, and see it, with scripts switched off."""
    context = chromium.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/scenarios")
    page.get_by_label("Name", exact=True).fill("No script")
    page.get_by_role("button", name="Begin").click()
    add_home(page, "Plain home", "3")
    assert page.get_by_text("Plain home").first.is_visible()
    page.goto("/gap")
    page.get_by_label("Service").select_option("care")
    page.get_by_role("button", name="Show").click()
    assert "service=care" in page.url
    context.close()


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    """Return the path of a pack of five scenarios."""
    names = ("Homes first", "Carers first", "Third", "Fourth", "Fifth")
    request = {"scenarios": [{"name": name} for name in names], "assumptions": True}
    path = tmp_path_factory.mktemp("pack") / "pack.html"
    path.write_text(pack_page(BASE, compared(request), {"Homes first": "[[intervention]]\n"}), encoding="utf-8")
    return path


@contextmanager
def opened(chromium, pack, **options):
    """Give a pack opened from its file by a browser that has no network; nothing may stand on its console."""
    context = chromium.new_context(**options)
    context.set_offline(True)
    found, said, asked = context.new_page(), [], []
    found.on("console", lambda message: said.append(message.text))
    found.on("pageerror", lambda error: said.append(str(error)))
    found.on("request", lambda request: asked.append(request.url))
    found.goto(pack.as_uri())
    yield found
    context.close()
    assert said == []
    assert [url for url in asked if not url.startswith((pack.as_uri(), "data:"))] == []


def test_a_pack_opens_without_a_server_and_is_accessible(chromium, pack) -> None:
    """Every part by its link, on a desk's screen and a phone's; axe finds nothing; nothing is asked of a network."""
    from axe_playwright_python.sync_playwright import Axe

    with opened(chromium, pack) as page:
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 844})
            for name in ("Overview", "Gap", "Forecast", "Scenarios", "Plan and why", "Data quality"):
                page.get_by_role("navigation").get_by_role("link", name=name).click()
                assert page.locator(".part:visible").count() == 1
                found = Axe().run(page, options=RULES).response["violations"]
                assert [(one["id"], [node["html"] for node in one["nodes"]][:2]) for one in found] == [], name
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)


def test_scenarios_of_a_pack_are_chosen_and_groups_filtered(chromium, pack) -> None:
    """Four side by side and no more; a row in which none of them differs is left out; a filter leaves its groups."""
    with opened(chromium, pack) as page:
        page.get_by_role("link", name="Scenarios", exact=True).click()
        heads = page.locator(".board thead th:visible")
        assert heads.all_text_contents() == ["Measure", "do nothing", "Homes first", "Carers first", "Third", "Fourth"]
        page.get_by_role("checkbox", name="Fifth").click()
        assert not page.get_by_role("checkbox", name="Fifth").is_checked()
        assert "No more than 4" in page.locator("#choice-said").text_content()
        page.get_by_role("checkbox", name="Third").uncheck()
        page.get_by_role("checkbox", name="Fifth").check()
        assert heads.all_text_contents() == ["Measure", "do nothing", "Homes first", "Carers first", "Fourth", "Fifth"]
        rows = page.locator(".board tbody tr:visible").count()
        page.get_by_label("Only measures where they differ").check()
        assert 0 < page.locator(".board tbody tr:visible").count() < rows
        page.get_by_role("link", name="Gap", exact=True).click()
        page.get_by_label("Home area", exact=True).select_option("Woking")
        assert page.locator("#groups tbody tr:visible").count() == 2
        page.get_by_label("Need", exact=True).select_option("Family")
        assert page.locator("#groups tbody tr:visible").count() == 1
        assert page.locator("#groups-count").text_content() == "1"


def test_a_pack_shows_everything_without_scripts(chromium, pack) -> None:
    """Where scripts are switched off, every part stands under the other."""
    with opened(chromium, pack, java_script_enabled=False) as page:
        assert page.locator(".part:visible").count() == 6
        assert page.locator(".board thead th:visible").count() == 7
