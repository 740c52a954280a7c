"""Who is refused: other names, other sites, old pages, strangers; and what every answer forbids a page to do."""

from __future__ import annotations

import pytest

from placements.app import Setup
from placements.errors import UsageError
from tests.app_support import browser, send, started, token


@pytest.fixture
def client(tmp_path):
    with started(tmp_path) as found:
        yield found


def test_a_name_that_was_rebound_to_this_machine_is_refused(client) -> None:
    """The browser thinks that it talks to another site: nothing is told to it."""
    for name in ("evil.example", "evil.example:8765", "127.0.0.1.evil.example", ""):
        assert client.get("/", headers={"host": name}).status_code == 421
    for name in ("localhost:8765", "127.0.0.1", "[::1]:8765", "LOCALHOST"):
        assert client.get("/", headers={"host": name}).status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "", "http://localhost.evil.example"])
def test_what_another_site_sends_is_refused(client, origin: str) -> None:
    """Even with the right token."""
    assert send(client, "/scenarios", {"source": "nothing"}, origin=origin).status_code == 403
    assert "None yet" in client.get("/scenarios").text


def test_what_does_not_carry_the_token_of_the_session_is_refused(client) -> None:
    """No token, a wrong one, or that of another browser."""
    other = token(browser(client))
    mine = token(client)
    assert other != mine
    for given in ({}, {"csrf": "x"}, {"csrf": other}):
        answer = client.post("/scenarios", data={"source": "nothing", **given}, headers={"origin": "http://localhost"})
        assert answer.status_code == 403
    headers = {"origin": "http://localhost", "x-csrf-token": mine}
    assert client.post("/scenarios", data={"source": "nothing"}, headers=headers).status_code == 200


def test_every_answer_forbids_scripts_and_frames_of_others(client) -> None:
    """No inline script or style, nothing from elsewhere, and no page of ours in a frame but the map in ours."""
    for path in ("/", "/gap", "/scenarios", "/nowhere", "/static/app.css"):
        policy = client.get(path).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert client.get(path).headers["x-content-type-options"] == "nosniff"
    assert client.get("/map/file").headers["content-security-policy"] == "frame-ancestors 'self'"
    for path in ("/", "/map", "/gap", "/forecast", "/plan", "/scenarios", "/compare", "/quality", "/downloads"):
        page = client.get(path).text
        assert "<script>" not in page
        assert " style=" not in page
        assert " onclick=" not in page


def test_no_path_leads_out_of_what_is_offered(client, tmp_path) -> None:
    """Files beside those that are listed are not sent, however they are asked for."""
    (tmp_path / "secret.txt").write_text("Alice Example")
    for path in ("/downloads/../secret.txt", "/downloads/%2e%2e%2fsecret.txt", "/static/../server.py",
                 "/static/%2e%2e/server.py", "/downloads/maps%2fplacements.html", "/.placements/app.sqlite"):  # fmt: skip
        answer = client.get(path)
        assert answer.status_code == 404
        assert "Alice" not in answer.text
    assert client.get("/downloads/map").status_code == 200


def test_too_much_at_once_is_refused(tmp_path) -> None:
    """By its stated length, and by what really comes."""
    with started(tmp_path, body_bytes=3000) as client:
        assert send(client, "/scenarios", {"source": "nothing", "name": "x" * 5000}).status_code == 413
        chunks = (b"x" * 1000 for _ in range(9))
        headers = {"origin": "http://localhost", "content-type": "application/x-www-form-urlencoded"}
        assert client.post("/scenarios", content=chunks, headers=headers).status_code == 413
        assert send(client, "/scenarios", {"source": "nothing", "name": "x"}).status_code == 200


def test_other_machines_need_a_password(tmp_path) -> None:
    """Without one it is not served to them; a short one is no password."""
    for host in ("0.0.0.0", "10.1.2.3", "example.org"):
        with pytest.raises(UsageError, match="there is no password"):
            Setup(tmp_path, host=host)
    with pytest.raises(UsageError, match="too short"):
        Setup(tmp_path, host="0.0.0.0", password="short")
    assert Setup(tmp_path, host="::1").is_loopback


def test_nobody_sees_a_page_before_the_password(tmp_path) -> None:
    """Every page leads to the question; the right answer begins a new session."""
    with started(tmp_path, password="correct horse battery") as client:
        for path in ("/", "/gap", "/downloads/map", "/map/file", "/compare"):
            assert client.get(path, follow_redirects=False).headers["location"] == "/sign-in"
        before = client.cookies["placements"]

        def sign_in(password: str):
            data = {"csrf": token(client, "/sign-in"), "password": password}
            return client.post("/sign-in", data=data, headers={"origin": "http://localhost"})

        assert sign_in("wrong").status_code == 403
        assert client.get("/gap", follow_redirects=False).status_code == 303
        assert sign_in("correct horse battery").status_code == 200
        assert client.cookies["placements"] != before
        assert client.get("/gap", follow_redirects=False).status_code == 200
        assert browser(client).get("/gap", follow_redirects=False).status_code == 303


def test_what_was_made_under_another_profile_is_not_shown(tmp_path) -> None:
    """A study that was read as shareable is read again when it is served as internal, and the other way about."""
    with started(tmp_path) as client:
        while client.app.state.site.base is None:
            pass
        run = send(client, "/compare", {"scenario": ["plan"]}).url.path
        while not client.app.state.site.store.runs("")[0].is_over:
            pass
        cookies = dict(client.cookies)
    with started(tmp_path, profile="internal") as client:
        client.cookies.update(cookies)
        assert client.app.state.site.base is None
        assert "Tinyshire" not in client.get("/").text
        assert "£500,000" not in client.get(run).text
