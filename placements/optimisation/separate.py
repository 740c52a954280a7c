"""An authority that others will share out, planned as they will be: each for its own children, with its own places.

::

  parts        a  the authorities of a boundary set; each planning area belongs to the one that holds its centre, and so
                  do the children and the places of the area
  hops         (n,p) only within a part: a place over the new boundary is no local place
  shares       share[a] of the capital, of the part of it that schools may take, and of the running cost; what is
               committed at a place is charged to its part, and what has no place to all of them by their shares
  constraints  within_capital_of_part            sum_jo of a  capital open <= share[a] x capital - committed  each a
               within_schools_capital_of_part    the same of schools alone, of share[a] x their part          each a
               within_capital_of_part_each_year  by the year of the decision                                  each a,t
               within_revenue_of_part_each_year  sum_jo of a  yearly ready open + sum_hs of a  w weekly serve
                                                 <= share[a] x running cost - committed                       each a,t

The shares add up to 1 or less, so whatever is allowed separately is allowed together: separately is never better.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree

from placements import codes
from placements.county import County
from placements.errors import UsageError
from placements.geography.boundary_sets import BoundarySet, boundary_set
from placements.geography.postcodes import open_directory
from placements.interventions import Intervention, Opening
from placements.interventions.locate import known_areas
from placements.optimisation.demand import Demand
from placements.settings import OptimiseSettings, share_problems

if TYPE_CHECKING:
    from placements.optimisation.model import SitingModel
    from placements.optimisation.problem import Problem

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Separation:
    """The parts of an authority, and what each may spend. Axes: a parts, t years.

    Attributes
    ----------
    names : tuple of str
    of_area : mapping of str to str
        The part of each planning area.
    shares : ndarray (a,)
    capital_left, schools_capital_left : ndarray (a,)
        After commitments.
    capital_left_each_year, revenue_left : ndarray (a, t)
    """

    names: tuple[str, ...]
    of_area: Mapping[str, str]
    shares: Floats
    capital_left: Floats
    schools_capital_left: Floats
    capital_left_each_year: Floats
    revenue_left: Floats

    def part(self, areas: pd.Series) -> Ints:
        """Return the position of the part of each planning area; -1 where it is not known where the area is."""
        position = {area: self.names.index(name) for area, name in self.of_area.items()}
        return np.array([position.get(str(area), -1) for area in areas], np.intp)

    def charged_to(self, part: Ints) -> Floats:
        """Return the share of each item that each part pays, (a, items): all of its own, its share of what has none."""
        own = part[None, :] == np.arange(len(self.names))[:, None]
        return np.where(part[None, :] >= 0, own.astype(float), self.shares[:, None])

    def richer(self, step_gbp: float, schools_share: float) -> Separation:
        """Return it with more capital, to be spent in any year: each part has its share of it."""
        step = self.shares * step_gbp
        return dataclasses.replace(
            self,
            capital_left=self.capital_left + step,
            schools_capital_left=self.schools_capital_left + schools_share * step,
            capital_left_each_year=self.capital_left_each_year + step[:, None],
        )

    def without_revenue(self) -> Separation:
        """Return it without the limits on running cost."""
        return dataclasses.replace(self, revenue_left=np.full_like(self.revenue_left, np.inf))


def parts_of(county: County, name: str) -> dict[str, str] | None:
    """Return the part of each planning area that has a centre; None when no boundary set is named.

    Raises
    ------
    UsageError
        When there is no such set, or it has one part only.
    """
    if not name:
        return None
    found = boundary_set(name, county.authority, county.settings.boundary_sets)
    if len(found.parts) < 2:
        raise UsageError(
            f"boundary set {name!r} has one part, {found.part_names[0]}: there is nothing to plan separately\n"
            f"  What to do: name a set with two parts or more, such as that of a coming change, or leave it out"
        )
    areas = known_areas(county)
    codes_ = areas["area"].astype("str")
    if not codes_.isin(county.authority.districts).all():
        codes_ = pd.Series(_districts_at(county, areas), index=areas.index)
    return {str(area): _part(found, code) for area, code in zip(areas["area"], codes_, strict=True)}


def _districts_at(county: County, areas: pd.DataFrame) -> npt.NDArray[np.object_]:
    """Return the district of the postcode of the authority nearest to the centre of each area."""
    points = (county.directory or open_directory()).points(county.authority.districts)
    _, nearest = cKDTree(points[["easting", "northing"]].to_numpy(float)).query(areas[["easting", "northing"]])
    return np.asarray(points["district"].to_numpy(object)[nearest])


def _part(found: BoundarySet, district: str) -> str:
    part = found.part_of(str(district))
    assert part is not None  # a set has all districts of the authority
    return part


def shares_of(names: Sequence[str], need: Floats, given: Mapping[str, float]) -> Floats:
    """Return each part's share of the money: as given, and of the rest in proportion to its need.

    Parameters
    ----------
    names : sequence of str
    need : ndarray (a,)
        Expected avoidable need of each part, all years.
    given : mapping of str to float

    Raises
    ------
    UsageError
        When a part that is given does not exist, or the shares are more than 1.
    """
    wrong = [name for name in given if name not in names]
    problems = [f"{name} is none of {', '.join(names)}" for name in wrong] or share_problems(given)
    if problems:
        raise UsageError("; ".join(["separate_shares cannot be followed", *problems]))
    open_ = np.array([name not in given for name in names])
    weight = need * open_ if (need * open_).sum() > 0 else open_.astype(float)
    rest = max(1.0 - sum(given.values()), 0.0)
    out = rest * weight / weight.sum() if open_.any() else np.zeros(len(names))
    return np.asarray(out + np.array([float(given.get(name, 0.0)) for name in names]))


def separation_of(
    county: County,
    limits: OptimiseSettings,
    demand: Demand,
    commitments: Sequence[Intervention],
    opened: pd.DataFrame,
) -> Separation | None:
    """Return how the authority is shared out; None when it is planned as a whole.

    Parameters
    ----------
    county : County
    limits : OptimiseSettings
    demand : Demand
    commitments : sequence of Intervention
    opened : DataFrame
        The places of those that open any, in order, with their `area`.
    """
    of_area = parts_of(county, limits.separate)
    if of_area is None:
        return None
    names, years = tuple(sorted(set(of_area.values()))), demand.need.shape[1]
    by_group = (demand.need @ demand.weights).sum(axis=1)
    part = demand.groups["area"].astype("str").map(of_area)
    need = np.array([by_group[part.eq(name).to_numpy(bool)].sum() for name in names])
    shares = shares_of(names, need, limits.separate_shares)
    spent = charged(commitments, opened["area"].astype("str").map(of_area).tolist(), names, shares, years)
    return Separation(
        names=names,
        of_area=of_area,
        shares=shares,
        capital_left=shares * limits.capital_gbp - spent["capital"].sum(axis=1),
        schools_capital_left=shares * limits.schools_capital_share * limits.capital_gbp - spent["schools"].sum(axis=1),
        capital_left_each_year=shares[:, None] * limits.capital_per_year_gbp - spent["capital"],
        revenue_left=shares[:, None] * limits.revenue_per_year_gbp - spent["yearly"],
    )


def charged(
    interventions: Sequence[Intervention],
    parts: Sequence[str],
    names: Sequence[str],
    shares: Floats,
    years: int,
) -> dict[str, Floats]:
    """Return `capital`, `schools` (their capital) and `yearly` (fixed running cost) by part and year, (a, t).

    Parameters
    ----------
    interventions : sequence of Intervention
        What opens no place is charged by the shares.
    parts : sequence of str
        Of those that open places, in order.
    names, shares
        Of the parts.
    years : int
    """
    out = {name: np.zeros((len(names), years)) for name in ("capital", "schools", "yearly")}
    left = list(parts)
    for entry in interventions:
        is_opening = isinstance(entry, Opening)
        to = np.eye(len(names))[list(names).index(left.pop(0))] if is_opening else shares
        capital = np.outer(to, entry.capital_by_year(years))
        out["capital"] += capital
        out["yearly"] += np.outer(to, entry.yearly_cost_by_year(years))
        if isinstance(entry, Opening) and entry.provision in codes.EDUCATION_PROVISION:
            out["schools"] += capital
    return out


def limit_parts(problem: Problem, m: SitingModel, revenue: tuple[Ints, Ints, Floats, Ints]) -> None:
    """Add the limits of each part; no row when the authority is planned as a whole.

    Parameters
    ----------
    problem : Problem
    m : SitingModel
    revenue : tuple of ndarray
        What running cost is made of: year, variable, pounds, and place.
    """
    separate = problem.separate
    if separate is None:
        return
    part = separate.part(problem.options["planning_area"])[m.open_option]
    capital = problem.options["capital_gbp"].to_numpy(float)[m.open_option]
    names, years = [name.replace(" ", "_") for name in separate.names], problem.years
    each_year = [f"{name},{year + 1}" for name in names for year in range(years)]
    schools = problem.options["provision"].isin(list(codes.EDUCATION_PROVISION)).to_numpy(bool)[m.open_option]
    entry, of, pounds = _charged_to(separate, part, capital)
    column, in_year = m.open_column[entry], m.open_year[entry]
    _add(m, "within_capital_of_part", of, column, pounds, separate.capital_left, names)
    if schools.any() and problem.limits.schools_capital_share < 1:
        taught = schools[entry]
        entries = of[taught], column[taught], pounds[taught]
        _add(m, "within_schools_capital_of_part", *entries, separate.schools_capital_left, names)
    left = separate.capital_left_each_year.ravel()
    _add(m, "within_capital_of_part_each_year", of * years + in_year, column, pounds, left, each_year)
    year, variable, running, place = revenue
    part = np.where(place >= 0, separate.part(problem.places["area"])[place], -1) if len(problem.places) else place
    entry, of, pounds = _charged_to(separate, part, running)
    left = separate.revenue_left.ravel()
    _add(m, "within_revenue_of_part_each_year", of * years + year[entry], variable[entry], pounds, left, each_year)


def _charged_to(separate: Separation, part: Ints, pounds: Floats) -> tuple[Ints, Ints, Floats]:
    """Return what is charged to which part: entries (positions), parts and pounds; what has no place (-1), to all."""
    placed, shared = np.flatnonzero(part >= 0), np.flatnonzero(part < 0)
    parts = len(separate.names)
    entry = np.concatenate([placed, np.repeat(shared, parts)])
    of = np.concatenate([part[placed], np.tile(np.arange(parts), len(shared))])
    share = np.concatenate([np.ones(len(placed)), np.tile(separate.shares, len(shared))])
    return entry, of, pounds[entry] * share


def _add(m: SitingModel, family: str, row: Ints, column: Ints, pounds: Floats, left: Floats, names: list[str]) -> None:
    m.linear.add_rows(
        row, column, pounds, upper=left, number=len(left), names=lambda: [f"{family}[{name}]" for name in names]
    )


def clashes_of_parts(problem: Problem) -> list[str]:
    """Return where commitments alone are more than a part's own share of the money."""
    separate, found = problem.separate, list[str]()
    if separate is None:
        return found
    for at, name in enumerate(separate.names):
        share = f"its share of {separate.shares[at]:.1%}"
        if separate.capital_left[at] < -0.5:
            found.append(f"in {name} they cost £{-separate.capital_left[at]:,.0f} more capital than {share}")
        for what, left in (("capital", separate.capital_left_each_year), ("running cost", separate.revenue_left)):
            found += [
                f"in year {year} they take £{-over:,.0f} more {what} in {name} than {share}"
                for year, over in enumerate(left[at].tolist(), start=1)
                if over < -0.5
            ]
    return found
