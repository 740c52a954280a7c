"""From frames to arrays: what the siting model needs to know, keyed by id and pruned of what cannot matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements import codes
from placements.analysis.cost import WEEKS_PER_YEAR
from placements.county import County
from placements.forecasting import Forecast
from placements.interventions import Intervention, Opening, ReduceEntries
from placements.interventions.locate import locate
from placements.interventions.opening import ready_share
from placements.interventions.options import from_option, is_prevention, is_recruitment, split_needs
from placements.optimisation.commitments import refuse_unplannable
from placements.optimisation.demand import Demand, build_demand, draw_samples, local_cost, starts_of
from placements.optimisation.matching import Atoms, match
from placements.optimisation.places import Places, existing_places, joined, opened_places
from placements.optimisation.prevention import Prevention, what_is_averted, which_concern
from placements.optimisation.separate import Separation, separation_of
from placements.settings import OptimiseSettings

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

#: A place has this many years to fill before its minimum occupancy is required (assumed), but for the last year.
FILLING_YEARS: Final = 1
#: What the cap on new homes per planning area counts.
CAPPED_KIND: Final = "open_home"


@dataclass(frozen=True)
class Problem:
    """Sets and data of the siting model. Axes: g atoms, t years, s samples, p places, j options, o decision years.

    Attributes
    ----------
    demand : Demand
    atoms : Atoms
    need : ndarray (g, t, s)
    weights : ndarray (s,)
    places : DataFrame
        Existing, committed and optional places; options that share a site and all they can serve share a place.
    fixed_capacity : ndarray (p, t)
        Existing spare and committed places.
    options : DataFrame
        Options worth modelling, sorted by id, with `place` and `site` (positions), `planning_area`, `repeats`.
        Those that prevent open no places: `place` is -1, `places` 0 and `planning_area` empty.
    prevention : Prevention
        What those avert. Need is what it is before any of them.
    ready : ndarray (j, o, t)
        Part of year t in which a unit decided on in year o is ready.
    capital_left, revenue_left : ndarray (t,)
        Yearly limits after commitments.
    staff_left : ndarray (t,) or None
        New staff who can be recruited in each year after commitments; None for any number.
    capital_total_left, schools_capital_left : float
    homes_left : dict of str to int
        By planning area.
    out_of_reach : float
        Expected child-years that no place can serve and no option can prevent: part of every plan's away.
    limits : OptimiseSettings
        The settings used.
    commitments : tuple of Intervention
    dropped : dict of str to int
        Options left out, by reason.
    one_of : tuple of int
        Options (positions) of which the plan must take at least one; empty when it is free.
    separate : Separation, optional
        The parts of the authority, when each is planned for with places and money of its own.
    """

    demand: Demand
    atoms: Atoms
    need: Floats
    weights: Floats
    places: pd.DataFrame
    fixed_capacity: Floats
    options: pd.DataFrame
    prevention: Prevention
    ready: Floats
    capital_left: Floats
    revenue_left: Floats
    capital_total_left: float
    schools_capital_left: float
    homes_left: dict[str, int]
    out_of_reach: float
    limits: OptimiseSettings
    staff_left: Floats | None = None
    commitments: tuple[Intervention, ...] = ()
    dropped: dict[str, int] = field(default_factory=dict)
    one_of: tuple[int, ...] = ()
    separate: Separation | None = None

    @property
    def years(self) -> int:
        """Return the number of years."""
        return int(self.need.shape[1])

    def after_prevention(self, units: Floats) -> Problem:
        """Return the problem with the need that is left once the prevention among the units decided on is at work.

        Parameters
        ----------
        units : ndarray (options, years)
        """
        if not len(self.prevention.option):
            return self
        left = np.maximum(self.demand.need - self.prevention.prevented(units), 0.0)
        demand = replace(self.demand, need=left)
        return replace(self, demand=demand, need=np.maximum(self.need - self.prevention.prevented_atoms(units), 0.0))


def build_problem(
    county: County,
    forecast: Forecast,
    limits: OptimiseSettings,
    commitments: Sequence[Intervention] = (),
    seed: int | None = None,
) -> Problem:
    """Assemble the problem.

    Parameters
    ----------
    county : County
    forecast : Forecast
    limits : OptimiseSettings
    commitments : sequence of Intervention
        Already decided: their places, costs and prevention are taken as given.
    seed : int, optional
        For drawing the samples; the forecast's when not given.

    Raises
    ------
    UsageError
        When a commitment is of a kind that no plan can be built around, or is not certain.
    """
    refuse_unplannable(commitments)
    years = forecast.years
    chosen, weights = draw_samples(forecast, limits.demand_samples, forecast.seed if seed is None else seed)
    demand = build_demand(county, forecast, chosen, weights, commitments)
    opened = opened_places(county, commitments, years)
    separate = separation_of(county, limits, demand, commitments, opened.table)
    if separate is not None:
        limits = replace(limits, separate_shares=dict(zip(separate.names, separate.shares.tolist(), strict=True)))
    fixed = joined(existing_places(county, years), opened)
    options, dropped = _usable_options(county, limits, commitments, years)
    options, optional = _with_places(options, len(fixed.table))
    parts = [part for part in (fixed.table, optional) if len(part)]
    table = pd.concat(parts, ignore_index=True) if parts else fixed.table
    part_of_area = None if separate is None else separate.of_area
    concerned = which_concern(_preventing(options), demand.groups, county)
    # Floors are for needs: where some of an atom's need can be prevented, one of several needs would not tell whose.
    apart = demand.groups["need_group"] if limits.least_share_local and len(concerned) else None
    atoms = match(
        demand.groups,
        table,
        county.areas,
        limits.travel_limit_miles,
        part_of_area,
        preventable=np.logical_or.reduce(concerned),
        apart=apart,
    )
    useful = _useful(options, atoms, concerned, demand)
    concerned = concerned[useful[options["place"].to_numpy(np.intp) < 0]]
    options, dropped["no need in reach"] = options[useful].reset_index(drop=True), int((~useful).sum())
    ready = _ready(options, years)
    spent = _committed(commitments, years)
    homes = locate(_openings_frame(commitments), county) if _homes(commitments) else None
    capacity = np.vstack([fixed.capacity, np.zeros((len(table) - len(fixed.table), years))])
    return Problem(
        demand=demand,
        atoms=atoms,
        need=atoms.need(demand.need),
        weights=weights,
        places=table,
        fixed_capacity=capacity,
        options=options,
        prevention=_prevention(county, forecast, demand, commitments, options, concerned, ready, atoms),
        ready=ready,
        capital_left=limits.capital_per_year_gbp - spent["capital"],
        revenue_left=limits.revenue_per_year_gbp - spent["yearly"],
        capital_total_left=limits.capital_gbp - float(spent["capital"].sum()),
        schools_capital_left=limits.schools_capital_share * limits.capital_gbp - schools_capital(commitments, years),
        homes_left=_homes_left(county, limits, homes),
        out_of_reach=float((atoms.out_of_reach(demand.need).sum(axis=(0, 1)) * weights).sum()),
        limits=limits,
        staff_left=None if limits.staff_per_year is None else limits.staff_per_year - spent["staff"],
        commitments=tuple(commitments),
        dropped=dropped,
        separate=separate,
    )


def _usable_options(
    county: County, limits: OptimiseSettings, commitments: Sequence[Intervention], years: int
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return options that could be taken, located and sorted, and how many were left out and why."""
    options = county.options.copy()
    decided = [entry for entry in commitments if isinstance(entry, Opening | ReduceEntries)]
    taken_options = {entry.option_id for entry in decided if entry.option_id}
    taken_sites = {entry.site_id for entry in decided if entry.site_id}
    taken = options["option_id"].isin(taken_options) | options["site_id"].isin(taken_sites)
    late = options["lead_time_years"].fillna(0.0) > years - 1
    # A place over the boundary is no local place, however near and cheap.
    coded = options["district"].fillna("").str.fullmatch(r"[A-Z]\d{8}")
    outside = coded & ~options["district"].isin(county.authority.districts)
    dear = options["capital_gbp"].fillna(0.0) > min(limits.capital_gbp, limits.capital_per_year_gbp)
    dropped = {
        "site committed": int(taken.sum()),
        "outside the authority": int((outside & ~taken).sum()),
        "ready too late": int((late & ~taken & ~outside).sum()),
        "costs more than the capital": int((dear & ~late & ~taken & ~outside).sum()),
    }
    numbers = {
        "capital_gbp": 0.0,
        "yearly_cost_gbp": 0.0,
        "staff": 0.0,
        "weekly_cost_gbp": 0.0,
        "lead_time_years": 0.0,
        "planned_occupancy": 1.0,
        "minimum_occupancy": 0.0,
        "max_units_per_year": 1.0,
        "places": 1.0,
        "age_low": 0.0,
        "age_high": 25.0,
    }
    options = options[~(taken | late | dear | outside)].fillna(numbers).sort_values("option_id").reset_index(drop=True)
    # Prevention is of the whole county, or of the areas it names: it stands nowhere, and has no places.
    options = options.assign(easting=np.nan, northing=np.nan, planning_area="")
    prevents = options["kind"].map(is_prevention).astype(bool)
    options.loc[prevents, ["places", "weekly_cost_gbp", "minimum_occupancy"]] = 0.0
    if not prevents.all():
        placed = locate(options[~prevents], county)
        options.loc[~prevents, ["easting", "northing"]] = placed[["easting", "northing"]]
        options.loc[~prevents, "planning_area"] = placed["area"]
    return options, dropped


