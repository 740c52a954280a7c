"""Small postcode directories for the tests of geography."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from placements.geography.postcodes import PostcodeDirectory, compile_directory

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples"
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
#: Four real districts: two of Surrey, one of Hampshire, one of Kent.
GUILDFORD, WOKING, RUSHMOOR, SEVENOAKS = "E07000209", "E07000217", "E07000092", "E07000111"


def postcode(number: int) -> str:
    """Return the number-th made-up postcode: GU1 0AA, GU1 0AB, ... 400 to a sector, 4000 to a postcode district."""
    sector, unit = divmod(number, 400)
    return f"GU{1 + sector // 10} {sector % 10}{LETTERS[unit // 20]}{LETTERS[unit % 20]}"


def directory_of(rows: list[tuple[float, float, str]], source: str = "made up") -> PostcodeDirectory:
    """Return a directory with a made-up postcode at each (easting, northing) of a district."""
    frame = pd.DataFrame(rows, columns=["easting", "northing", "district"])
    frame["postcode"] = [postcode(number) for number in range(len(frame))]
    return compile_directory(frame, source)


def columns_of(*districts: str, side: int = 12, step: float = 500.0) -> PostcodeDirectory:
    """Return square blocks of points side by side from west to east, `side` x `side` points to a district."""
    rows = [
        (500_000 + step * (side * block + x), 150_000 + step * y, district)
        for block, district in enumerate(districts)
        for x in range(side)
        for y in range(side)
    ]
    return directory_of(rows, f"columns {'-'.join(districts)} {side} {step}")


def scattered(seed: int, count: int, districts: tuple[str, ...], width_m: int = 20_000) -> PostcodeDirectory:
    """Return points at random, the district of each drawn from its nearest of a few random seats."""
    rng = np.random.default_rng(seed)
    xy = rng.integers(0, width_m, (count, 2))
    seats = rng.integers(0, width_m, (len(districts), 2))
    nearest = ((xy[:, None, :] - seats[None]) ** 2).sum(axis=2).argmin(axis=1)
    nearest[: len(districts)] = np.arange(len(districts))
    noise = rng.random(count) < 0.02
    noise[: len(districts)] = False  # no district is left without a point
    nearest[noise] = rng.integers(0, len(districts), noise.sum())
    rows = [(500_000 + x, 150_000 + y, districts[d]) for (x, y), d in zip(xy.tolist(), nearest.tolist(), strict=True)]
    return directory_of(rows, f"scattered {seed} {count}")
