"""Small questions asked of columns: is it blank, how old, what does the other table say, does it overlap the next?"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

_LETTERS: Final = np.array(list("ABCDEFGHJKLMNPQRTUVWXYZ"))


def coded(values: pd.Series) -> pd.Series:
    """Return text as categories, missing text as the empty one: comparing a million rows then takes milliseconds."""
    number, distinct = pd.factorize(values.fillna(""))
    return categories(number, distinct, values.index)


def categories(number: Any, texts: Any, index: pd.Index[Any]) -> pd.Series:
    """Return a column of categories from the number of each row's text in a list of texts."""
    return pd.Series(pd.Categorical.from_codes(number, categories=pd.Index(texts)), index=index)


def spread(keys: pd.Series, table: pd.Series) -> pd.Series:
    """Return the value of each key of a column of categories: each distinct key is looked up once.

    Parameters
    ----------
    keys : Series
        Categories, as `coded` makes them.
    table : Series
        Indexed by key, each once.
    """
    found: pd.Series = table.reindex(keys.cat.categories)
    return found.take(keys.cat.codes.to_numpy()).set_axis(keys.index)


def blank(values: pd.Series) -> pd.Series:
    """Return whether text is missing or empty."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values.eq("") | values.isna()
    return values.fillna("").eq("")


def completed_years(born: pd.Series, day: pd.Series | pd.Timestamp) -> pd.Series:
    """Return age in completed years, negative before birth, NaN when either day is not known."""
    days = pd.Series(day, index=born.index).to_numpy("datetime64[D]")
    birth = born.to_numpy("datetime64[D]")
    known = ~(np.isnat(days) | np.isnat(birth))
    months = days.astype("datetime64[M]") - birth.astype("datetime64[M]")
    into_month = (days - days.astype("datetime64[M]")) < (birth - birth.astype("datetime64[M]"))
    years = (months.astype(np.int64) - into_month) // 12
    return pd.Series(np.where(known, years, np.nan), index=born.index)


def year_end(rows: pd.DataFrame) -> pd.Series:
    """Return the last day of the year of the return that each row is in; NaT when it has none."""
    return pd.to_datetime(rows["return_year"].astype("str") + "-03-31", errors="coerce").astype("datetime64[us]")


def overlaps_next(who: pd.Series, start: pd.Series, end: pd.Series) -> pd.Series:
    """Return whether each stretch goes on beyond the start of the same one's next; one with no end goes on for ever."""
    rows = pd.DataFrame({"who": who, "start": start, "end": end}).sort_values(["who", "start", "end"], kind="stable")
    following = rows["start"].shift(-1).where(rows["who"].eq(rows["who"].shift(-1)))
    over = following.notna() & (rows["end"].isna() | (rows["end"] > following))
    return over.reindex(who.index)


def told_apart(first: pd.Series, second: pd.Series) -> pd.Series:
    """Return whether two values are both known and differ."""
    return first.notna() & second.notna() & first.ne(second)


def pupil_number(upn: pd.Series) -> pd.Series:
    """Return unique pupil numbers, empty where there is none: `UN1` and other texts say nothing of who a child is.

    Children and plans are told apart and joined by these alone, here as in `assemble`.
    """
    text = upn.fillna("")
    return text.where(text.str.fullmatch(r"[A-Z]\d{11}[\dA-Z]"), "")


def malformed_upn(upn: pd.Series) -> pd.Series:
    """Return whether a unique pupil number is given and cannot be one: wrong form or wrong check letter.

    `UN1` and the like say why there is none. The check letter of a temporary number (last character a letter) is not
    worked out.
    """
    text = upn.fillna("").str.strip().str.upper()
    given = text.ne("") & ~text.str.fullmatch(r"UN\d")
    formed = text.str.fullmatch(r"[A-HJ-NP-RT-Z]\d{11}[\dA-HJ-NP-RT-Z]")
    permanent = text.str.fullmatch(r"[A-HJ-NP-RT-Z]\d{12}")
    wrong = pd.Series(False, index=upn.index)
    wrong[permanent] = text[permanent].str[0].to_numpy() != _check_letters(text[permanent])
    return given & (~formed | wrong)


def _check_letters(upn: pd.Series) -> npt.NDArray[np.str_]:
    """Return the letter that should begin each permanent number: its digits weighted 2 to 13, modulo 23."""
    digits = np.array(upn.tolist(), dtype="S13").view(np.uint8).reshape(-1, 13)[:, 1:].astype(np.int64) - ord("0")
    letters: npt.NDArray[np.str_] = _LETTERS[digits @ np.arange(2, 14) % 23]
    return letters


def shared(values: pd.Series) -> pd.Series:
    """Return whether a text that is not blank stands on more than one row."""
    return values.duplicated(keep=False) & ~blank(values)
