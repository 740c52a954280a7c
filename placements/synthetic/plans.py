"""Children and young people with an EHC plan: needs, ages, settings and where they learn.

The counts by setting, by need and by age are the published ones (January 2025); needs within a setting start from
England's table of setting by need and are fitted to the authority's totals. Assumed: ages within a setting, further
needs, and which children looked after have a plan (28 % of those of school age, all those in residential schools).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.synthetic.people import Histories, even_draws
from placements.synthetic.rates import Profile
from placements.synthetic.schools import attend
from placements.synthetic.shares import STATES
from placements.synthetic.terrain import Bools, Floats, Ints, Terrain

Texts = npt.NDArray[np.object_]

NEEDS: Final = ("ASD", "SEMH", "SLCN", "MLD", "SLD", "PMLD", "SPLD", "HI", "VI", "MSI", "PD", "OTH")
WITH_PLAN: Final = 0.28
#: Where each published setting is: kind of school and groups, or the code of a setting without a number.
SETTINGS: Final[dict[str, tuple[str, tuple[str, ...], str]]] = {
    "mainstream_la_maintained": ("mainstream", ("la",), ""),
    "mainstream_la_maintained_resourced_provision": ("mainstream", ("la",), "rp"),
    "mainstream_la_maintained_sen_unit": ("mainstream", ("la",), "unit"),
    "mainstream_academy": ("mainstream", ("academy",), ""),
    "mainstream_academy_resourced_provision": ("mainstream", ("academy",), "rp"),
    "mainstream_academy_sen_unit": ("mainstream", ("academy",), "unit"),
    "mainstream_free_school": ("mainstream", ("free",), ""),
    "mainstream_free_school_resourced_provision": ("mainstream", ("free",), "rp"),
    "mainstream_free_school_sen_unit": ("mainstream", ("free",), "unit"),
    "mainstream_independent": ("independent", ("independent",), ""),
    "special_la_maintained": ("special", ("la",), ""),
    "special_academy_free_schools": ("special", ("academy", "free"), ""),
    "special_independent": ("independent_special", (), ""),
    "special_non_maintained": ("non_maintained_special", (), ""),
    "ap_pru_academy": ("alternative", ("academy",), ""),
    "ap_pru_free_school": ("alternative", ("free",), ""),
    "ap_pru_la_maintained": ("alternative", ("la",), ""),
    "fe_general_fe_and_tertiary_colleges": ("college", (), ""),
    "fe_specialist_post_16_institutions": ("specialist_college", (), ""),
    "fe_ukrlp_provider": ("", (), "UKPRN"),
    "non_maintained_early_years": ("", (), "EYP"),
    "educated_elsewhere_elective_home_education": ("", (), "EHE"),
    "educated_elsewhere_neet": ("", (), "NEET"),
    "educated_elsewhere_not_in_education_or_training_compulsory_school_age": ("", (), "NIEO"),
    "educated_elsewhere_not_in_education_or_training_notice_to_cease_issued": ("", (), "NIEC"),
    "educated_elsewhere_not_in_education_or_training_other": ("", (), "NIEO"),
    "educated_elsewhere_online_provider": ("", (), "OTH"),
    "educated_elsewhere_other_arrangements_by_la": ("", (), "OLA"),
    "educated_elsewhere_other_arrangements_by_parents": ("", (), "OPA"),
    "educated_elsewhere_other_placement_settings": ("", (), "OTH"),
    "educated_elsewhere_other_schools_and_establishments": ("", (), "OTH"),
    "educated_elsewhere_welsh_establishment": ("", (), "OTH"),
    "placement_not_recorded": ("", (), ""),
}


def _age_weights(setting: str, ages: Floats) -> Floats:
    """Return how likely each age is in a setting, before fitting to the published totals."""

    def between(low: float, high: float) -> Floats:
        return np.asarray(((ages >= low) & (ages <= high)).astype(float))

    kind, _, code = SETTINGS[setting]
    if kind in ("mainstream", "independent"):
        return between(4, 15) + 0.25 * between(16, 18) + 0.1 * between(3, 3)
    if kind == "special":
        return between(4, 15) + 0.7 * between(16, 18) + 0.2 * between(3, 3)
    if kind in ("independent_special", "non_maintained_special"):
        return 0.3 * between(5, 7) + 0.7 * between(8, 10) + 1.3 * between(11, 16) + 0.9 * between(17, 18)
    if kind == "alternative":
        return between(6, 15)
    if kind in ("college", "specialist_college") or code == "UKPRN":
        return 0.6 * between(16, 16) + 1.0 * between(17, 25)
    if code == "EYP":
        return between(2, 4)
    if code == "EHE" or setting.endswith("compulsory_school_age"):
        return between(5, 15)
    if code in ("NEET", "NIEC"):
        return between(16, 25)
    return between(3, 19) + 0.5 * between(20, 25)


def fit_margins(seed: Floats, rows: Floats, columns: Floats, rounds: int = 60) -> Floats:
    """Return `seed` scaled to row and column totals (iterative proportional fitting), rows exactly.

    Zeros stay zero; where that makes the totals contradictory the columns give way.
    """
    table = seed.astype(float).copy()
    columns = columns * rows.sum() / max(columns.sum(), 1e-9)
    for _ in range(rounds):
        table *= (columns / np.maximum(table.sum(axis=0), 1e-12))[None, :]
        table *= (rows / np.maximum(table.sum(axis=1), 1e-12))[:, None]
    return table


def whole(shares: Floats, total: int) -> Ints:
    """Return whole numbers in proportion to `shares` that add up to `total` (largest remainders)."""
    exact = shares * total / max(shares.sum(), 1e-12)
    counts = np.floor(exact).astype(np.int64)
    short = total - int(counts.sum())
    if short > 0:
        counts[np.argsort(-(exact - counts), kind="stable")[:short]] += 1
    return np.asarray(counts, np.int64)


def make_plans(profile: Profile, terrain: Terrain, rng: np.random.Generator, census: int) -> pd.DataFrame:
    """Return one row per active plan: `setting, need, age, birth, sex, home, residential, start`."""
    settings = [name for name in SETTINGS if profile.settings.get(name, 0) > 0]
    counts = whole(np.array([profile.settings[name] for name in settings], float), profile.plans)
    ages = np.array(list(profile.ages), float)
    by_age = fit_margins(
        np.array([_age_weights(name, ages) for name in settings]) + 1e-9,
        counts.astype(float),
        np.array(list(profile.ages.values()), float),
    )
    needs = np.array([[profile.setting_needs[name].get(need, 0) for need in NEEDS] for name in settings], float)
    wanted = np.array([profile.needs.get(need, 0) for need in NEEDS], float)
    by_need = fit_margins(needs + 0.01, counts.astype(float), wanted)
    row = np.repeat(np.arange(len(settings)), counts)
    age, need = np.zeros(len(row), np.int64), np.empty(len(row), object)
    for place, count in enumerate(counts):
        rows = np.flatnonzero(row == place)
        age[rows] = rng.permutation(np.repeat(ages.astype(np.int64), whole(by_age[place], int(count))))
        need[rows] = rng.permutation(np.repeat(np.array(NEEDS, object), whole(by_need[place], int(count))))
    male = rng.uniform(size=len(row)) < np.where(np.isin(need, ("ASD", "SEMH")), 0.745, 0.675)
    plans = pd.DataFrame({"setting": np.array(settings, object)[row], "need": need, "age": age})
    born = census - 1 - ((age + rng.uniform(0.005, 0.99, len(row))) * 365.25).astype(np.int64)
    held = np.minimum(rng.gamma(1.25, 3.2, len(row)), np.maximum(age - 2.5, 0.25) * rng.uniform(0.5, 1.0, len(row)))
    held = _with_new(held, profile.new_plans / max(profile.plans, 1))
    plans = plans.assign(
        birth=born,
        sex=np.where(male, "M", "F"),
        home=terrain.homes(rng, len(row)),
        start=census - np.maximum((held * 365.25).astype(np.int64), 10),
    )
    return plans.assign(residential=_residential(profile, rng, plans))


def _with_new(held_years: Floats, share: float) -> Floats:
    """Return how long plans have been held, stretched so that a given share of them is less than a year old."""
    if not len(held_years) or not 0 < share < 1:
        return held_years
    at = float(np.quantile(held_years, share))
    longer = np.maximum(held_years + 1 - at, 1.0)
    return np.where(held_years < at, held_years / max(at, 1e-9), longer)


def _residential(profile: Profile, rng: np.random.Generator, plans: pd.DataFrame) -> Texts:
    """Return "38", "52" or "": drawn from the settings where boarding is (DfE, residential by setting, 2024)."""
    weight = plans["setting"].map(
        {
            "special_independent": 1.0,
            "special_non_maintained": 4.0,
            "fe_specialist_post_16_institutions": 5.0,
            "special_la_maintained": 0.12,
            "special_academy_free_schools": 0.10,
        }
    )
    likely = weight.fillna(0).to_numpy(float) * np.where(plans["age"] >= 11, 1.0, 0.15)
    out = np.full(len(plans), "", object)
    for weeks, wanted in zip(("52", "38"), (profile.residential[1], profile.residential[0]), strict=True):
        free = np.where((out == "") & (~plans["setting"].str.startswith("special_a") | (weeks == "38")), likely, 0.0)
        count = min(wanted, int((free > 0).sum()))
        if count:
            out[rng.choice(len(plans), count, replace=False, p=free / free.sum())] = weeks
    return out


def join_care(rng: np.random.Generator, plans: pd.DataFrame, care: Histories, census: int) -> pd.DataFrame:
    """Make some plans those of children looked after: same birth date, sex, UPN and home; `near` is where they live.

    Adds `upn` ("" for others), `care_child` (-1 for others), `near`, `care_urn` (their residential school, if any).
    """
    children, spells = care.children, care.spells
    current = spells[(spells["start"] <= census) & (spells["end"] > census)]
    child = current["child"].to_numpy(np.int64)
    state = np.array(STATES, object)[current["state"].to_numpy(np.int64)]
    birth = children["birth"].to_numpy(np.int64)[child]
    age = ((census - birth) / 365.25).astype(np.int64)
    real_upn = children["upn"].str.len().eq(13).to_numpy(bool)[child]
    boards = (state == "school") & real_upn & (age >= 5)
    likely = np.where(np.isin(state, ("home", "residential")), 1.5, 0.9) * WITH_PLAN
    has = real_upn & ~children["uasc"].to_numpy(bool)[child] & (age >= 4) & (age <= 17)
    has &= (even_draws(rng, len(child)) < likely) | boards
    taken = np.zeros(len(plans), bool)
    chosen: list[tuple[int, int]] = []
    plan_age, plan_sex = plans["age"].to_numpy(np.int64), plans["sex"].to_numpy(object)
    sex = children["sex"].to_numpy(object)[child]
    whole_year = ((plans["residential"] == "52") & (plans["setting"] == "special_independent")).to_numpy(bool)
    order = rng.permutation(len(plans))
    for place in np.flatnonzero(has).tolist():
        fits = (
            whole_year
            if boards[place]
            else (plan_age == age[place]) & (plan_sex == sex[place]) & (plans["residential"] == "")
        )
        free = order[np.asarray(fits & ~taken)[order]]
        if len(free):
            taken[free[0]] = True
            chosen.append((int(free[0]), place))
    plan = np.array([pair[0] for pair in chosen], np.int64)
    row = np.array([pair[1] for pair in chosen], np.int64)
    out = plans.assign(upn="", care_child=-1, near=plans["home"], care_urn="")
    values = {
        "birth": birth[row],
        "age": age[row],
        "sex": sex[row],
        "home": children["home"].to_numpy(np.int64)[child[row]],
        "upn": children["upn"].to_numpy(object)[child[row]],
        "care_child": child[row],
        "near": current["position"].to_numpy(np.int64)[row],
        "care_urn": np.where(boards[row], current["urn"].to_numpy(object)[row], ""),
    }
    for name, value in values.items():
        column = out[name].to_numpy().copy()
        column[plan] = value
        out[name] = column
    earliest = out["birth"] + 900
    return out.assign(start=np.where(out["start"] < earliest, np.minimum(earliest, census - 10), out["start"]))


def place_in_schools(
    rng: np.random.Generator, terrain: Terrain, plans: pd.DataFrame, schools: pd.DataFrame
) -> pd.DataFrame:
    """Add `school` (row of `schools`, -1 for none) and `code` (setting without a number)."""
    school = np.full(len(plans), -1, np.int64)
    near, age = plans["near"].to_numpy(np.int64), plans["age"].to_numpy(np.int64)
    need, boards = plans["need"].to_numpy(object), (plans["residential"] != "").to_numpy(bool)
    kinds, groups = schools["kind"].to_numpy(object), schools["group"].to_numpy(object)

    def go(rows: Ints, kind: str, eligible: Bools) -> None:
        options = np.flatnonzero(eligible if eligible.any() else kinds == kind)
        if len(rows) and len(options):
            found = attend(rng, terrain, schools.iloc[options], near[rows], age[rows], need[rows], kind)
            school[rows] = options[found]

    for setting, (kind, wanted, base) in SETTINGS.items():
        mine = (plans["setting"] == setting).to_numpy(bool)
        if not kind:
            continue
        right = np.isin(groups, wanted) if wanted else np.ones(len(schools), bool)
        if base:
            right &= schools[base].to_numpy(bool)
        if kind == "mainstream":
            go(np.flatnonzero(mine & (age < 11)), "primary", right & (kinds == "primary"))
            go(np.flatnonzero(mine & (age >= 11)), "secondary", right & (kinds == "secondary"))
        else:
            go(np.flatnonzero(mine & ~boards), kind, right & (kinds == kind))
            go(np.flatnonzero(mine & boards), kind, right & (kinds == kind) & schools["boarding"].to_numpy(bool))
    lookup = {urn: row for row, urn in enumerate(schools["care_urn"]) if urn}
    shared = plans["care_urn"].map(lookup)
    school = np.where(shared.notna(), shared.fillna(-1).to_numpy(np.int64), school)
    return plans.assign(school=school, code=plans["setting"].map({name: item[2] for name, item in SETTINGS.items()}))
