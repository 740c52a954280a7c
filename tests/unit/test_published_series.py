"""DfE's caseload of EHC plans as yearly series: families that add up, codes of today, what is left out, clear errors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from placements.errors import DataError, UsageError
from placements.forecasting.published import FAMILIES, LABELS, SERIES, read_series
from tests.published_support import CODES, caseload, written


def _at(frame: pd.DataFrame, code: str, period: str) -> pd.Series:
    return frame["new_la_code"].eq(code) & frame["time_period"].eq(period)


def test_every_column_is_in_one_family() -> None:
    """No column is counted twice, and every family has a label."""
    columns = [name for names in FAMILIES.values() for name in names]
    assert len(columns) == len(set(columns))
    assert set(LABELS) == set(SERIES)


def test_families_add_up_to_the_total(tmp_path: Path) -> None:
    """In each authority and year; the year is that of the January census, and England agrees."""
    series = read_series(written(caseload(), tmp_path))
    assert series.years == (2019, 2020, 2021, 2022, 2023)
    assert (series.counts[:, :, 1:].sum(axis=2) == series.counts[:, :, 0]).all()
    assert all(row["agrees"] for row in series.source["england"])
    assert len(str(series.source["sha256"])) == 64
    assert not series.left_out


def test_settings_that_are_withheld_or_do_not_add_up_are_not_used(tmp_path: Path) -> None:
    """The total stands; the settings of that year go, and why is said."""
    frame = caseload()
    frame.loc[_at(frame, CODES[0], "202122"), "mainstream_academy"] = "x"
    frame.loc[_at(frame, CODES[1], "202122"), "ehcplans"] = "99999"
    series = read_series(written(frame, tmp_path))
    assert np.isfinite(series.counts[:2, 3, 0]).all()
    assert np.isnan(series.counts[:2, 3, 1:]).all()
    reasons = {row.code: (row.series, row.years, row.reason) for row in series.left_out}
    assert reasons[CODES[0]] == ("settings", (2022,), "a setting is withheld")
    assert "all plans are 99,999" in reasons[CODES[1]][2]


def test_a_column_that_nobody_has_was_not_collected(tmp_path: Path) -> None:
    """Its family is missing that year, the other settings add up without it."""
    frame = caseload()
    early = frame["time_period"].eq("201819")
    frame.loc[early, "ehcplans"] = (
        frame.loc[early, "ehcplans"].astype(int) - frame.loc[early, "placement_unknown"].astype(int)
    ).astype(str)
    frame.loc[early, "placement_unknown"] = "x"
    series = read_series(written(frame, tmp_path))
    at = SERIES.index("unknown")
    assert np.isnan(series.counts[:, 0, at]).all()
    assert np.isfinite(series.counts[:, 0, 1:at]).all()
    assert not series.left_out


def test_a_council_that_only_changed_its_code_is_one_series(tmp_path: Path) -> None:
    """Buckinghamshire stands under its county's code in some years and its unitary's in others; both at once is an error."""
    frame = caseload()
    own = frame["new_la_code"].eq(CODES[0])
    frame.loc[own, "new_la_code"] = "E06000060"
    frame.loc[own & frame["time_period"].isin(["201819", "202122"]), "new_la_code"] = "E10000002"
    series = read_series(written(frame, tmp_path))
    assert len(series.authorities) == len(CODES)
    assert np.isfinite(series.counts[list(series.authorities.index).index("E06000060"), :, 0]).all()
    again = frame[own & frame["time_period"].eq("202021")].assign(new_la_code="E10000002")
    with pytest.raises(DataError, match="two rows of all plans in 2021"):
        read_series(written(pd.concat([frame, again]), tmp_path, "twice.csv"))


def test_a_council_that_was_split_is_named(tmp_path: Path) -> None:
    """Cumbria ended and has no forecast; its successors begin late. Both are said."""
    frame = caseload(6)
    late = frame["time_period"].eq("202324")
    frame = frame[~(frame["new_la_code"].isin([CODES[0]]) & late) & ~(frame["new_la_code"].eq(CODES[1]) & ~late)]
    frame["new_la_code"] = frame["new_la_code"].replace({CODES[0]: "E10000006", CODES[1]: "E06000063"})
    reasons = {row.code: row for row in read_series(written(frame, tmp_path)).left_out}
    assert reasons["E10000006"].years == (2024,)
    assert "became Cumberland and Westmorland and Furness" in reasons["E10000006"].reason
    assert reasons["E06000063"].reason == "it began on 2023-04-01"


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("ehcplans", "many", r"row 17, column ehcplans: 'many': .*neither a number"),
        ("ehcplans", "-5", "column ehcplans: -5 of Place 0 in 2020 is not a number of plans"),
        ("special_independent", "3.5", "column special_independent: 3.5 of Place 0 in 2020"),
    ],
)
def test_a_cell_that_is_no_number_of_plans_is_named(tmp_path: Path, column: str, cell: str, said: str) -> None:
    """File, column, what was found and what to do."""
    frame = caseload()
    frame.loc[_at(frame, CODES[0], "201920"), column] = cell
    with pytest.raises(DataError, match=said) as error:
        read_series(written(frame, tmp_path))
    assert "caseload.csv" in str(error.value)
    assert "What to do" in str(error.value)


def test_files_that_cannot_be_used(tmp_path: Path) -> None:
    """Not there, another data set, too few years: each is said."""
    with pytest.raises(DataError, match="is not there"):
        read_series(tmp_path / "none.csv")
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match="no plans of authorities"):
        read_series(other)
    with pytest.raises(DataError, match="needs at least 3"):
        read_series(written(caseload(2), tmp_path))


def test_cut_series_hold_nothing_of_later_years(tmp_path: Path) -> None:
    """Nor authorities that came later; a year that is not there is an error."""
    frame = caseload()
    frame = frame[~frame["new_la_code"].eq(CODES[3]) | frame["time_period"].eq("202223")]
    series = read_series(written(frame, tmp_path))
    cut = series.until(2021)
    assert cut.years == (2019, 2020, 2021)
    assert CODES[3] in series.authorities.index
    assert CODES[3] not in cut.authorities.index
    assert not cut.left_out
    with pytest.raises(UsageError, match="not among"):
        series.until(2031)
