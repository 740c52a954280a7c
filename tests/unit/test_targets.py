"""The ledger of targets: what is set, what was reached, could it be chance, and nothing that was reported is lost."""

import datetime as dt
import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from placements.disclosure.headline import HeadlineTexts
from placements.errors import DataError, SettingsError, UsageError
from placements.read.targets import read_targets
from placements.targets import Standing, progress_lines, read_history, roll_forward, targets_of
from placements.targets.amounts import parse_amount
from placements.targets.history import COLUMNS, NAME
from placements.targets.progress import reported
from placements.targets.standing import LEVEL, count_mid_p, share_mid_p

HEADER = "indicator,baseline,target,due_date,owner,action,status,reason\n"
MARCH, SEPTEMBER, NEXT_MARCH = dt.date(2025, 3, 31), dt.date(2025, 9, 30), dt.date(2026, 3, 31)


def ledger(tmp_path, *lines, header=HEADER):
    path = tmp_path / "targets.csv"
    path.write_text(header + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def targets(tmp_path, *lines):
    return targets_of(read_targets(ledger(tmp_path, *lines)))


def shown(numerator, denominator, left_out=0):
    return HeadlineTexts(
        f"{math.floor(100 * numerator / denominator + 0.5)}%", str(numerator), str(denominator), str(left_out)
    )


@pytest.mark.parametrize(
    ("text", "value", "is_share"),
    [
        ("50%", 0.5, True),
        (" 49.5 % ", 0.495, True),
        ("545 of 910", 545 / 910, True),
        ("545 of 910 (60%)", 0.6, True),
        ("1,020", 1020, False),
        ("900", 900, False),
    ],
)
def test_amounts_are_read_as_councils_write_them(text, value, is_share):
    """A percentage, a part of a whole, or a number."""
    found = parse_amount(text)
    assert found is not None
    assert found.value == pytest.approx(value)
    assert found.is_share is is_share


@pytest.mark.parametrize("text", ["", "5O%", "120%", "12 of 0", "13 of 12", "about half", "-3", "1,02", "c"])
def test_what_is_no_amount_is_not_guessed_at(text):
    """A share over one whole, of nobody, or words are none."""
    assert parse_amount(text) is None


def test_every_mistake_of_a_ledger_is_named_at_once(tmp_path):
    """Line, column, what was found and what to do; a near miss of a name is recognised."""
    path = ledger(
        tmp_path,
        "care_out_of_countty,56%,50%,2026-03-31,,,,",
        "care_distant,20%,twelve,2026-03-31,,,,",
        "care_distant,20%,15%,31/02/2026,,,,",
        "looked_after,,900,2026-03-31,,,,",
        "care_over_20_miles,,25,2026-03-31,,,,",
        "homes_out_of_county,,50%,2026-03-31,,,,",
        "homes_out_of_county,,45%,31/03/2026,,,,",
    )
    with pytest.raises(SettingsError) as caught:
        targets_of(read_targets(path), path)
    text = str(caught.value)
    assert str(path) in text
    assert "line 2, column indicator: found 'care_out_of_countty'; did you mean care_out_of_county?" in text
    assert "line 3, column target: found 'twelve'" in text
    assert "line 4, column due_date: found '31/02/2026'" in text
    assert "line 5, column baseline" in text
    assert "line 6, column target: found '25'; care_over_20_miles needs a share" in text
    assert "line 8: homes_out_of_county by 2026-03-31 stands in line 7 too" in text


def test_a_ledger_without_reasons_is_read(tmp_path):
    """The column `reason` may be left out; any other that is missing is named."""
    path = ledger(
        tmp_path,
        "care_distant,20%,15%,2026-03-31,A,B,",
        header="indicator,baseline,target,due_date,owner,action,status\n",
    )
    (one,) = targets_of(read_targets(path))
    assert (one.reason, one.owner, one.better) == ("", "A", "lower")
    path.write_text("indicator,target\ncare_distant,15%\n")
    with pytest.raises(DataError, match="no column baseline, due_date, owner, action, status"):
        read_targets(path)


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 60), st.integers(0, 60), st.floats(0.02, 0.98))
def test_mid_p_is_what_its_definition_says(whole, part, target):
    """Brute force: every outcome at least as far on the same side, the outcome itself counted half, doubled."""
    part = min(part, whole)
    chance = [math.comb(whole, k) * target**k * (1 - target) ** (whole - k) for k in range(whole + 1)]
    below, above = sum(chance[:part]) + chance[part] / 2, sum(chance[part + 1 :]) + chance[part] / 2
    assert share_mid_p(part, whole, target) == pytest.approx(min(1.0, 2 * min(below, above)), abs=1e-9)


