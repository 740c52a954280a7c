"""Dates are read as people write them, and nothing that is not a date becomes one."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from placements.read.dates import parse_dates

DAYS = st.dates(dt.date(1980, 1, 1), dt.date(2079, 12, 31))
FORMS = ["%d/%m/%Y", "%Y-%m-%d", "%Y-%b-%d 00:00:00", "%d/%m/%y", "%d-%m-%Y", "%Y-%m-%dT00:00:00", "%d-%b-%Y"]


@given(st.lists(st.tuples(DAYS, st.sampled_from(FORMS)), min_size=1, max_size=30))
def test_any_mixture_of_forms_in_one_column_gives_back_the_days(cases):
    """A column may mix every form; each text means the day it was written from."""
    text = pd.Series([day.strftime(form) for day, form in cases], dtype="str")
    assert list(parse_dates(text).dt.date) == [day for day, _ in cases]


@given(DAYS)
def test_excel_serial_numbers_mean_the_day_excel_shows(day):
    """Excel counts days from 30 December 1899 (with its leap year that was not)."""
    serial = (day - dt.date(1899, 12, 30)).days
    assert parse_dates(pd.Series([str(serial)])).dt.date.iloc[0] == day


@pytest.mark.parametrize(
    "text", ["", "31/02/2020", "soon", "00/00/0000", "32/01/2020", "2020", "12/2020", "999.9", None]
)
def test_what_is_not_a_day_is_unknown(text):
    """Impossible, partial or blank dates are NaT, never a neighbouring day."""
    assert parse_dates(pd.Series([text], dtype="str")).isna().all()


def test_day_comes_first():
    """03/04/2020 is the third of April in a British return."""
    assert parse_dates(pd.Series(["03/04/2020"])).iloc[0] == pd.Timestamp("2020-04-03")
