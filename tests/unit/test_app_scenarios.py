"""Composing: every kind can be filled in, drafts are one's own, what is wrong is said, and nothing saved is lost."""

from __future__ import annotations

import re

import pytest

from placements.app.fields import KIND_LABEL, LABEL, inputs, toml_of, values_of
from placements.app.store import Store
from placements.interventions import INTERVENTIONS, parse_scenario
from tests.app_support import HOME, browser, send, started
from tests.intervention_support import plain


@pytest.fixture
def client(tmp_path):
    with started(tmp_path) as found:
        yield found


def begun(client, name: str = "Mine", source: str = "nothing") -> str:
    return str(send(client, "/scenarios", {"name": name, "source": source}).url.path)


def test_every_kind_and_field_has_words() -> None:
    """A new kind or field must be given a label before it can be composed."""
    assert set(KIND_LABEL) == {kind.kind for kind in INTERVENTIONS}
    for kind in KIND_LABEL:
        assert {field.name for field in inputs(kind, {}, {})} <= set(LABEL)


@pytest.mark.parametrize("entry", [plain(kind) for kind in INTERVENTIONS], ids=lambda entry: entry.kind)
def test_what_is_filled_in_is_what_is_read(entry, tmp_path) -> None:
    """An intervention put into a form and taken out of it again is the same."""
    areas = {area: area for area in getattr(entry, "areas", ())} | {"d": getattr(entry, "district", "")}
    given = {
        field.name: [field.value] if isinstance(field.value, str) else list(field.value)
        for field in inputs(entry.kind, values_of(entry), areas)
    }
    (read,) = parse_scenario(toml_of(entry.kind, given), tmp_path)
    assert read == entry


def test_drafts_are_seen_by_nobody_else(client) -> None:
    """Neither listed, nor opened, changed, compared or taken away by another browser."""
    path, other = begun(client, "Secret plan"), browser(client)
    draft = path.rsplit("/", 1)[1]
    assert "Secret plan" in client.get("/scenarios").text
    assert "Secret plan" not in other.get("/scenarios").text
    assert other.get(path).status_code == 404
    assert other.get(f"{path}/file").status_code == 404
    assert send(other, path, {"name": "Mine now"}).status_code == 404
    assert send(other, f"{path}/save", {}).status_code == 404
    assert send(other, "/compare", {"scenario": f"draft:{draft}"}).status_code == 409
    send(other, f"{path}/drop", {})
    assert "Secret plan" in client.get(path).text


def test_a_scenario_is_composed_step_by_step(client) -> None:
    """From nothing: one added, changed, found wrong, taken out; then saved for everybody."""
    path = begun(client)
    send(client, f"{path}/put", {"kind": "open_home", "name": "Home A", "district": "Guildford", "places": "3"})
    page = client.get(path).text
    assert "Home A" in page
    assert 'value="Home A"' in client.get(f"{path}?change=0").text
    data = {"kind": "open_home", "name": "Home B", "district": "Guildford", "places": "4", "position": "0"}
    send(client, f"{path}/put", data)
    assert "Home A" not in client.get(path).text
    wrong = send(client, f"{path}/put", {"kind": "open_home", "name": "", "places": "many"})
    assert wrong.status_code == 422
    assert "is not a whole number" in wrong.text
    assert send(client, f"{path}/check", {"kind": "open_home", "name": "x", "places": "0"}).text.count("places") >= 1
    assert send(client, f"{path}/check", data).text == "Nothing is wrong with it."
    send(client, f"{path}/save", {})
    assert "Mine" in browser(client).get("/scenarios").text
    send(client, f"{path}/remove", {"position": "0"})
    assert send(client, f"{path}/save", {}).status_code == 422


def test_a_scenario_begins_from_the_plan_a_file_or_an_upload(client) -> None:
    """Each of them has the interventions of its source."""
    for source in ("plan", "written:homes-first"):
        assert HOME.name in client.get(begun(client, source, source)).text
    text = toml_of("open_home", {"name": ["Uploaded"], "district": ["Woking"], "places": ["2"]})
    found = client.get("/scenarios").text
    csrf = re.search(r'name="csrf" value="([^"]+)"', found)[1]
    answer = client.post(
        "/scenarios", data={"csrf": csrf, "name": "", "source": "nothing"}, files={"file": ("my-own.toml", text)},
        headers={"origin": "http://localhost"},
    )  # fmt: skip
    assert "Uploaded" in answer.text
    assert "my-own" in answer.text


def test_text_that_cannot_be_followed_is_kept_and_said_to_be_wrong(client) -> None:
    """Nothing that was written is lost; it cannot be saved for others."""
    path = begun(client)
    page = send(client, path, {"name": "Broken", "scenario": "[[intervention]]\nkind = 'teleport'"}).text
    assert "teleport" in page
    assert "choose from open_home" in page
    assert send(client, f"{path}/save", {}).status_code == 422


def test_a_name_that_somebody_else_saved_is_not_taken(client) -> None:
    """Theirs stays as it is."""
    first = begun(client, "Foster first", "plan")
    send(client, f"{first}/save", {})
    other = browser(client)
    second = begun(other, "Foster first", "written:homes-first")
    assert send(other, f"{second}/save", {}).status_code == 409
    send(other, "/scenarios/drop-saved", {"name": "Foster first"})
    assert "Foster first" in client.get("/scenarios").text


def test_what_is_written_by_a_stranger_is_shown_as_text(client) -> None:
    """A name is no markup."""
    path = begun(client, "<script>alert(1)</script>")
    for page in (client.get(path).text, client.get("/scenarios").text, client.get("/compare").text):
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_the_file_belongs_to_its_owner_alone(tmp_path) -> None:
    """Nobody else on the machine can read drafts."""
    Store(tmp_path / "deep" / "app.sqlite")
    assert (tmp_path / "deep" / "app.sqlite").stat().st_mode & 0o077 == 0
    assert (tmp_path / "deep").stat().st_mode & 0o077 == 0
