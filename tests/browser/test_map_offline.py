"""The map in a real browser with no network: it draws, reports no error, and cannot call anyone even if told to."""

import http.server
import re
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from placements.maps import write_map
from tests.maps_support import map_result, outline, small_country

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (apt-get install chromium)")

QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
    "--v=0",
    "--virtual-time-budget=4000",
    "--window-size=1200,800",
]


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("browser")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLACEMENTS_CACHE", str(folder / "cache"))
        return write_map(map_result(), folder / "placements.html", directory=small_country())


def opened(page: Path, profile: Path, *options: str) -> tuple[str, list[str]]:
    """Return the document as the browser made it, and what it wrote to its console."""
    command = [str(CHROMIUM), *QUIET, *options, f"--user-data-dir={profile}", "--dump-dom", page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


NO_NETWORK = "--host-resolver-rules=MAP * ~NOTFOUND"


@pytest.fixture(scope="module")
def seen(page, tmp_path_factory):
    return opened(page, tmp_path_factory.mktemp("profile"), NO_NETWORK)


def test_it_opens_without_a_word_on_the_console(seen):
    """Title as written; no error, no warning, no blocked style or script."""
    document, console = seen
    assert console == []
    assert "<title>Out-of-county placements: Tinyshire, 31 March 2025</title>" in document


def test_it_draws(seen):
    """Canvas for the shapes, labels of districts and of the shading, and a marker for each proposed site."""
    parts = outline(seen[0])
    classes = [str(values.get("class", "")) for _, values in parts.tags]
    assert any(values.get("class", "").startswith("leaflet-zoom") for values in parts.all("canvas"))
    assert sum("pm-district" in name for name in classes) == 3
    assert sum("pm-value" in name for name in classes) == 3
    assert sum("pm-site" in name for name in classes) == 3
    assert sum("pm-arrow" in name for name in classes) == 2


def test_the_suppressed_area_says_so_on_the_map(seen):
    labels = re.findall(r'pm-value[^>]*>\s*<span class="pm-label[^"]*">([^<]*)<', seen[0])
    assert "suppressed" in labels and "3" not in labels


def test_the_map_is_named_and_can_be_reached_by_keyboard(seen):
    """The map is a named region in the tab order; sites are buttons with a name."""
    parts = outline(seen[0])
    chart = next(values for values in parts.all("div") if values.get("id") == "map_placements")
    assert chart["role"] == "region" and "tables" in str(chart["aria-label"]) and chart["tabindex"] == "0"
    sites = [values for values in parts.all("div") if "pm-site" in str(values.get("class"))]
    assert all(values["tabindex"] == "0" and values["role"] == "button" and values["aria-label"] for values in sites)


def test_legends_follow_the_layers(seen):
    """The legend of a layer that is on is visible; of one that is off, hidden."""
    parts = outline(seen[0])
    hidden = {values["data-layer"]: "hidden" in values for values in parts.all("div") if "data-layer" in values}
    assert not hidden["care_gap"] and not hidden["sites"]
    assert hidden["care_share"] and hidden["schools"]


def test_what_is_put_in_cannot_run_or_call(page, tmp_path):
    """A copy with a foreign script, image and request added calls nobody, and the browser says it was blocked.

    This shows that the other tests can fail: the same browser does report an error here.
    """
    asked = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_port}"
        added = (
            f'<img src="{address}/image"><script src="{address}/script"></script>'
            f'<script>fetch("{address}/fetch")</script>'
            f'<link rel="stylesheet" href="{address}/style"></body>'
        )
        copy = tmp_path / "copy.html"
        copy.write_text(page.read_text(encoding="utf-8").replace("</body>", added), encoding="utf-8")
        _, console = opened(copy, tmp_path / "profile")
    finally:
        server.shutdown()
        server.server_close()
    assert asked == []
    assert len([line for line in console if "Content Security Policy" in line]) >= 3
