"""Names that are obviously made up: of people, homes, schools and companies."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

SURNAMES: Final = (
    "Synthesby",
    "Madeup",
    "Fictionall",
    "Imaginey",
    "Notreal",
    "Pretendham",
    "Invently",
    "Exampleton",
    "Sampleworth",
    "Testington",
)
FORENAMES: Final = ("Ayone", "Bextwo", "Cathree", "Dofour", "Effive", "Gisix", "Haseven", "Jeight", "Konine", "Lazero")
_FIRST: Final = (
    "Amber",
    "Birch",
    "Copper",
    "Dapple",
    "Elder",
    "Fallow",
    "Glade",
    "Harbour",
    "Ivy",
    "Juniper",
    "Kestrel",
    "Larch",
    "Meadow",
    "North",
    "Orchard",
    "Pebble",
    "Quarry",
    "Rowan",
    "Sorrel",
    "Thistle",
    "Under",
    "Violet",
    "Willow",
    "Yarrow",
)
_SECOND: Final = ("bank", "bridge", "combe", "croft", "dale", "field", "gate", "hurst", "lea", "mead", "side", "wick")
#: Company names of owners; all made up.
OWNERS: Final = (
    "Lanternlight Care (made up) Ltd",
    "Harbourside Homes (made up) Ltd",
    "Fernleaf Children's Services (made up) Ltd",
    "Oakmoor Group (made up) plc",
    "Tidewater Care (made up) Ltd",
    "Stepping Stones Support (made up) CIC",
)
CHARITY: Final = "The Bright Path Trust (made up charity)"


def places(count: int, suffixes: tuple[str, ...], rng: np.random.Generator) -> npt.NDArray[np.object_]:
    """Return `count` distinct made-up place names, each with one of `suffixes`."""
    first, second = np.array(_FIRST, object), np.array(_SECOND, object)
    order = np.arange(count)
    shuffle = rng.permutation(len(first) * len(second))
    stem = shuffle[order % len(shuffle)]
    names = first[stem // len(second)] + second[stem % len(second)]
    round_ = order // len(shuffle)
    extra = np.array(["", " East", " West", " North", " South", " Upper", " Lower", " Great", " Little"], object)
    suffix = np.array(suffixes, object)[rng.integers(0, len(suffixes), count)]
    return np.asarray(names + extra[round_ % len(extra)] + " " + suffix, object)
