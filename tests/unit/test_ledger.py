"""What is safe in each of two releases must not follow from both, and the ledger tells nobody anything."""

import datetime as dt
import itertools
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from placements.disclosure.control.tables import Plan, group
from placements.disclosure.ledger import DIFFERENCE, REVISED, SHOWN_NOW, check, entry_of, shown_beside
from placements.disclosure.ledger_file import read_ledger, write_entry
from placements.disclosure.ledger_names import Naming
from placements.disclosure.shown import shown_figures
from placements.errors import DataError, DisclosureError, UsageError
from tests import examples

NAMING = Naming("E10000030", dt.date(2025, 3, 31))
LATER = Naming("E10000030", dt.date(2026, 3, 31))
SHAREABLE = "shareable"


def children(**cells: int) -> pd.DataFrame:
    """Return children by need and whether they came alone, from counts such as ``autism_no=20``."""
    rows = [tuple(name.split("_")) for name, number in cells.items() for _ in range(number)]
    return pd.DataFrame(rows, columns=["need", "uasc"], dtype="str")


CHILDREN = children(autism_no=38, autism_yes=3, speech_no=41, speech_yes=24, hearing_no=33, hearing_yes=17)


def plan(rows=CHILDREN, *, tables=(), counts=(), shares=(), known=()):
    return Plan(
        {"care": rows},
        tables=[("care", dimensions) for dimensions in tables],
        counts=[group("care", one) for one in counts],
        shares=[(group("care", part), group("care", whole)) for part, whole in shares],
        known=[group("care", one) for one in known],
    )


def remembered(one, naming=NAMING, past=()):
    return entry_of(shown_figures(one, SHAREABLE), naming, past=past)


def everybody_then_most_now():
    """Return two plans that are safe alone: all with a need then, all of them but one child now, both shown as 5.

    Only 6 and 7 are shown as 5, so there is at most one child between them.
    """
    rows = children(autism_no=6, autism_yes=1, speech_no=40, speech_yes=20, hearing_no=30, hearing_yes=25)
    return plan(rows, tables=[("need",)]), plan(rows, tables=[("uasc",)], counts=[{"need": "autism", "uasc": "no"}])


def test_a_group_left_out_is_found_by_differencing():
    """All of a group then and all but one child of it now, each safe alone: the clash names release and figure."""
    then, now = everybody_then_most_now()
    past, figures = [remembered(then)], shown_figures(now, SHAREABLE)
    assert figures.count(group("care", {"need": "autism", "uasc": "no"})) == "5"
    assert check(figures, [], NAMING) == ()
    clashes = check(figures, past, NAMING)
    found = next(one for one in clashes if one.figure == "care: need autism, uasc yes")
    assert found.kind == DIFFERENCE
    assert found.because == ("care: need autism, uasc no",)
    assert found.releases == (str(past[0]),)


def test_a_release_is_mended_beside_the_earlier_one():
    """The figure that would give the group away is hidden, and the rest shown."""
    then, now = everybody_then_most_now()
    past = [remembered(then)]
    mended = shown_beside(now, SHAREABLE, past, NAMING)
    assert mended.is_hidden(group("care", {"need": "autism", "uasc": "no"}))
    assert mended.count(group("care", {"uasc": "no"})) == "75"
    assert check(mended, past, NAMING) == ()


def test_figures_that_only_an_earlier_release_has_are_kept_safe():
    """A number hidden then that is no figure now must not follow from finer figures now."""
    then, _ = everybody_then_most_now()
    rows = then.populations["care"]
    past = [remembered(plan(rows, counts=[{"need": "autism", "uasc": alone} for alone in ("no", "yes")]))]
    without = plan(rows.drop(columns="uasc"), tables=[("need",)])
    (clash,) = check(shown_figures(without, SHAREABLE), past, NAMING)
    assert clash.kind == DIFFERENCE
    assert clash.figure.startswith("a figure of an earlier release")
    assert clash.because == ("care: need autism",)
    # 6 of the 7 were shown as 5 then, and the one hidden: so all 7 must not be shown now.
    mended = shown_beside(without, SHAREABLE, past, NAMING)
    assert mended.is_hidden(group("care", {"need": "autism"}))
    assert check(mended, past, NAMING) == ()


