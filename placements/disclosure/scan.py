"""Does a finished file give a child away? Every output is read back as text and searched before it is written.

Looks for full postcodes of homes and placements, child identifiers and dates of birth. It knows the values because it
is given them; a value that happens to be public elsewhere (a school's postcode) can be allowed by name.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from dataclasses import dataclass, field
from typing import Final

import pandas as pd

_POSTCODE: Final = re.compile(r"\b([A-Z]{1,2}[0-9][A-Z0-9]?)\s?([0-9][A-Z]{2})\b", re.IGNORECASE)
_TOKEN: Final = re.compile(r"(?<![\w.#&;-])[A-Za-z0-9]{5,13}(?![\w-])")
_DATE: Final = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b|\b(\d{2})/(\d{2})/(\d{4})\b")
_TAG: Final = re.compile(r"<[^>]{0,2000}>")
_EMBEDDED: Final = re.compile(r"data:[a-z/+.-]+;base64,[A-Za-z0-9+/=]+")


@dataclass(frozen=True)
class Secrets:
    """What must not be shown. Postcodes without spaces in upper case; dates as ISO text."""

    identifiers: frozenset[str] = field(default_factory=frozenset)
    postcodes: frozenset[str] = field(default_factory=frozenset)
    birth_dates: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Finding:
    """A kind of secret found in a file, and how often. The value itself is not kept."""

    file: str
    kind: str
    count: int

    def __str__(self) -> str:
        """Return it in words."""
        return f"{self.file}: {self.kind}, {self.count} time{'s' if self.count > 1 else ''}"


def secrets_of(placements: pd.DataFrame, allowed_postcodes: frozenset[str] = frozenset()) -> Secrets:
    """Return what must not be shown of these placements.

    Postcodes of schools are public, so `allowed_postcodes` (no spaces, upper case) are taken out.
    """
    postcodes = pd.concat([placements["home_postcode"], placements["placement_postcode"]]).dropna()
    cleaned = postcodes.str.upper().str.replace(" ", "", regex=False)
    births = placements["birth_date"].dropna().dt.strftime("%Y-%m-%d")
    identifiers = placements["child_id"].dropna().astype(str)
    return Secrets(
        identifiers=frozenset(identifiers[identifiers.str.len() >= 5].str.upper()),
        postcodes=frozenset(cleaned) - allowed_postcodes - {""},
        birth_dates=frozenset(births),
    )


def text_of(content: bytes, name: str) -> str:
    """Return the text of a file that a reader or a program could read out of it: HTML, CSV, Word, Excel, SVG, JSON."""
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [archive.read(entry) for entry in archive.namelist() if entry.endswith((".xml", ".rels"))]
        # Word splits a sentence over runs: read it with the tags taken out as well as with them left as gaps.
        raw = "\n".join(part.decode("utf-8", "replace") for part in parts)
        return _TAG.sub("", raw) + "\n" + _TAG.sub(" ", raw)
    text = _EMBEDDED.sub("", content.decode("utf-8", "replace"))
    return text + "\n" + html.unescape(_TAG.sub(" ", text)) if name.endswith((".html", ".svg")) else text


def scan(content: bytes, name: str, secrets: Secrets) -> tuple[Finding, ...]:
    """Return what a file would give away; empty when it is safe."""
    text = text_of(content, name)
    postcodes = [a.upper() + b.upper() for a, b in _POSTCODE.findall(text)]
    tokens = [token.upper() for token in _TOKEN.findall(text)]
    dates = [f"{y}-{m}-{d}" if y else f"{y2}-{m2}-{d2}" for y, m, d, d2, m2, y2 in _DATE.findall(text)]
    found = {
        "a child's postcode": sum(value in secrets.postcodes for value in postcodes),
        "a child's identifier": sum(value in secrets.identifiers for value in tokens),
        "a date of birth": sum(value in secrets.birth_dates for value in dates),
    }
    return tuple(Finding(name, kind, count) for kind, count in found.items() if count)