def test_mid_p_rejects_about_as_often_as_it_says():
    """On target, no more than about one in twenty figures is called a miss that is more than chance."""
    for whole, target in itertools.product((40, 118, 900), (0.1, 0.38, 0.5)):
        law = stats.binom(whole, target)
        called = sum(float(law.pmf(k)) for k in range(whole + 1) if share_mid_p(k, whole, target) < LEVEL)
        assert called <= 1.3 * LEVEL
        assert called >= 0.4 * LEVEL
    assert count_mid_p(900, 900) > 0.9
    assert count_mid_p(1000, 900) < LEVEL
    assert math.isnan(share_mid_p(0, 0, 0.5))


def line_of(tmp_path, now, *lines, history=(), on=SEPTEMBER):
    (line,) = progress_lines(targets(tmp_path, *lines), history, on, lambda name: now)
    return line


def test_met_missed_and_could_be_chance(tmp_path):
    """At the target or better is met; worse by little is said to be perhaps chance; worse by much is missed."""
    row = "care_out_of_county,60%,50%,2025-09-30,Head,Open homes,on track,A home opened late"
    assert line_of(tmp_path, shown(450, 900), row).standing is Standing.MET
    assert line_of(tmp_path, shown(468, 900), row).standing is Standing.NEAR
    missed = line_of(tmp_path, shown(540, 900), row)
    assert missed.standing is Standing.MISSED
    assert missed.variance == pytest.approx(0.10)
    assert missed.reason == "A home opened late"
    assert line_of(tmp_path, HeadlineTexts("c", "c", "40", "0"), row).standing is Standing.NOT_STATED


def test_where_more_is_better_less_is_a_miss(tmp_path):
    """A share of in-house carers above its target is met."""
    row = "in_house_foster_share,43%,48%,2025-09-30,,,,"
    assert line_of(tmp_path, shown(60, 100), row).standing is Standing.MET
    assert line_of(tmp_path, shown(30, 100), row).standing is Standing.MISSED


def test_every_standing_has_its_own_shape_and_word():
    """Nothing hangs on colour: no two have the same first character, but for those that say nothing."""
    told = [Standing.MET, Standing.NEAR, Standing.MISSED]
    assert len({one.value[0] for one in told}) == 3
    assert len({one.words for one in Standing}) == len(Standing)


def test_the_next_step_lies_on_the_way_and_is_what_is_judged_next_time(tmp_path):
    """A year before the target, half the way is asked for; at the next report that is the target, whatever came since."""
    row = "care_out_of_county,60%,50%,2026-03-31,Head,Open homes,,"
    first = line_of(tmp_path, shown(540, 900), row, on=MARCH)
    assert first.last is None
    assert first.standing is Standing.NOT_DUE
    assert first.next.is_interim
    assert (first.next.amount.text, first.next.due) == ("55%", SEPTEMBER)
    history = reported([first], MARCH)
    second = line_of(tmp_path, shown(480, 900), row, history=history)
    assert second.last.amount.text == "55%"
    assert second.standing is Standing.MET
    assert (second.next.amount.text, second.next.due, second.next.is_interim) == ("50%", NEXT_MARCH, False)
    assert second.before.value == "60%"