def test_blocked_when_no_pattern_is_safe():
    """When earlier releases alone give a small group away, no release with it is made, and the message says why."""
    then, now = everybody_then_most_now()
    rows = then.populations["care"]
    second = entry_of(shown_figures(now, SHAREABLE), NAMING)
    with pytest.raises(DisclosureError, match="care: need autism, uasc yes: follows from earlier releases"):
        shown_beside(plan(rows, tables=[("need", "uasc")]), SHAREABLE, [remembered(then), second], NAMING)


def one_more():
    rows = children(autism_no=68, autism_yes=39, speech_no=41, speech_yes=20)
    more = pd.concat([rows, children(autism_no=1)], ignore_index=True)
    return plan(rows, tables=[("need",)]), plan(more, tables=[("need",)])


def test_a_revised_figure_is_named_and_hidden_unless_corrected():
    """107 shown as 105, then 108 as 110, of the same day: a reader would see that a child was added."""
    then, now = one_more()
    past, figures = [remembered(then)], shown_figures(now, SHAREABLE)
    autism = group("care", {"need": "autism"})
    assert figures.count(autism) == "110"
    assert [(one.kind, one.figure) for one in check(figures, past, NAMING)] == [(REVISED, "care: need autism")]
    mended = shown_beside(now, SHAREABLE, past, NAMING)
    assert mended.is_hidden(autism)
    assert check(mended, past, NAMING) == ()
    assert shown_beside(now, SHAREABLE, past, NAMING, correction=True).count(autism) == "110"


def test_hidden_then_and_shown_now_clashes():
    """A figure that an earlier release hid is not shown later, whatever protected it."""
    rows = children(autism_no=4, autism_yes=30, speech_no=40, speech_yes=20)
    grown = pd.concat([rows, children(autism_no=5)], ignore_index=True)
    past = [remembered(plan(rows, tables=[("need", "uasc")]))]
    clashes = check(shown_figures(plan(grown, tables=[("need", "uasc")]), SHAREABLE), past, NAMING)
    assert (SHOWN_NOW, "care: need autism, uasc no") in [(one.kind, one.figure) for one in clashes]


def test_another_day_does_not_clash():
    """The children of another day are other groups: what was said of them says nothing of these."""
    then, now = one_more()
    past = [remembered(then)]
    assert check(shown_figures(now, SHAREABLE), past, LATER) == ()
    assert shown_beside(now, SHAREABLE, past, LATER).count(group("care", {"need": "autism"})) == "110"


def test_an_earlier_year_end_is_the_same_group_in_later_releases():
    """What was published of a day is remembered when a later release shows that day beside its own."""
    then, now = one_more()
    later = Plan({"care on 2025-03-31": now.populations["care"]}, tables=[("care on 2025-03-31", ("need",))])
    clashes = check(shown_figures(later, SHAREABLE), [remembered(then)], LATER)
    assert [(one.kind, one.figure) for one in clashes] == [(REVISED, "care on 2025-03-31: need autism")]


def test_same_release_twice_does_not_clash():
    """What is published again as it was tells nothing new."""
    one = plan(tables=[("need", "uasc")], shares=[({"uasc": "yes"}, {})], known=[{}])
    figures = shown_figures(one, SHAREABLE)
    past = [entry_of(figures, NAMING)]
    assert check(figures, past, NAMING) == ()
    again = shown_beside(one, SHAREABLE, past, NAMING)
    assert np.array_equal(again.pattern.counts, figures.pattern.counts)
    assert np.array_equal(again.pattern.shares, figures.pattern.shares)
    assert entry_of(again, NAMING, past=past) == past[0]


def test_nothing_can_be_read_from_the_file(tmp_path):
    """The file holds no name of a population, breakdown or value, and no number under 10 of children as such."""
    rows = children(autism_no=38, autism_yes=3, speech_no=41, speech_yes=24)
    one = plan(rows, tables=[("need", "uasc")], shares=[({"uasc": "yes"}, {})], known=[{}])
    path = write_entry(tmp_path, remembered(one))
    content = path.read_text()
    figures = json.loads(content)
    words = {"care", "need", "uasc", "autism", "speech", "E10000030", "yes"}
    about = figures.pop("about")
    assert [word for word in words if word in json.dumps(figures)] == []
    assert about.startswith("A release of figures")
    assert all(shown in (0, None) or shown[0] % 5 in (0, 1, 3) for shown in figures["shown"])
    assert 0 in figures["shown"]  # the 3 are there, hidden


