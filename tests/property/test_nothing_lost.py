"""Files damaged in every way we can think of: rows in = used + quarantined + superseded, per file; nothing is lost.

A damaged file is read, or refused with one clear error; either way no value of a child stands in what is said.
"""

from __future__ import annotations

import csv
import io
import random
import re
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from placements.errors import DataError
from placements.read.everything import READERS, read_source
from placements.read.tables import SourceTables
from tests import examples

Damage = Callable[[bytes, random.Random], bytes]
JUNK = [
    "",
    " ",
    '"',
    '""',
    "=1+1",
    "31/02/2020",
    "####",
    "45000",
    "nan",
    "NULL",
    "\x00",
    "é",
    "Ω",
    "1e400",
    "-1",
    "x" * 300,
]


def _rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8", "replace"), newline="")))


def _bytes(rows: list[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def cells(content: bytes, rng: random.Random) -> bytes:
    """Put junk into cells."""
    rows = _rows(content)
    for _ in range(rng.randint(1, 30)):
        row = rng.choice(rows[1:] or rows)
        if row:
            row[rng.randrange(len(row))] = rng.choice(JUNK)
    return _bytes(rows)


def repeats(content: bytes, rng: random.Random) -> bytes:
    """Repeat rows, some of them changed in one cell, and shuffle."""
    rows = _rows(content)
    extra = [list(rng.choice(rows[1:] or rows)) for _ in range(rng.randint(1, 20))]
    for row in extra[::2]:
        if row:
            row[rng.randrange(len(row))] = rng.choice(JUNK)
    body = rows[1:] + extra
    rng.shuffle(body)
    return _bytes([rows[0], *body])


def ragged(content: bytes, rng: random.Random) -> bytes:
    """Rows too short, too long, blank, and with trailing commas."""
    lines = content.decode().splitlines()
    for _ in range(rng.randint(1, 15)):
        at = rng.randrange(1, max(2, len(lines)))
        if at < len(lines):
            line = lines[at]
            lines[at] = rng.choice([line + ",,,", line + ",more", line[: len(line) // 2], "", ",,,,", line + "\n\n"])
    return "\n".join(lines).encode()


def columns(content: bytes, rng: random.Random) -> bytes:
    """Columns in another order, dropped, added, renamed in case and spacing."""
    rows = _rows(content)
    order = list(range(len(rows[0])))
    rng.shuffle(order)
    order = order[: max(1, len(order) - rng.randint(0, 2))]
    out = [[row[i] if i < len(row) else "" for i in order] for row in rows]
    out[0] = [rng.choice([name, name.lower(), f" {name} ", name.replace("_", " ")]) for name in out[0]]
    return _bytes([[*row, rng.choice(JUNK)] for row in out])


def encoding(content: bytes, rng: random.Random) -> bytes:
    """Other encodings, marks and line ends."""
    text = content.decode()
    name = rng.choice(["utf-8-sig", "utf-16", "cp1252", "mac_roman"])
    return text.replace("\n", rng.choice(["\n", "\r\n", "\r"])).encode(name, "replace")


def noise(content: bytes, rng: random.Random) -> bytes:
    """Bytes changed, taken out and put in, anywhere."""
    out = bytearray(content)
    for _ in range(rng.randint(1, 40)):
        at = rng.randrange(len(out))
        out[at : at + rng.randrange(2)] = rng.choice([b"", b'"', bytes([rng.randrange(256)])])
    return bytes(out)


def cut(content: bytes, rng: random.Random) -> bytes:
    """The end is missing."""
    return content[: rng.randrange(len(content))]


def titles(content: bytes, rng: random.Random) -> bytes:
    """Lines of title above the header."""
    return b"A report,,\n,,\n" * rng.randint(1, 3) + content


KINDS: tuple[Damage, ...] = (cells, repeats, ragged, columns, encoding, noise, cut, titles)


def account_of(source: str, folder: Path) -> SourceTables | None:
    """Read one source and check its account; None when it was refused."""
    try:
        tables = read_source(source, folder)
    except DataError as error:
        said = str(error)
        assert not set(re.findall(r"\b\d{2}/\d{2}/\d{4}\b", said)), "a date stands in an error"
        assert not re.findall(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b", said), "a postcode stands in an error"
        assert error.exit_code == 3
        return None
    files = tables.files
    parts = files["used"] + files["quarantined"] + files["superseded"]
    assert (files["rows_in"] == parts).all()
    assert (files[["rows_in", "used", "quarantined", "superseded"]] >= 0).all().all()
    per_file = tables.quarantine.groupby(["file", "table"]).size()
    for row in files.itertuples():
        assert row.quarantined == per_file.get((row.path, row.table), 0), (row.path, row.table)
    assert (tables.quarantine["reason"] != "").all()
    return tables


def damaged(study: Path, work: Path, source: str, seed: int) -> tuple[Path, str, str]:
    """Copy a source of the study and damage one of its files, by a seed; return folder, file and kind of damage."""
    rng = random.Random(seed)
    folder = work / f"{source}-{seed}"
    shutil.copytree(study / "data" / source, folder)
    files = sorted(folder.rglob("*.csv"))
    if not files:
        return folder, "", ""
    path, damage = rng.choice(files), rng.choice(KINDS)
    path.write_bytes(damage(path.read_bytes(), rng))
    return folder, path.relative_to(folder).as_posix(), damage.__name__


def sweep(study: Path, work: Path, seeds: range) -> Counter[str]:
    """Damage and read a file for each source and seed; return how many were tried, read and refused."""
    tried: Counter[str] = Counter()
    for source in READERS:
        if not (study / "data" / source).exists():
            continue
        for seed in seeds:
            folder, name, kind = damaged(study, work, source, seed)
            tables = account_of(source, folder)
            tried["tried"] += 1
            tried["refused" if tables is None else "read"] += 1
            tried[f"rows quarantined by {kind}"] += 0 if tables is None else len(tables.quarantine)
            if tables is not None and name and kind in ("cells", "repeats"):
                mine = tables.files[tables.files["path"].eq(name)]
                expected = sum(any(cell.strip() for cell in row) for row in _rows((folder / name).read_bytes())[1:])
                assert mine["rows_in"].sum() == expected, (source, seed, name)
            shutil.rmtree(folder)
    return tried


def test_nothing_is_lost_from_damaged_files(small_study, tmp_path):
    """Some dozens of damaged files of every source, in every run."""
    tried = sweep(small_study, tmp_path, range(examples(5, 12)))
    assert tried["read"] > tried["refused"] > 0


@pytest.mark.slow
def test_nothing_is_lost_from_thousands_of_damaged_files(small_study, tmp_path):
    """The same, at length; the counts are printed."""
    tried = sweep(small_study, tmp_path, range(1000, 1400))
    print(dict(tried))  # noqa: T201
    assert tried["read"] > tried["refused"] > 0


def test_the_sound_files_are_read_whole(small_study):
    """Undamaged, every source is read, and what the example spoils on purpose is all that is set aside."""
    for source in READERS:
        if (small_study / "data" / source).exists():
            assert account_of(source, small_study / "data" / source) is not None