def _with_places(options: pd.DataFrame, first: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give each option the place it adds to: sizes of one site that serve the same children are one place.

    Prevention adds to none: -1.
    """
    opens = ~options["kind"].map(is_prevention).astype(bool)
    options = options.assign(
        repeats=options["kind"].map(is_recruitment).astype(bool),
        site=pd.factorize(options["site_id"])[0],
        match_needs=options["needs"].map(split_needs) if len(options) else pd.Series(dtype=object),
    )
    same = ["site_id", "provision", "needs", "age_low", "age_high", "sex", "easting", "northing", "weekly_cost_gbp"]
    key = options.loc[opens, same].astype("str").agg("|".join, axis=1) if opens.any() else pd.Series(dtype="str")
    number, _ = pd.factorize(key)
    options["place"] = -1
    options.loc[opens, "place"] = first + number
    one = options[opens].drop_duplicates("place")
    table = pd.DataFrame(
        {
            "place": "site/" + one["site_id"].astype("str") + "/" + one["option_id"].astype("str"),
            "name": one["name"],
            "provision": one["provision"],
            "needs": one["match_needs"],
            "age_low": one["age_low"],
            "age_high": one["age_high"],
            "sex": one["sex"],
            "easting": one["easting"],
            "northing": one["northing"],
            "area": one["planning_area"],
            "weekly_cost_gbp": one["weekly_cost_gbp"],
            "is_new": True,
        }
    )
    return options, table.reset_index(drop=True)


def _preventing(options: pd.DataFrame) -> list[ReduceEntries]:
    rows = [{str(key): value for key, value in row.items()} for row in options.to_dict("records")]
    entries = (from_option(row, 1) for row in rows if is_prevention(row["kind"]))
    return [entry for entry in entries if isinstance(entry, ReduceEntries)]


def _useful(
    options: pd.DataFrame, atoms: Atoms, concerned: npt.NDArray[np.bool_], demand: Demand
) -> npt.NDArray[np.bool_]:
    """Return which options some need can reach, or could do without."""
    place = options["place"].to_numpy(np.intp)
    useful = np.isin(place, atoms.hop_place)
    useful[place < 0] = (concerned & (demand.need.sum(axis=(1, 2)) > 0)).any(axis=1)
    return useful


def _prevention(
    county: County, forecast: Forecast, demand: Demand, commitments: Sequence[Intervention], options: pd.DataFrame,
    concerned: npt.NDArray[np.bool_], ready: Floats, atoms: Atoms,
) -> Prevention:  # fmt: skip
    """Work out what the options that prevent would avert, after what is committed."""
    option = np.flatnonzero(options["place"].to_numpy(np.intp) < 0)
    if not len(option):
        return Prevention.none(forecast.years, len(demand.groups), len(atoms.table), len(demand.weights))
    _, starts = starts_of(county, forecast, np.array(demand.runs, np.intp), commitments)
    cost = cost_per_child_year(local_cost(county, demand.groups).to_numpy(float))
    return what_is_averted(_preventing(options), option, concerned, ready[option], starts, atoms, cost)


def _ready(options: pd.DataFrame, years: int) -> Floats:
    leads = options["lead_time_years"].to_numpy(float) if len(options) else np.zeros(0)
    out = np.zeros((len(options), years, years))
    for row, lead in enumerate(leads):
        for year in range(years):
            out[row, year] = ready_share(years, year + 1, float(lead))
    return out


def schools_capital(interventions: Sequence[Intervention], years: int) -> float:
    """Return the capital that openings for education take."""
    return sum(
        float(entry.capital_by_year(years).sum())
        for entry in interventions
        if isinstance(entry, Opening) and entry.provision in codes.EDUCATION_PROVISION
    )


def _committed(commitments: Sequence[Intervention], years: int) -> dict[str, Floats]:
    return {
        "capital": np.asarray(sum((entry.capital_by_year(years) for entry in commitments), np.zeros(years))),
        "staff": np.asarray(sum((entry.staff_by_year(years) for entry in commitments), np.zeros(years))),
        "yearly": np.asarray(sum((entry.yearly_cost_by_year(years) for entry in commitments), np.zeros(years))),
    }


def _homes(commitments: Sequence[Intervention]) -> list[Opening]:
    return [entry for entry in commitments if isinstance(entry, Opening) and entry.kind == CAPPED_KIND]


def _openings_frame(commitments: Sequence[Intervention]) -> pd.DataFrame:
    rows = [(e.name, e.district, e.postcode, e.easting, e.northing) for e in _homes(commitments)]
    return pd.DataFrame(rows, columns=["name", "district", "postcode", "easting", "northing"])


def _homes_left(county: County, limits: OptimiseSettings, homes: pd.DataFrame | None) -> dict[str, int]:
    there = homes["area"].value_counts() if homes is not None else pd.Series(dtype=int)
    return {str(area): limits.max_homes_per_area - int(there.get(area, 0)) for area in county.areas["area"]}


def cost_per_child_year(weekly_cost_gbp: Floats) -> Floats:
    """Return pounds a year of pounds a week."""
    return np.asarray(weekly_cost_gbp * WEEKS_PER_YEAR)


__all__ = ["FILLING_YEARS", "Places", "Problem", "build_problem", "cost_per_child_year"]