def test_the_same_release_is_the_same_file(tmp_path):
    """Same inputs, same bytes; further outputs of the same figures join the entry."""
    one = plan(tables=[("need",)])
    first = entry_of(shown_figures(one, SHAREABLE), NAMING, outputs={"maps/a.html": "1"})
    again = entry_of(shown_figures(one, SHAREABLE), NAMING, past=[first], outputs={"reports/b.docx": "2"})
    paths = [write_entry(tmp_path / "one", first), write_entry(tmp_path / "two", first)]
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert write_entry(tmp_path / "one", again) == paths[0]
    (held,) = read_ledger(tmp_path / "one")
    assert held.outputs == {"maps/a.html": "1", "reports/b.docx": "2"}
    assert held.id == first.id
    assert held.counts == {"shown": 4, "hidden": 0}


def test_a_changed_file_is_refused(tmp_path):
    """A ledger that somebody edited is not relied on."""
    path = write_entry(tmp_path, remembered(plan(tables=[("need",)])))
    path.write_text(path.read_text().replace("[38,42]", "[28,32]"))
    with pytest.raises(DataError, match="was changed"):
        read_ledger(tmp_path)
    path.write_text("[]")
    with pytest.raises(DataError, match="is no entry"):
        read_ledger(tmp_path)


def test_an_internal_copy_is_no_release():
    """What must not be published is not remembered as published."""
    with pytest.raises(UsageError, match="internal"):
        entry_of(shown_figures(plan(tables=[("need",)]), "internal"), NAMING)


NEEDS, ALONE = ("a", "b"), ("no", "yes")
CELLS = tuple(itertools.product(NEEDS, ALONE))
BREAKDOWNS = ((("need",),), (("uasc",),), (("need",), ("uasc",)), (("need", "uasc"),))
MOST = 22
GRID = np.stack(np.meshgrid(*[np.arange(MOST)] * 4, indexing="ij"), axis=-1).reshape(-1, 4)


def told(entry_figures):
    """Return by group, as cells it is on, what a release shows of it: the ends, or None when hidden."""
    linked, found = entry_figures.linked, {}
    for one, position in linked.positions.items():
        if linked.model.published[position]:
            where = dict(one.where)
            on = tuple(need in where.get("need", NEEDS) and alone in where.get("uasc", ALONE) for need, alone in CELLS)
            text = entry_figures.count(one)
            special = {"c": None, "0": (0, 0), "5": (6, 7)}
            found[on] = special[text] if text in special else (max(int(text) - 2, 6), int(text) + 2)
    return found


@settings(max_examples=examples(21, 60), deadline=None)
@given(
    cells=st.tuples(*[st.integers(0, 9)] * 4),
    first=st.sampled_from(BREAKDOWNS),
    second=st.sampled_from(BREAKDOWNS),
    single=st.sampled_from(CELLS),
)
def test_all_children_that_agree_with_both_releases_leave_five_numbers(cells, first, second, single):
    """Brute force over every table of children: each hidden or small number could be five numbers at least."""
    rows = children(**{f"{need}_{alone}": number for (need, alone), number in zip(CELLS, cells, strict=True)})
    assume(rows["need"].nunique() == 2 and rows["uasc"].nunique() == 2)
    then = plan(rows, tables=first)
    now = plan(rows, tables=second, counts=[dict(zip(("need", "uasc"), single, strict=True))])
    released = shown_figures(then, SHAREABLE)
    past = [entry_of(released, NAMING)]
    try:
        figures = shown_beside(now, SHAREABLE, past, NAMING)
    except DisclosureError:
        return
    assert check(figures, past, NAMING) == ()
    possible = np.ones(len(GRID), dtype=bool)
    hidden = set()
    for release in (told(released), told(figures)):
        for on, ends in release.items():
            numbers = GRID[:, list(on)].sum(axis=1)
            if ends is None:
                hidden.add(on)
            else:
                possible &= (numbers >= ends[0]) & (numbers <= ends[1])
    small = {tuple(i == place for i in range(4)) for place, number in enumerate(cells) if 0 < number < 6}
    for on in hidden | small:
        assert len(np.unique(GRID[possible][:, list(on)].sum(axis=1))) >= 5, (cells, on)
