"""How long is the way to school? Children with an EHC plan against the guideline: 45 minutes primary, 75 secondary.

Source of the guideline: DfE, *Travel to school for children of compulsory school age* (statutory guidance): 45 minutes
each way for a child of primary age and 75 for one of secondary age, as a general guide. It is of compulsory school age;
for young people over 16 there is no such rule, and ministers have named 75 minutes each way as what is expected, not
required (House of Commons, written answer 31969, March 2016): they are shown apart, against 75.

A child's phase is that of the school year: by age on the 31 August before, up to 10 is primary (up to year 6, nurseries
too), 11 to 15 secondary (years 7 to 11), 16 and over after that.

Who has a daily journey: all with a plan in force, but for those who board (a residential placement) and those who are
educated at home or otherwise out of school, who are counted apart. A journey is from the home postcode of the plan to
the school, by road, one way, as the travel method says; the stops of a shared minibus are not in it. It is unknown when
the school or the home has no point (one known by the first half of its postcode alone lies anywhere in a district),
when the method knows no way, or when the age is not known.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd

from placements.analysis.measure import share
from placements.analysis.snapshot import completed_years, plans_in_force
from placements.geography.postcodes import clean_postcodes
from placements.geography.travel.method import Coverage, TravelMethod, coverage
from placements.read.gias import BASE_SUFFIX

PRIMARY, SECONDARY, POST_16, AGE_UNKNOWN = "Primary", "Secondary", "Over 16", "Age not known"
#: Phase: first age in completed years on 31 August before the snapshot, and the guideline, minutes one way.
PHASES: Final[dict[str, tuple[int, float]]] = {PRIMARY: (0, 45.0), SECONDARY: (11, 75.0), POST_16: (16, 75.0)}
WITHIN, OVER, UNKNOWN = "within", "over", "unknown"
BOARDS, ELSEWHERE = "boards", "educated_elsewhere"
#: What can be said of a child's journey; the last two have none.
OUTCOMES: Final = (WITHIN, OVER, UNKNOWN, BOARDS, ELSEWHERE)
#: SEN2 settings of those with no school to go to: elective home education, arrangements otherwise than at school by the
#: authority or by parents, and not in education (NEET; notice to cease given; other of compulsory school age).
_NO_SCHOOL: Final = ("EHE", "OLA", "OPA", "NEET", "NIEC", "NIEO")

#: A first half of a postcode has up to four characters, a whole one at least five.
_LONGEST_HALF: Final = 4


@dataclass(frozen=True)
class SchoolJourneys:
    """What is known of the way to school.

    Attributes
    ----------
    table : DataFrame
        Indexed by `phase`: `guideline_minutes`; counts of children `within`, `over`, `unknown`, `boards`,
        `educated_elsewhere`, which add up to the plans in force; `numerator` (over), `denominator` (within and over),
        `excluded` (the others), `share`, `low`, `high` (95 % Wilson).
    coverage : Coverage
        Of the journeys asked for: those of children who have one.
    method, sentence : str
        How the minutes were found.
    outcome : Series of str
        One of `OUTCOMES` for each plan in force, by `placement_id`: of children, so never written out.
    """

    table: pd.DataFrame
    coverage: Coverage
    method: str
    sentence: str
    outcome: pd.Series = field(repr=False, compare=False, default_factory=lambda: pd.Series(dtype="str"))


def school_journeys(placements: pd.DataFrame, on: dt.date, method: TravelMethod) -> SchoolJourneys:
    """Return the school journeys of all plans in force at the end of the day `on`, against the guideline."""
    plans = plans_in_force(placements, on)
    elsewhere = plans["place_code"].isin(_NO_SCHOOL) & plans["placement_postcode"].fillna("").eq("")
    outcome = pd.Series(UNKNOWN, index=plans.index, dtype="str")
    outcome[elsewhere] = ELSEWHERE
    outcome[plans["residential"]] = BOARDS
    phase = school_phase(plans["birth_date"], on)
    travellers = plans[outcome.eq(UNKNOWN)]
    journeys = method.paired(*_ends(travellers))
    limit = phase.map({name: minutes for name, (_, minutes) in PHASES.items()})[travellers.index].astype(float)
    known = journeys["travel_minutes"].notna() & limit.notna()
    judged = np.where(journeys["travel_minutes"] > limit, OVER, WITHIN)
    outcome[travellers.index] = np.where(known, judged, UNKNOWN)
    counts = pd.crosstab(phase, outcome).reindex(index=[*PHASES, AGE_UNKNOWN], columns=list(OUTCOMES), fill_value=0)
    counts = counts.rename_axis(index="phase", columns=None)
    table = counts.join(share(counts, OVER, [WITHIN, OVER], [UNKNOWN, BOARDS, ELSEWHERE]))
    table.insert(0, "guideline_minutes", [*(minutes for _, minutes in PHASES.values()), np.nan])
    by_plan = outcome.set_axis(plans["placement_id"]).rename("outcome")
    return SchoolJourneys(table, coverage(journeys), method.name, method.describe(), by_plan)


def school_phase(birth_date: pd.Series, on: dt.date) -> pd.Series:
    """Return the phase of the school year that the day `on` lies in, by age on the 31 August before it."""
    year = on.year if (on.month, on.day) > (8, 31) else on.year - 1
    age = completed_years(birth_date, pd.Timestamp(year, 8, 31))
    # Born since then: too young for school, and in the first phase all the same.
    age = age.mask(birth_date.gt(pd.Timestamp(year, 8, 31)), 0.0)
    firsts = np.array([first for first, _ in PHASES.values()])
    position = np.searchsorted(firsts, age.fillna(0).to_numpy(), side="right") - 1
    phase = np.where(age.notna(), np.array(list(PHASES), object)[position], AGE_UNKNOWN)
    return pd.Series(phase, index=birth_date.index, dtype="str", name="phase")


def _ends(travellers: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the homes, known by planning area and postcode district, and the schools, known by URN."""
    rough = travellers["approximate"]
    postcode = clean_postcodes(travellers["home_postcode"])
    home = pd.DataFrame(
        {
            "id": travellers["home_area"],
            "postcode_district": postcode.where(postcode.str.len() <= _LONGEST_HALF, postcode.str[:-3]),
            "easting": travellers["home_easting"].mask(rough),
            "northing": travellers["home_northing"].mask(rough),
        }
    )
    # A specialist base stands at its school.
    urn = travellers["provider_id"].str.removesuffix(BASE_SUFFIX)
    school = pd.DataFrame(
        {
            "id": urn,
            "easting": travellers["placement_easting"].mask(rough),
            "northing": travellers["placement_northing"].mask(rough),
        }
    )
    return home, school
