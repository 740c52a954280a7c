"""What may stand in a cell of an own register, and what it then means."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd

from placements import codes
from placements.read.dates import parse_dates
from placements.read.rawtable import plain

_POSTCODE: Final = r"[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}"
#: Pounds and thousands as people write them: `£3,500`. A comma elsewhere is not guessed at.
_AMOUNT: Final = re.compile(r"£?\s*(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)")
_SEX: Final = {"boys": "M", "girls": "F", "either": "any", "both": "any", "mixed": "any"}


@dataclass(frozen=True)
class Check:
    """Reads the cells of a column.

    Attributes
    ----------
    reason : str
        What is wrong with a cell that cannot be read.
    parse : callable
        From stripped texts, none of them blank, to what they mean: missing where a text cannot be read.
    dtype : str
        Of what they mean. A blank cell means empty text, or a missing number or date.
    """

    reason: str
    parse: Callable[[pd.Series], pd.Series]
    dtype: Literal["str", "float64", "datetime64[us]"] = "str"

    def read(self, text: pd.Series) -> tuple[pd.Series, pd.Series]:
        """Return what each stripped text means, and which cannot be read."""
        place, distinct = pd.factorize(text)
        texts = pd.Series(distinct, dtype="str")
        blank = texts.eq("")
        meant = self.parse(texts[~blank]).astype(self.dtype).reindex(texts.index)
        wrong = (meant.isna() & ~blank).to_numpy(bool)[place]
        values = meant.mask(blank, "") if self.dtype == "str" else meant
        return values.take(place).set_axis(text.index), pd.Series(wrong, index=text.index)


def number(low: float, high: float | None = None) -> Check:
    """Return a check of numbers from `low` to `high`; pounds and thousands may be marked (`£3,500`)."""

    def parse(text: pd.Series) -> pd.Series:
        tidy = text.map(lambda cell: m[1].replace(",", "") if (m := _AMOUNT.fullmatch(cell)) else cell)
        value = pd.to_numeric(tidy, errors="coerce").astype(float)
        return value.where(np.isfinite(value) & (value >= low) & (value <= (np.inf if high is None else high)))

    limits = f"of {low:g} or more" if high is None else f"from {low:g} to {high:g}"
    return Check(f"not a number {limits}", parse, "float64")


def one_of(words: Mapping[str, str], also: Mapping[str, str] | None = None) -> Check:
    """Return a check of one word of a vocabulary, or its label, in any case and with any punctuation."""
    meant = _vocabulary(words) | {plain(word): meaning for word, meaning in (also or {}).items()}
    return Check("not one of: " + ", ".join(words), lambda text: text.map(plain).map(meant))


def several_of(words: Mapping[str, str], also: Mapping[str, str] | None = None) -> Check:
    """Return a check of words of a vocabulary joined by `;`; `any` means all of them. The result names each once.

    `also` has other words and which of the vocabulary they mean.
    """
    meant = {plain(word): meaning for word, meaning in (also or {}).items()} | _vocabulary(words)
    more = f" (or codes: {', '.join(also)})" if also else ""

    def parse(cell: str) -> str | None:
        if plain(cell) == "any":
            return ";".join(words)
        for mark in (";", "[;,]"):
            parts = [meant.get(plain(part)) for part in re.split(mark, cell) if part.strip()]
            if parts and None not in parts:
                return ";".join(dict.fromkeys(part for part in parts if part))
        return None

    return Check("not all of them among: " + ", ".join(words) + more, lambda text: text.map(parse))


def _vocabulary(words: Mapping[str, str]) -> dict[str, str]:
    labels = {plain(label): word for word, label in words.items() if label}
    return labels | {plain(word): word for word in words}


def _postcodes(text: pd.Series) -> pd.Series:
    tidy = text.str.upper().str.replace(r"[^A-Z0-9]", "", regex=True)
    return text.where(tidy.str.fullmatch(_POSTCODE).astype(bool))


def _pupil_numbers(text: pd.Series) -> pd.Series:
    """Return pupil numbers; `UN1` and the like, which say that there is none, as nothing."""
    tidy = text.str.upper().str.replace(r"\s", "", regex=True)
    none = tidy.str.fullmatch(r"UN\d+").astype(bool)
    return tidy.where(tidy.str.fullmatch(r"[A-Z]\d{11}[\dA-Z]").astype(bool) | none).mask(none, "")


ANY_TEXT: Final = Check("", lambda text: text)
POSTCODE: Final = Check("not a whole postcode, such as AB1 2CD", _postcodes)
UPN: Final = Check("not a unique pupil number: a letter, eleven digits, and a digit or letter", _pupil_numbers)
DATE: Final = Check("not a date between 1980 and 2099: write it as dd/mm/yyyy", parse_dates, "datetime64[us]")
SEX: Final = one_of({"M": "", "F": "", "any": ""}, {**{k: v for k, v in codes.SEX.items() if v in ("M", "F")}, **_SEX})
