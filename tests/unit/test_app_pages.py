"""Pages that are read: the overview and what has changed, the gap at a glance, and the small charts."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placements import codes
from placements.app.bars import WIDTH, Row, bars, number_of
from placements.app.base import gap_rows
from placements.app.gap import choices, filtered, matrices, told, whom
from placements.app.overview import changes, last_other
from placements.app.process import READ
from placements.disclosure.publication import county_figures
from placements.geography.postcodes import open_directory
from placements.maps.figures import MINUS
from placements.maps.layers import closer
from placements.maps.making import make_scene
from tests.app_support import BASE, MadeUp, send, started
from tests.maps_support import map_county

FIGURES = BASE["overview"]["figures"]
VALUES = st.one_of(st.floats(-1e9, 1e9), st.just("c"), st.none())


def read(client, times: int = 1) -> None:
    """Wait until the study has been read so often."""
    ends = time.monotonic() + 10
    while sum(1 for _ in client.app.state.site.readings()) < times:
        assert time.monotonic() < ends, "it was not read"
        time.sleep(0.02)


def test_the_overview_shows_a_figure_with_what_it_is_made_of(tmp_path) -> None:
    """Value, numerator, denominator and how many are not known stand together; nothing has changed on first reading."""
    with started(tmp_path) as client:
        read(client)
        page = client.get("/").text
        tile = page[page.index("Children looked after outside") :][:300]
        assert "45%" in tile
        assert "450 of 1,000; not known: c" in tile
        assert "No reading of the study showed other figures" in page


def test_the_overview_tells_what_another_reading_showed(tmp_path) -> None:
    """After new data, the figures that were otherwise stand side by side, and the others do not."""
    earlier = [{**one, "value": "44%", "numerator": "440"} if "denominator" in one else one for one in FIGURES[:1]]

    class Changing(MadeUp):
        def ask(self, kind, request, tell):
            first = not self.asked
            found = super().ask(kind, request, tell)
            overview = {**BASE["overview"], "figures": earlier + FIGURES[1:]}
            return {**found, "overview": overview, "date": "30 September 2024"} if first else found

    with started(tmp_path, Changing(tmp_path)) as client:
        read(client)
        send(client, "/read-again", {})
        read(client, 2)
        page = client.get("/").text
        changed = page[page.index("What has changed") : page.index("Over the years")]
        assert "30 September 2024" in changed
        assert "44% (440 of 1,000)" in changed
        assert "45% (450 of 1,000)" in changed
        assert "Unaccompanied" not in changed
        send(client, "/read-again", {})
        read(client, 3)
        again = client.get("/").text
        assert "44% (440 of 1,000)" in again, "a reading that changed nothing hides what has changed"


def test_a_change_is_told_of_figures_that_both_showed() -> None:
    """A figure that is new, or gone, has not changed."""
    new = [{"name": "b", "label": "B", "value": "2", "denominator": ""}]
    assert changes(new, [{"name": "a", "label": "A", "value": "1", "denominator": ""}]) == []
    assert last_other(new, [{"overview": {"figures": new}}]) is None


def test_what_an_older_program_kept_is_not_shown(tmp_path) -> None:
    """An answer in another form is not taken for one of this program's: the study is read again."""

    class Older(MadeUp):
        def ask(self, kind, request, tell):
            found = super().ask(kind, request, tell)
            return {**found, "form": 1} if len(self.asked) == 1 else found

    process = Older(tmp_path)
    with started(tmp_path, process) as client:
        ends = time.monotonic() + 10
        while client.app.state.site.store.last_asked(READ).result is None and time.monotonic() < ends:
            time.sleep(0.02)
        assert client.app.state.site.base is None
        assert client.get("/").status_code == 200
    with started(tmp_path, process) as client:
        read(client)
        assert "45%" in client.get("/").text


def test_the_gap_at_a_glance_has_every_group_once() -> None:
    """Each group of the rows stands in one cell, a group that there is not is empty, what is hidden stays hidden."""
    of_need, of_age = matrices(BASE["gap"])
    assert (of_need.service, of_need.by, of_need.columns) == ("care", "need", ("Guildford", "Woking"))
    cells = {value: [cell and cell["gap"] for cell in cells] for value, cells in of_need.rows}
    assert cells == {"Disabled children": ["+5", None], "Family": ["-10", "c"]}
    assert [(value, [cell["gap"] for cell in cells]) for value, cells in of_age.rows] == [("10 to 15", ["+20"])]


def test_what_is_hidden_stands_last_in_the_order_by_gap() -> None:
    """The widest gap first, then the others, then what may not be known."""
    assert [row["gap"] for row in filtered(BASE["gap"], {}, "gap")] == ["+20", "+5", "-10", "c"]
    assert [row["gap"] for row in told(BASE["gap"])] == ["+5", "-10", "+20"]
    assert [row["area"] for row in filtered(BASE["gap"], {"need": "Family"}, "area")] == ["Guildford", "Woking"]
    assert choices(BASE["gap"], {"service": "education"})["need"] == []


def test_money_that_is_shown_in_words_is_drawn() -> None:
    """Pounds as they may be shared are texts; what is hidden is not drawn."""
    assert [number_of(text) for text in ("£-3,790,000", "£1,200", "c", None, 5)] == [
        -3_790_000.0,
        1200.0,
        None,
        None,
        5.0,
    ]


@given(st.lists(st.tuples(VALUES, VALUES, VALUES), max_size=8))
def test_bars_stand_on_one_axis_that_holds_nought(ranges) -> None:
    """Nothing stands off the axis, what is hidden is not drawn, and more is never to the left of less."""
    drawn = bars([Row("row", low, high, middle, "") for low, high, middle in ranges])
    assert 0 <= drawn.nought <= WIDTH
    places = []
    for (low, high, middle), bar in zip(ranges, drawn.bars, strict=True):
        both = isinstance(low, float) and isinstance(high, float)
        assert (bar.left is not None) == both
        assert (bar.dot is not None) == isinstance(middle, float)
        if both:
            assert 0 <= bar.left <= bar.left + bar.width <= WIDTH + 2.1
        if bar.dot is not None:
            places.append((middle, bar.dot))
    places.sort()
    assert [at for _, at in places] == sorted(at for _, at in places)


@pytest.mark.parametrize("profile", ["shareable", "internal"])
def test_the_gap_is_the_same_as_on_the_map(profile) -> None:
    """Need, places and gap of every area by need, age and kind: one release, one way of telling it."""
    county = map_county()
    found = gap_rows(county, county_figures(county, profile))
    scene = make_scene(county, open_directory(), profile)
    on_map = set()
    for service in codes.SERVICES:
        table = closer.table(service)(scene).table
        on_map |= {(service, *row) for row in table.rows if "," not in row[0]}
    here = {
        (
            row["service"],
            whom(row),
            row["area"],
            row["need_local"],
            row["available_to_us"],
            row["gap"].replace("-", MINUS),
        )
        for row in found
    }
    assert len(here) == len(found) > 0
    assert here == on_map
