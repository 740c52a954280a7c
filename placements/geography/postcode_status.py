"""What came of looking for a postcode? Every outcome in words, and what a text that was not found looks like."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.geography.postcode_keys import clean_postcodes

MATCHED: Final = "matched"
NO_COORDINATES: Final = "no_coordinates"
MISSING: Final = "missing"
MALFORMED: Final = "malformed"
NOT_FOUND: Final = "not_found"
NO_FIXED_ABODE: Final = "no_fixed_abode"
OUTWARD_ONLY: Final = "outward_only"
#: Every outcome of a lookup, in words.
STATUSES: Final[dict[str, str]] = {
    MATCHED: "in the directory, with coordinates",
    NO_COORDINATES: "in the directory without coordinates (Channel Islands, Isle of Man): outside England",
    MISSING: "no postcode was recorded",
    MALFORMED: "not in the form of a postcode",
    NOT_FOUND: "in the form of a postcode but not in the directory",
    NO_FIXED_ABODE: "the code for no fixed abode (ZZ99)",
    OUTWARD_ONLY: "only the first half of a postcode: located roughly, as far as all of that half agrees",
}
STATUS_TYPE: Final = pd.CategoricalDtype(list(STATUSES))
#: The position of each outcome in `STATUSES`, as arrays of outcomes hold it.
CODE_OF: Final = {status: np.int8(number) for number, status in enumerate(STATUSES)}


def status_of_unknown(cleaned: pd.Series) -> npt.NDArray[np.int8]:
    """Return the outcome (`CODE_OF`) of each text, cleaned, that is not in the directory."""
    full = cleaned.str.fullmatch(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}").to_numpy(bool)
    outward = cleaned.str.fullmatch(r"[A-Z]{1,2}[0-9][A-Z0-9]?").to_numpy(bool)
    status = np.where(full, CODE_OF[NOT_FOUND], CODE_OF[MALFORMED])
    status[outward] = CODE_OF[OUTWARD_ONLY]
    status[(cleaned == "").to_numpy(bool)] = CODE_OF[MISSING]
    status[cleaned.str.startswith("ZZ99").to_numpy(bool)] = CODE_OF[NO_FIXED_ABODE]
    return status


def tidied(texts: pd.Series) -> pd.Series:
    """Return cleaned postcodes, but of a first half with its sector the half alone: `GU1 1` is not `GU11`."""
    half = texts.str.upper().str.extract(r"^\W*([A-Z]{1,2}[0-9][A-Z0-9]?)[\s-]+[0-9]\W*$", expand=False)
    return half.fillna(clean_postcodes(texts))
