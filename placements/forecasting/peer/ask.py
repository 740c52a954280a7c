"""Ask the sector's demand model what it would have forecast, in a process of its own.

`cs-demand-model` (PyPI) needs pandas below 2, so it cannot be imported beside us: it lives in an environment that the
user made, whose interpreter is named. Stays go to it through a pipe, so that no child's row is written anywhere.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from placements.county import County
from placements.errors import PlacementsError, UsageError
from placements.forecasting.observed import ALL
from placements.forecasting.peer.stays import CATEGORY, PLACE_OF, stays_of

Floats = npt.NDArray[np.float64]

NAME: Final = "cs-demand-model"
#: Months before the end that its rates are taken from: six are what its own command takes.
REFERENCE_MONTHS: Final = (6, 12)
_THEIR_SIDE: Final = Path(__file__).with_name("their_side.py")
#: It goes a day at a time: three years of a large county take it minutes.
_TIMEOUT_S: Final = 3600
_HOW: Final = f"with Python 3.10 or 3.11: python -m venv DIR; DIR/bin/pip install {NAME}==0.5.1 'setuptools<70'"


class PeerFailedError(PlacementsError):
    """The peer gave no answer that can be used, and why."""


@dataclass(frozen=True)
class DemandModel:
    """The demand model, asked through the interpreter of its environment.

    Parameters
    ----------
    python : Path
        An interpreter that can import `cs_demand_model`.

    Raises
    ------
    UsageError
        When it cannot be run, or cannot import it.
    """

    python: Path

    def __post_init__(self) -> None:
        try:
            done = self._run(["-c", "import cs_demand_model"], "")
        except PeerFailedError as error:
            raise UsageError(f"{self.python}: {error}") from None
        if done.returncode:
            why = (done.stderr.strip().splitlines() or ["it said nothing"])[-1][:200]
            raise UsageError(f"{self.python} cannot import {NAME} ({why}): make its environment {_HOW}")

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of its forecasts: one for each length of reference."""
        return tuple(f"{NAME} {months}" for months in REFERENCE_MONTHS)

    def __call__(self, county: County, months: int) -> dict[str, dict[tuple[str, str], Floats]]:
        """Return what it forecasts from a county as known.

        Parameters
        ----------
        county : County
            Its snapshot is the last day that is known.
        months : int
            How many are forecast.

        Returns
        -------
        dict
            By name; by segment (all, or `category`) and value: ndarray (months,), mean places in use in each month.

        Raises
        ------
        PeerFailedError
            When it fails, takes too long, or answers something else.
        """
        question = {
            "end": county.snapshot.isoformat(),
            "months": months,
            "reference_months": REFERENCE_MONTHS,
            "stays": stays_of(county),
        }
        done = self._run([str(_THEIR_SIDE)], json.dumps(question))
        if done.returncode:
            raise PeerFailedError(f"{NAME} failed as of {county.snapshot}: {_kind(done.stderr)}")
        try:
            found = json.loads(done.stdout.strip().splitlines()[-1])["forecasts"]
            return {f"{NAME} {back}": _by_segment(found[str(back)], months) for back in REFERENCE_MONTHS}
        except (IndexError, KeyError, TypeError, ValueError):
            raise PeerFailedError(f"{NAME} gave no forecast of {months} months as of {county.snapshot}") from None

    def _run(self, words: list[str], text: str) -> subprocess.CompletedProcess[str]:
        # -I: neither our folders nor PYTHONPATH are for another interpreter.
        command = [str(self.python), "-I", *words]
        try:
            return subprocess.run(  # noqa: S603 - the interpreter is the user's own choice
                command, input=text, capture_output=True, text=True, check=False, timeout=_TIMEOUT_S
            )
        except OSError as error:
            raise PeerFailedError(f"cannot be run: {error.strerror}") from None
        except subprocess.TimeoutExpired:
            raise PeerFailedError(f"{NAME} did not answer within {_TIMEOUT_S // 60} minutes") from None


def _by_segment(found: dict[str, Any], months: int) -> dict[tuple[str, str], Floats]:
    keys = {(ALL, ALL): "all"} | {(CATEGORY, category): category.upper() for category in PLACE_OF}
    said = {key: np.asarray(found[name], float) for key, name in keys.items()}
    if any(values.shape != (months,) or not np.isfinite(values).all() for values in said.values()):
        raise ValueError("not a number for each month")
    return said


def _kind(text: str) -> str:
    """Return the kind of error that ends what a program wrote: what follows it could be a child's value."""
    kind = (text.strip().splitlines() or [""])[-1].split(":")[0]
    return kind if kind.isidentifier() and kind.endswith(("Error", "Exception")) else "it did not say why"
