"""The made-up nation's EHC plans, as the eight modules of a Blade export, and its schools, as GIAS publishes them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from benchmarks.national import (
    LAST_RETURN,
    Ground,
    Sizes,
    Text,
    blank_where,
    choose,
    coded,
    numbers,
    pupil_numbers,
    stamped,
    write_csv,
)
from placements.synthetic import names
from placements.synthetic.identity import ETHNIC

_NEED: Final = {
    "ASD": 0.33, "SLCN": 0.21, "SEMH": 0.2, "MLD": 0.09, "SLD": 0.05, "SPLD": 0.04, "PD": 0.03, "PMLD": 0.015,
    "HI": 0.012, "VI": 0.008, "OTH": 0.01, "MSI": 0.002, "DS": 0.003,
}  # fmt: skip
_NEEDS: Final = list(_NEED)
_SETTING: Final = {"OLA": 0.2, "EHE": 0.3, "NEET": 0.2, "OTH": 0.1, "EYP": 0.1, "NIEC": 0.1}
#: Plans that ceased in the year, and requests that were refused, for each plan in force.
_CEASED, _REFUSED = 0.07, 0.05
_TYPES: Final = {
    "Community school": 0.3, "Academy converter": 0.3, "Voluntary aided school": 0.14, "Academy sponsor led": 0.08,
    "Other independent school": 0.08, "Community special school": 0.03, "Academy special converter": 0.02,
    "Other independent special school": 0.03, "Further education": 0.01, "Pupil referral unit": 0.01,
}  # fmt: skip
_SEN: Final = (
    "ASD - Autistic Spectrum Disorder",
    "SEMH - Social, Emotional and Mental Health",
    "MLD - Moderate Learning Difficulty",
    "SLCN - Speech, language and Communication",
)
#: Columns of the register that say nothing to us; real files have as many.
_FILLER: Final = (
    "LA (code)", "EstablishmentNumber", "TypeOfEstablishment (code)", "EstablishmentTypeGroup (code)",
    "EstablishmentTypeGroup (name)", "EstablishmentStatus (code)", "ReasonEstablishmentOpened (code)",
    "ReasonEstablishmentOpened (name)", "ReasonEstablishmentClosed (code)", "ReasonEstablishmentClosed (name)",
    "PhaseOfEducation (code)", "Boarders (code)", "NurseryProvision (name)", "OfficialSixthForm (code)",
    "OfficialSixthForm (name)", "Gender (code)", "ReligiousCharacter (code)", "ReligiousCharacter (name)",
    "ReligiousEthos (name)", "Diocese (code)", "Diocese (name)", "AdmissionsPolicy (code)", "AdmissionsPolicy (name)",
    "SpecialClasses (code)", "SpecialClasses (name)", "CensusDate", "NumberOfBoys", "NumberOfGirls", "PercentageFSM",
    "TrustSchoolFlag (code)", "TrustSchoolFlag (name)", "Trusts (code)", "Trusts (name)", "SchoolSponsorFlag (name)",
    "SchoolSponsors (name)", "FederationFlag (name)", "Federations (code)", "Federations (name)", "FEHEIdentifier",
    "FurtherEducationType (name)", "OfstedLastInsp", "LastChangedDate", "Street", "Locality", "Address3", "Town",
    "County (name)", "SchoolWebsite", "TelephoneNum", "HeadTitle (name)", "HeadFirstName", "HeadLastName",
    "HeadPreferredJobTitle", "InspectorateName (name)", "SENPRU (name)", "SENStat", "SENNoStat", "GOR (code)",
    "GOR (name)", "DistrictAdministrative (code)", "DistrictAdministrative (name)", "AdministrativeWard (code)",
    "AdministrativeWard (name)", "ParliamentaryConstituency (code)", "ParliamentaryConstituency (name)",
    "UrbanRural (code)", "UrbanRural (name)", "GSSLACode (name)", "MSOA (name)", "LSOA (name)", "FSM", "UPRN",
    "PropsName", "SiteName", "QABName (name)", "EstablishmentAccredited (name)", "Country (name)", "MSOA (code)",
    "LSOA (code)", "PreviousLA (name)", "PreviousEstablishmentNumber", "RSCRegion (name)", "BSOInspectorateName (name)",
    "CHNumber", "AccreditationExpiryDate",
)  # fmt: skip


def _ids(module: str, count: int, parent: str = "", parents: np.ndarray | None = None) -> dict[str, Text | str]:
    own = np.arange(1, count + 1)
    columns: dict[str, Text | str] = {
        f"{module}tableid": numbers(own),
        "NativeId": numbers(own, module[:3].upper()),
        f"{module}orderseqcolumn": numbers(own),
        "sourceid": "1",
    }
    return columns if parents is None else columns | {f"{parent}tableid": numbers(parents + 1)}


def school_numbers(count: int) -> np.ndarray:
    """Return the URN of each school."""
    return 100_000 + np.arange(count)


def write_plans(folder: Path, sizes: Sizes, ground: Ground, rng: np.random.Generator) -> dict[Path, int]:
    """Write the modules as one export with one row of `activeplans` for each plan in force.

    Table ids mean something within one export only, so this is one export of the whole nation, which real ones never
    are: each authority has its own.
    """
    days = stamped()
    count = round(sizes.plans * (1 + _CEASED + _REFUSED))
    census = int(np.datetime64(f"{LAST_RETURN}-01-16").astype(int))
    # Exports are not in any order that tells active plans from others.
    order = rng.permutation(count)
    stage = np.where(order < sizes.plans, 0, np.where(order < round(sizes.plans * (1 + _CEASED)), 1, 2))
    age = rng.triangular(2, 12, 25, count)
    born = census - (age * 365.25).astype(int)
    start = census - 30 - (rng.uniform(size=count) * np.clip(age - 2, 0.5, 12) * 365).astype(int)
    start = np.where(stage == 1, start - 400, start)
    with_plan, active = np.flatnonzero(stage < 2), np.flatnonzero(stage == 0)
    plan_of, ended = start[with_plan], stage[with_plan] == 1
    modules: dict[str, dict[str, Text | str]] = {
        "person": _people(rng, ground, count, days(born), age),
        "requests": _ids("requests", count, "person", np.arange(count))
        | {
            "receiveddate": days(start - 140),
            "requestsource": numbers(rng.integers(1, 9, count)),
            "rya": "0",
            "requestoutcomedate": days(start - 100),
            "requestoutcome": coded(["Y", "Y", "N"], stage),
            "requestmediation": "0",
            "requesttribunal": "0",
            "exported": "",
        },
        "assessment": _ids("assessment", len(with_plan), "requests", with_plan)
        | {
            "assessmentoutcome": "Y",
            "assessmentoutcomedate": days(plan_of - 20),
            "assessmentmediation": "0",
            "assessmenttribunal": "0",
            "othermediation": "0",
            "othertribunal": "0",
            "week20": choose(rng, {"0": 0.94, "1": 0.06}, len(with_plan)),
        },
        "namedplan": _ids("namedplan", len(with_plan), "assessment", np.arange(len(with_plan)))
        | {
            "startdate": days(plan_of),
            "planres": choose(rng, {"": 0.99, "38": 0.005, "52": 0.005}, len(with_plan)),
            "planwbp": "",
            "pb": choose(rng, {"0": 0.95, "1": 0.05}, len(with_plan)),
            "oa": "0",
            "dp": "",
            "ceasedate": days(census - 16 - rng.integers(0, 365, len(with_plan)), ~ended),
            "ceasereason": blank_where(~ended, numbers(rng.integers(1, 7, len(with_plan)))),
        },
        "plandetail": _ids("plandetail", len(with_plan), "namedplan", np.arange(len(with_plan)))
        | _settings(rng, len(with_plan), sizes)
        | {"placementrank": "1"},
        "activeplans": _ids("activeplans", len(active), "requests", active)
        | {
            "transferla": "",
            "reviewmeeting": days(census - rng.integers(5, 365, len(active))),
            "reviewoutcome": choose(rng, {"M": 0.6, "A": 0.4}, len(active)),
            "reviewdraft": "",
            "phasetransferduedate": "",
            "phasetransferfinaldate": "",
            "lastreview": days(census - rng.integers(5, 365, len(active))),
        },
        "placementdetail": _attended(rng, sizes, start[active], census),
        "senneed": _needs(rng, len(active)),
    }
    written: dict[Path, int] = {}
    for module, columns in modules.items():
        path = folder / f"Blade-Export_28-02-{LAST_RETURN}_{module}.csv"
        written[path] = write_csv(path, columns)
    return written


def _people(rng: np.random.Generator, ground: Ground, count: int, born: Text, age: np.ndarray) -> dict[str, Text | str]:
    unknown = rng.uniform(size=count) < 0.02
    learner = numbers(6_000_000_000 + np.arange(count))
    return _ids("person", count) | {
        "sen2tableid": "1",
        "surname": coded(list(names.SURNAMES), rng.integers(0, len(names.SURNAMES), count)),
        "forename": coded(list(names.FORENAMES), rng.integers(0, len(names.FORENAMES), count)),
        "personbirthdate": born,
        "sex": choose(rng, {"M": 0.72, "F": 0.28}, count),
        "ethnicity": choose(rng, dict(ETHNIC), count),
        "postcode": ground.postcodes.take(pa.array(ground.anywhere(rng, count))),
        "upn": blank_where(unknown, pupil_numbers(50_000_000 + np.arange(count))),
        "uniquelearnernumber": blank_where(age < 14, learner),
        "upnunknown": coded(["", "UN1"], unknown.astype(int)),
    }


def _settings(rng: np.random.Generator, count: int, sizes: Sizes) -> dict[str, Text | str]:
    school = rng.integers(0, sizes.schools, count)
    without = rng.uniform(size=count) < 0.09
    base = rng.choice(3, count, p=[0.92, 0.04, 0.04])
    return {
        "urn": blank_where(without, numbers(school_numbers(sizes.schools)[school])),
        "ukprn": blank_where(without, numbers(10_000_000 + school)),
        "sensetting": blank_where(~without, choose(rng, _SETTING, count)),
        "sensettingother": "",
        "senunitindicator": coded(["0", "1", "0"], base),
        "resourcedprovisionindicator": coded(["0", "0", "1"], base),
    }


def _attended(rng: np.random.Generator, sizes: Sizes, start: np.ndarray, census: int) -> dict[str, Text | str]:
    """Return where each child goes: none for some, a second place or one they have left for others."""
    draw = rng.uniform(size=len(start))
    plan = np.repeat(np.arange(len(start)), np.where(draw < 0.03, 0, np.where(draw > 0.91, 2, 1)))
    second = np.append(False, plan[1:] == plan[:-1])
    left = second & (rng.uniform(size=len(plan)) < 0.7)
    entered = start[plan] + ((census - start[plan]) * rng.uniform(0, 0.5, len(plan))).astype(int)
    return (
        _ids("placementdetail", len(plan), "activeplans", plan)
        | _settings(rng, len(plan), sizes)
        | {
            "placementrank": coded(["1", "2"], (second & ~left).astype(int)),
            "entrydate": stamped()(entered),
            "leavingdate": stamped()(entered + (census - entered) // 2, ~left),
            "res": choose(rng, {"": 0.99, "38": 0.007, "52": 0.003}, len(plan)),
            "wbp": "",
        }
    )


def _needs(rng: np.random.Generator, count: int) -> dict[str, Text | str]:
    """Return one to three needs a child, ranked, all different."""
    share = np.array(list(_NEED.values()))
    first = rng.choice(len(share), count, p=share / share.sum())
    many = rng.choice([1, 2, 3], count, p=[0.62, 0.28, 0.10])
    plan = np.repeat(np.arange(count), many)
    rank = np.arange(len(plan)) - np.repeat(np.cumsum(many) - many, many)
    step = rng.integers(1, 6, count)
    need = (first[plan] + rank * step[plan]) % len(_NEEDS)
    return _ids("senneed", len(plan), "activeplans", plan) | {
        "sentype": coded(_NEEDS, need),
        "sentyperank": numbers(rank + 1),
    }


def write_schools(path: Path, count: int, ground: Ground, rng: np.random.Generator) -> dict[Path, int]:
    """Write the register as published: Windows-1252, quoted where needed, about as many columns."""
    position = ground.anywhere(rng, count)
    base = rng.choice(3, count, p=[0.9, 0.05, 0.05])
    special = rng.uniform(size=count) < 0.1
    places = rng.integers(60, 1_400, count)
    pool = np.array(
        ["", "Not applicable", "Does not apply", "1", "E00000000", "Made-up Lane", "Saint Brânoc's"], object
    )
    authority = np.char.add("Authority ", (ground.district[position] % 153).astype(str)).astype(object)
    columns = {
        "URN": school_numbers(count).astype(str),
        "LA (name)": authority,
        "EstablishmentName": np.char.add("Made-up School, Number ", np.arange(count).astype(str)),
        "TypeOfEstablishment (name)": choose(rng, _TYPES, count).to_numpy(zero_copy_only=False),
        "EstablishmentStatus (name)": np.where(rng.uniform(size=count) < 0.01, "Open, but proposed to close", "Open"),
        "OpenDate": "",
        "CloseDate": "",
        "PhaseOfEducation (name)": np.array(["Primary", "Secondary", "16 plus"])[np.arange(count) % 3],
        "StatutoryLowAge": np.where(base == 0, "4", "11"),
        "StatutoryHighAge": np.where(base == 0, "11", "18"),
        "Boarders (name)": "No boarders",
        "Gender (name)": "Mixed",
        "SchoolCapacity": places.astype(str),
        "NumberOfPupils": (places * 9 // 10).astype(str),
        "UKPRN": (10_000_000 + np.arange(count)).astype(str),
        "Section41Approved (name)": "Not applicable",
        **{f"SEN{i} (name)": np.where(special, _SEN[i - 1] if i <= len(_SEN) else "", "") for i in range(1, 14)},
        "TypeOfResourcedProvision (name)": np.array(["Not applicable", "Resourced provision", "SEN unit"])[base],
        "ResourcedProvisionOnRoll": np.where(base == 1, "14", ""),
        "ResourcedProvisionCapacity": np.where(base == 1, "15", ""),
        "SenUnitOnRoll": np.where(base == 2, "9", ""),
        "SenUnitCapacity": np.where(base == 2, "10", ""),
        "Postcode": ground.postcodes.take(pa.array(position)).to_numpy(zero_copy_only=False),
        "Easting": "400000",
        "Northing": "300000",
        **{name: pool[rng.integers(0, len(pool), count)] for name in _FILLER},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(columns).to_csv(path, index=False, encoding="cp1252", lineterminator="\r\n")
    return {path: count}
