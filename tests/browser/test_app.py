"""The application in a real browser, over a small study: a workstream lead's whole way, by mouse and by keyboard."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn

from placements.app import Setup, create_app

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (apt-get install chromium)")

PAGES = ("/", "/map", "/gap", "/forecast", "/plan", "/scenarios", "/compare", "/quality", "/downloads")
SECONDS = 240_000


@pytest.fixture(scope="module")
def address(small_study, tmp_path_factory) -> Iterator[str]:
    """Return the address of a server over a small study that has been read."""
    folder = tmp_path_factory.mktemp("served") / "study"
    shutil.copytree(small_study, folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = create_app(Setup(folder, port=port))
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


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


@pytest.fixture
def page(chromium, address):
    """Return a page of a browser of its own, which fails the test if anything is asked of another machine."""
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


def test_every_page_is_accessible_at_desk_and_phone(page) -> None:
    """Axe finds nothing against WCAG 2.2 AA; nothing is wider than the screen; the keyboard reaches the content."""
    from axe_playwright_python.sync_playwright import Axe

    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        for path in PAGES:
            page.goto(path)
            page.wait_for_load_state("networkidle")
            found = Axe().run(page, options=options).response["violations"]
            assert [(one["id"], [node["html"] for node in one["nodes"]][:2]) for one in found] == [], path
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"


def add_home(page, name: str, places: str) -> None:
    page.get_by_label("Add", exact=True).select_option("open_home")
    page.get_by_role("button", name="Fill in").click()
    page.get_by_label("Name (needed)").fill(name)
    page.get_by_label("Places (needed)").fill(places)
    page.get_by_label("District").select_option("Guildford")
    page.get_by_role("button", name="Add it").click()


def test_the_whole_way_of_a_workstream_lead(page, tmp_path) -> None:
    """Compose two scenarios, run them, compare them, take the Word report away."""
    for name, places in (("A home of four", "4"), ("A home of two", "2")):
        page.goto("/scenarios")
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_role("button", name="Begin").click()
        add_home(page, f"New: {name.lower()}", places)
        assert page.get_by_text(f"New: {name.lower()}").first.is_visible()
    page.goto("/compare")
    for name in ("A home of four", "A home of two"):
        page.get_by_label(name).check()
    page.get_by_role("button", name="Run").click()
    page.reload()
    page.get_by_role("table").first.wait_for(timeout=SECONDS)
    columns = page.get_by_role("table").first.get_by_role("columnheader").all_text_contents()
    assert columns == ["Measure", "do nothing", "A home of four", "A home of two"]
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