def test_a_target_of_the_councils_own_counts_before_a_step(tmp_path):
    """What the council sets for the day is judged, not what lay on the line."""
    rows = ("care_out_of_county,60%,52%,2025-09-30,,,,", "care_out_of_county,60%,50%,2026-03-31,,,,")
    first = line_of(tmp_path, shown(540, 900), *rows, on=MARCH)
    assert (first.next.amount.text, first.next.is_interim) == ("52%", False)
    second = line_of(tmp_path, shown(480, 900), *rows, history=reported([first], MARCH))
    assert (second.last.amount.text, second.last.is_interim) == ("52%", False)
    assert second.standing is Standing.NEAR


def test_a_report_made_early_judges_nothing_that_is_not_due(tmp_path):
    """Between two reports the next target has not come yet."""
    row = "care_out_of_county,60%,50%,2026-03-31,,,,"
    history = reported([line_of(tmp_path, shown(540, 900), row, on=MARCH)], MARCH)
    early = line_of(tmp_path, shown(480, 900), row, history=history, on=dt.date(2025, 6, 30))
    assert early.standing is Standing.NOT_DUE


def test_the_history_only_grows(tmp_path):
    """Earlier lines stay to the byte, the same day's are replaced, and no report changes what came after it."""
    path, row = tmp_path / NAME, 'care_out_of_county,60%,50%,2026-03-31,"Head, Care","Open ""two""\nhomes",,'
    first = line_of(tmp_path, shown(540, 900), row, on=MARCH)
    roll_forward(path, reported([first], MARCH))
    begun = path.read_bytes()
    assert read_history(path) == reported([first], MARCH)
    second = line_of(tmp_path, shown(480, 900), row, history=read_history(path))
    for _ in range(2):
        roll_forward(path, reported([second], SEPTEMBER))
        assert path.read_bytes().startswith(begun)
        assert len(read_history(path)) == 2
    with pytest.raises(UsageError, match="2025-09-30"):
        roll_forward(path, reported([first], MARCH))
    assert len(read_history(path)) == 2


def test_a_history_that_was_edited_is_refused(tmp_path):
    """File, line and column are named."""
    path = tmp_path / NAME
    path.write_text(",".join(COLUMNS) + "\nMarch" + "," * (len(COLUMNS) - 1) + "\n")
    with pytest.raises(DataError, match="row 2, column reported_on: found 'March'"):
        read_history(path)
    path.write_text("day,indicator\n")
    with pytest.raises(DataError, match="does not begin with the columns"):
        read_history(path)


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(blacklist_categories=("Cs", "Cc")) | st.sampled_from('",\n'), max_size=20))
def test_any_words_of_a_council_survive_the_history(tmp_path_factory, text):
    """Quotes, commas and line breaks in an action come back as they were."""
    path = tmp_path_factory.mktemp("history") / NAME
    row = reported([line_of(path.parent, shown(540, 900), "care_distant,60%,50%,2026-03-31,,,,", on=MARCH)], MARCH)[0]
    changed = type(row)(**{**{name: getattr(row, name) for name in COLUMNS}, "action": text})
    roll_forward(path, [changed])
    assert read_history(path) == (changed,)


def test_months_of_history_do_not_depend_on_rows_of_others(tmp_path):
    """Each indicator is judged by its own history alone."""
    rows = ("care_out_of_county,60%,50%,2026-03-31,,,,", "care_distant,20%,10%,2026-03-31,,,,")
    found = {"care_out_of_county": shown(540, 900), "care_distant": shown(180, 900)}
    both = progress_lines(targets(tmp_path, *rows), (), MARCH, found.__getitem__)
    history = reported(both, MARCH)
    later = progress_lines(targets(tmp_path, *rows), history, SEPTEMBER, found.__getitem__)
    assert [one.last.amount.text for one in later] == ["55%", "15%"]
    assert pd.Series([one.variance for one in later]).round(9).tolist() == [0.05, 0.05]
    assert np.isfinite([one.p_value for one in later]).all()
