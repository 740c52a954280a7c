"""Writes a made-up national set: England's children looked after, EHC plans and schools, on real postcodes.

Sizes at scale 1 are England's: 85,000 children looked after on each 31 March over ten annual SSDA903 returns, 640,000
EHC plans as one Blade export, 27,000 schools and colleges, and a list of providers. Nothing describes anyone. The same
scale and seed give the same files, but for the time that stands in the workbook.

    python -m benchmarks.national FOLDER --scale 0.1
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from placements.geography.postcodes import open_directory

#: The last return is for the year ended 31 March of this year.
LAST_RETURN: Final = 2025
_FIRST_DAY, _LAST_DAY = np.datetime64("1970-01-01"), np.datetime64("2045-01-01")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: DfE: the check letter of a pupil number is the remainder of division by 23 of the digits weighted 2 to 13.
_CHECK: Final = "ABCDEFGHJKLMNPQRTUVWXYZ"

Text = pa.Array | pa.ChunkedArray


@dataclass(frozen=True)
class Sizes:
    """How much there is of each thing."""

    children: int = 85_000
    returns: int = 10
    plans: int = 640_000
    schools: int = 27_000
    providers: int = 9_000

    @classmethod
    def at(cls, scale: float) -> Sizes:
        """Return the sizes at a scale; the number of returns stays."""
        whole = cls()
        count = {
            name: max(20, round(getattr(whole, name) * scale)) for name in ("children", "plans", "schools", "providers")
        }
        return cls(returns=whole.returns, **count)


@dataclass(frozen=True)
class Ground:
    """Real postcodes to put made-up people at: those of England, in order, then the rest of the United Kingdom."""

    postcodes: pa.Array
    english: int
    district: np.ndarray

    def anywhere(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """Return positions of English postcodes."""
        return rng.integers(0, self.english, count)

    def near(self, rng: np.random.Generator, position: np.ndarray) -> np.ndarray:
        """Return positions of postcodes near others: in order of postcode, most neighbours are near."""
        return np.clip(position + np.rint(rng.standard_cauchy(len(position)) * 400), 0, self.english - 1).astype(int)

    def elsewhere(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """Return positions anywhere in the United Kingdom."""
        return rng.integers(0, len(self.postcodes), count)


def open_ground() -> Ground:
    """Return the postcodes of the packaged directory."""
    points = open_directory().points()
    english = points["district"].str.startswith("E")
    order = np.argsort(~english.to_numpy(bool), kind="stable")
    postcodes = pa.array(points["postcode"]).cast(pa.string()).take(pa.array(order))
    return Ground(postcodes, int(english.sum()), points["district"].astype("category").cat.codes.to_numpy(int)[order])


class Days:
    """Days since 1970 as text in one form; the text of each day is made once."""

    def __init__(self, form: str) -> None:
        days = np.arange(_FIRST_DAY, _LAST_DAY).tolist()
        self._text = pa.array([form.format(day=day, month=_MONTHS[day.month - 1]) for day in days], pa.string())

    def __call__(self, days: np.ndarray, blank: np.ndarray | None = None) -> Text:
        """Return the text of each day; nothing where `blank`."""
        return self._text.take(pa.array(days.astype(np.int32), mask=blank))


def slashed() -> Days:
    """Return days as SSDA903 writes them."""
    return Days("{day:%d/%m/%Y}")


def stamped() -> Days:
    """Return days as COLLECT exports them: English month names whatever the machine's language."""
    return Days("{day:%Y}-{month}-{day:%d} 00:00:00")


def choose(rng: np.random.Generator, weights: dict[str, float], count: int) -> Text:
    """Return `count` codes drawn by weight; the empty code becomes nothing."""
    share = np.array(list(weights.values()), float)
    drawn = rng.choice(len(share), count, p=share / share.sum())
    return coded(list(weights), drawn)


def coded(codes: list[str], position: np.ndarray) -> Text:
    """Return the code at each position; the empty code becomes nothing."""
    return pa.array([code or None for code in codes], pa.string()).take(pa.array(position))


def numbers(values: np.ndarray, before: str = "") -> Text:
    """Return whole numbers as text, with something before each."""
    text = pa.array(values).cast(pa.string())
    return pc.binary_join_element_wise(before, text, "") if before else text


def pupil_numbers(serial: np.ndarray) -> Text:
    """Return a unique pupil number for each serial (below a hundred million)."""
    whole = 301_000_000_000 + (serial % 100_000_000).astype(np.int64)
    digits = whole[:, None] // 10 ** np.arange(11, -1, -1, dtype=np.int64) % 10
    letters = coded(list(_CHECK), (digits * np.arange(2, 14)).sum(axis=1) % 23)
    return pc.binary_join_element_wise(letters, numbers(whole), "")


def blank_where(blank: np.ndarray, text: Text) -> Text:
    """Return text with nothing where `blank`."""
    return pc.if_else(pa.array(blank), pa.scalar(None, pa.string()), text)


def write_csv(path: Path, columns: dict[str, Text | str]) -> int:
    """Write columns, of which a plain text stands on every row; return the number of rows."""
    rows = next(len(values) for values in columns.values() if not isinstance(values, str))
    filled = [pa.repeat(values, rows) if isinstance(values, str) else values for values in columns.values()]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        stream.write((",".join(columns) + "\n").encode())
        options = pa_csv.WriteOptions(include_header=False, quoting_style="none")
        pa_csv.write_csv(pa.table(filled, names=list(columns)), stream, options)
    return rows


def write_national(folder: Path, sizes: Sizes, seed: int = 1, ground: Ground | None = None) -> dict[str, int]:
    """Write a study's `data/` of a whole nation: `ssda903`, `sen2`, `gias` and `ofsted` below `folder`.

    Parameters
    ----------
    folder : Path
    sizes : Sizes
    seed : int
    ground : Ground, optional
        Where people are put; all postcodes when not given.

    Returns
    -------
    dict
        Rows written by file, relative to `folder`.
    """
    from benchmarks.national_care import write_providers, write_returns  # noqa: PLC0415 - they build on this module
    from benchmarks.national_learning import write_plans, write_schools  # noqa: PLC0415

    ground = ground or open_ground()
    care, plans, schools, providers = (np.random.default_rng([seed, part]) for part in range(4))
    written = write_providers(folder / "ofsted" / "providers.xlsx", sizes.providers, ground, providers)
    written |= write_returns(folder / "ssda903", sizes, ground, care)
    written |= write_schools(folder / "gias" / f"edubasealldata{LAST_RETURN}0401.csv", sizes.schools, ground, schools)
    written |= write_plans(folder / "sen2", sizes, ground, plans)
    return {path.relative_to(folder).as_posix(): rows for path, rows in written.items()}


def main() -> None:
    """Write the set that the command line asks for and print what was written, as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.national", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scale", type=float, default=1.0, help="share of England (1)")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    print(json.dumps(write_national(asked.folder, Sizes.at(asked.scale), asked.seed), indent=1))


if __name__ == "__main__":
    main()
