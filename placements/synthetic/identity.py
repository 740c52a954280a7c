"""Made-up identifiers in real forms: unique pupil numbers with their check letter, ethnic codes, dates as text."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from placements.synthetic.terrain import Ints

Texts = npt.NDArray[np.object_]

#: DfE: the check letter is the remainder of division by 23 of the digits weighted 2 to 13; I, O and S are not used.
_CHECK: Final = "ABCDEFGHJKLMNPQRTUVWXYZ"

#: Ethnic codes of the return, with England's mix (2024).
ETHNIC: Final = (
    ("WBRI", 0.66),
    ("WOTH", 0.05),
    ("WROM", 0.01),
    ("MWBC", 0.035),
    ("MWBA", 0.014),
    ("MWAS", 0.021),
    ("MOTH", 0.038),
    ("AIND", 0.005),
    ("APKN", 0.013),
    ("ABAN", 0.005),
    ("AOTH", 0.03),
    ("BCRB", 0.015),
    ("BAFR", 0.044),
    ("BOTH", 0.016),
    ("OOTH", 0.033),
    ("NOBT", 0.011),
)
UASC_ETHNIC: Final = (("OOTH", 0.40), ("AOTH", 0.25), ("BAFR", 0.25), ("WOTH", 0.05), ("BOTH", 0.05))

_MONTHS: Final = np.array(["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], object)


def upns(serial: Ints, dfe_code: str, birth: Ints) -> Texts:
    """Return unique pupil numbers: check letter, authority, year of entry to school, five digits, one more digit."""
    year = birth.astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970 + 4
    digits = np.array(
        [f"{dfe_code:0>3}{y % 100:02d}9{n:06d}" for y, n in zip(year.tolist(), serial.tolist(), strict=True)],
        dtype="U12",
    )
    if not len(digits):
        return np.array([], object)
    numbers = digits.view("U1").reshape(len(digits), 12).astype(np.int64)
    check = (numbers * np.arange(2, 14)).sum(axis=1) % 23
    return np.asarray(np.array(list(_CHECK), object)[check] + digits.astype(object), object)


def choose(rng: np.random.Generator, options: tuple[tuple[str, float], ...], count: int) -> Texts:
    """Return `count` codes drawn by weight."""
    weights = np.array([weight for _, weight in options])
    return np.asarray(
        np.array([code for code, _ in options], object)[rng.choice(len(options), count, p=weights / weights.sum())]
    )


def _parts(days: Ints) -> tuple[Ints, Ints, Ints]:
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    day = (dates - months).astype(np.int64) + 1
    number = months.astype(np.int64)
    return number // 12 + 1970, number % 12, day


def slashed(days: Ints, missing: npt.NDArray[np.bool_] | None = None) -> Texts:
    """Return days since 1970 as dd/mm/yyyy; blank where `missing`."""
    unique, inverse = np.unique(days, return_inverse=True)
    year, month, day = _parts(unique)
    text = [f"{d:02d}/{m + 1:02d}/{y:04d}" for y, m, d in zip(year.tolist(), month.tolist(), day.tolist(), strict=True)]
    out = np.array(text, object)[inverse]
    return out if missing is None else np.asarray(np.where(missing, "", out), object)


def stamped(days: Ints, missing: npt.NDArray[np.bool_] | None = None) -> Texts:
    """Return days since 1970 as ``2022-Sep-28 00:00:00``; blank where `missing`."""
    unique, inverse = np.unique(days, return_inverse=True)
    year, month, day = _parts(unique)
    text = [
        f"{y:04d}-{_MONTHS[m]}-{d:02d} 00:00:00"
        for y, m, d in zip(year.tolist(), month.tolist(), day.tolist(), strict=True)
    ]
    out = np.array(text, object)[inverse]
    return out if missing is None else np.asarray(np.where(missing, "", out), object)
