"""How well can children reach the local places that should meet their need? By service, provision family and area.

Need is that of `analysis.gap`: children in the county, or avoidably outside it, in kinds that local places can be made
for. Places are the open ones in the county: those our children have or can expect (`capacity.available_to_us`), and of
the vacant ones those that some child of ours can have. A place suits a child when it is of a kind that the child's kind
of placement can be met by (`avoidable.LOCAL_KINDS`), takes the child's need and the child's age; an unknown need or age
rules nothing out. Sex and matching are in the number of usable places already.

Places per child and the nearest vacancy are measured from the centre of the child's planning area, the share within the
limit from the child's home. Whoever shares a site competes for it, across both services.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements import codes
from placements.analysis.access import nearest_vacancy, reaches, share_within
from placements.analysis.avoidable import LOCAL_KINDS, serves_need
from placements.analysis.capacity import available_to_us, vacant
from placements.analysis.catchment import enhanced_two_step, luo_qi
from placements.analysis.gap import WANTED
from placements.geography.site_matrix import site_matrix
from placements.geography.travel.method import TravelMethod
from placements.read.gias import BASE_SUFFIX

#: From points (`id, easting, northing`), points and a limit to `origin, destination, cost`: see `analysis.cost_pairs`.
Costs = Callable[[pd.DataFrame, pd.DataFrame, float], pd.DataFrame]
#: What is said of the nearest vacancy.
KNOWN, NONE_IN_REACH, UNKNOWN = "known", "none_in_reach", "unknown"
_KEYS: Final = ["service", "wanted"]
_FIT: Final = ["provision", "need_group", "age_years"]


def straight_miles(origins: pd.DataFrame, destinations: pd.DataFrame, limit: float) -> pd.DataFrame:
    """Return straight-line miles of the pairs within a limit, and of those whose miles cannot be known.

    Parameters
    ----------
    origins, destinations : DataFrame
        `id`, `easting` and `northing` (British National Grid metres, NaN when unknown).
    limit : float
        Miles.

    Returns
    -------
    DataFrame
        `origin, destination, cost`; cost is missing where either end has no point.
    """
    here, there = ((frame["easting"], frame["northing"]) for frame in (origins, destinations))
    matrix = site_matrix(*here, *there, limit, in_order=False)
    left = np.repeat(matrix.unknown_origins, len(destinations))
    right = np.tile(np.arange(len(destinations)), len(matrix.unknown_origins))
    placed = np.setdiff1d(np.arange(len(origins)), matrix.unknown_origins)
    left = np.concatenate([matrix.origin, left, np.repeat(placed, len(matrix.unknown_destinations))])
    right = np.concatenate([matrix.destination, right, np.tile(matrix.unknown_destinations, len(placed))])
    return pd.DataFrame(
        {
            "origin": origins["id"].to_numpy()[left],
            "destination": destinations["id"].to_numpy()[right],
            "cost": np.concatenate([matrix.miles, np.full(len(left) - len(matrix), np.nan)]),
        }
    )


def road_minutes(method: TravelMethod) -> Costs:
    """Return a way of measuring journeys as costs in minutes; a journey whose time is not known has no cost.

    A file of minutes knows origins by `home_area` (or an `id` that is a text, an area's) or by `postcode_district`, and
    destinations by `provider_id`, where the points carry these.
    """

    def minutes(origins: pd.DataFrame, destinations: pd.DataFrame, limit: float) -> pd.DataFrame:
        journeys = method.matrix(_numbered(origins), _numbered(destinations), limit)
        return pd.DataFrame(
            {
                "origin": origins["id"].to_numpy()[journeys["origin"].astype(int)],
                "destination": destinations["id"].to_numpy()[journeys["destination"].astype(int)],
                "cost": journeys["travel_minutes"].to_numpy(float),
            }
        )

    return minutes


def _numbered(points: pd.DataFrame) -> pd.DataFrame:
    """Return points as `TravelMethod` takes them: the position as id, listed as their site or area is in a file.

    That is `provider_id` (a specialist base stands at its school) or `home_area`, where they have it, or the id if it
    is a text: a number is a row's, not a place's, and no file knows it.
    """
    name = next((column for column in ("provider_id", "home_area") if column in points), "id")
    listed = points[name].astype("str").str.removesuffix(BASE_SUFFIX)
    kept = [column for column in ("easting", "northing", "postcode_district") if column in points]
    return points[kept].assign(
        id=pd.Series(np.arange(len(points)), index=points.index).astype("str"),
        listed_as="" if pd.api.types.is_numeric_dtype(points[name]) else listed,
    )


def local_access(
    children: pd.DataFrame,
    provision: pd.DataFrame,
    areas: pd.DataFrame,
    limit: float,
    costs: Costs = straight_miles,
    by: Sequence[str] = ("area",),
) -> pd.DataFrame:
    """Return access to local places.

    Parameters
    ----------
    children : DataFrame
        As `gap.need` returns them; those judged in the county or avoidably outside count.
    provision, areas : DataFrame
        `schemas.PROVISION` and `schemas.AREAS`.
    limit : float
        The furthest that counts as access, included, in the unit of `costs`: 20 miles, 45 minutes.
    costs : callable
        Straight-line miles unless given; `road_minutes` makes others.
    by : sequence of str
        What beside service and kind of place: `area`, `need_group`, both or neither. Whoever wants a place competes
        for it with all others who want it, however the figures are divided.

    Returns
    -------
    DataFrame
        Indexed by `service`, `wanted` (a key of `gap.WANTED_LABEL`) and `by`, one row each that has need:

        - `children`;
        - `places_per_child`, by E2SFCA with the weights of Luo and Qi over thirds of the limit, on average of the
          children of whom it is known, NaN when that is less than half of them;
        - `nearest_vacancy`, the cost at which half of the children have a suitable vacancy (at least), NaN unless
          `vacancy` is `known`; else that is `none_in_reach` or `unknown`;
        - `numerator`, `denominator`, `excluded`, `share`, `low`, `high`: of children within the limit of a suitable
          place, `excluded` being those of whom it is not known;
        - `sites_unknown`, the local sites of the family without a known point or number of places: their places are in
          no figure here, and a child that only they could be near is excluded.
    """
    wants = children[children["judgement"].isin([codes.IN_COUNTY, "avoidable"])].reset_index(drop=True)
    local = provision[provision["location"].eq(codes.IN_COUNTY) & provision["is_open"]]
    local = local.assign(wanted=local["provision"].map(WANTED).astype("str"), id=local["provider_id"])
    tables = [
        _family(
            group.reset_index(drop=True),
            local[local["wanted"].eq(wanted)].reset_index(drop=True),
            areas,
            limit,
            costs,
            [*_KEYS, *by],
        )
        for wanted, group in wants.groupby("wanted", sort=True)
    ]
    return pd.concat(tables).sort_index() if tables else _empty([*_KEYS, *by])


def _family(
    children: pd.DataFrame, sites: pd.DataFrame, areas: pd.DataFrame, limit: float, costs: Costs, keys: list[str]
) -> pd.DataFrame:
    """Return the rows of one provision family, whose places no other family can use."""
    fit = children.groupby(_FIT, dropna=False, sort=True)
    children = children.assign(fit=fit.ngroup(), id=children.index)
    suits = _suits(children.drop_duplicates("fit").sort_values("fit"), sites)
    groups = children.groupby([*_KEYS, "area", "need_group", "fit"]).size().rename("children").reset_index()
    points = areas[areas["area"].isin(groups["area"])].rename(columns={"area": "id"})
    from_areas = costs(points, sites, limit).rename(columns={"origin": "area"})
    wanted = groups[["area", "fit"]].rename_axis("origin").reset_index()
    pairs = _suiting(wanted.merge(from_areas, on="area"), suits, sites)
    has_places = sites["usable_places"].notna() | (sites["occupied_by_us"] > 0)
    places = pd.Series(available_to_us(sites).where(has_places).to_numpy(), index=pd.Index(sites["id"]))
    free = vacant(sites).where(sites["usable_places"].notna()).where(sites["share_for_us"].fillna(0) > 0, 0.0)
    reach = enhanced_two_step(groups["children"], places, pairs, limit, luo_qi(limit))
    nearest = nearest_vacancy(pd.Series(free.to_numpy(), index=places.index), pairs, groups.index)
    table = pd.DataFrame(
        [_row(rows, reach.loc[rows.index], nearest.loc[rows.index]) for _, rows in groups.groupby(keys, sort=True)],
        index=groups.groupby(keys, sort=True).size().index,
    )
    table = table.join(_shares(children, sites, suits, limit, costs, keys))
    unplaced = sites[["easting", "northing"]].isna().any(axis=1) | places.isna().to_numpy()
    return table.assign(sites_unknown=int(unplaced.sum()))


def _row(groups: pd.DataFrame, reach: pd.DataFrame, nearest: pd.DataFrame) -> dict[str, object]:
    """Return the figures of one group from those of its groups of like children in one area."""
    number, ratio = groups["children"], reach["places_per_child"]
    known, half_of = ratio.notna(), number.sum() / 2
    cost = nearest["cost"].where(nearest["cost"].notna() | (nearest["unknown"] > 0), np.inf)
    half = _half_reached(cost, number)
    places = float((ratio * number)[known].sum() / number[known].sum()) if number[known].sum() >= half_of else np.nan
    return {
        "children": int(number.sum()),
        "places_per_child": places,
        "nearest_vacancy": half if np.isfinite(half) else np.nan,
        "vacancy": KNOWN if np.isfinite(half) else NONE_IN_REACH if half == np.inf else UNKNOWN,
    }


def _half_reached(cost: pd.Series, number: pd.Series) -> float:
    """Return the cost at which half of all the children have a vacancy: infinite when over half have none in reach.

    NaN when it depends on children of whom it is not known (their cost is NaN).
    """
    order = np.argsort(cost.to_numpy(), kind="stable")
    finite = order[np.isfinite(cost.to_numpy()[order])]
    running = number.to_numpy()[finite].cumsum()
    enough = np.flatnonzero(running >= number.sum() / 2)
    if len(enough):
        return float(cost.to_numpy()[finite][enough[0]])
    return float("inf") if number[cost.eq(np.inf)].sum() > number.sum() / 2 else float("nan")


def _shares(
    children: pd.DataFrame,
    sites: pd.DataFrame,
    suits: npt.NDArray[np.bool_],
    limit: float,
    costs: Costs,
    keys: list[str],
) -> pd.DataFrame:
    """Return the share of children whose home is within the limit of a site that suits and is not without places."""
    usable = sites["usable_places"].ne(0).to_numpy(bool)
    homes = children[["id", "area", "home_easting", "home_northing"]]
    homes = homes.set_axis(["id", "home_area", "easting", "northing"], axis=1)
    pairs = costs(homes, sites[usable], limit)
    # A site of which it is not known whether it has places may be near or not: only what else is near can tell.
    unsure = sites.loc[sites["usable_places"].isna(), "id"]
    pairs = pairs.assign(cost=pairs["cost"].mask(pairs["destination"].isin(unsure)))
    pairs = _suiting(pairs.assign(fit=children["fit"].reindex(pairs["origin"]).to_numpy()), suits, sites)
    reached = reaches(pairs, pd.Index(children["id"]), limit)
    key = pd.Series(list(children[keys].itertuples(index=False, name=None)), index=children.index)
    table = share_within(pd.Series(1, index=children.index), reached.set_axis(children.index), key)
    return table.set_axis(pd.MultiIndex.from_tuples(list(table.index), names=keys), axis=0)


def _suiting(pairs: pd.DataFrame, suits: npt.NDArray[np.bool_], sites: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs whose site suits the children (`fit` is their row of `suits`)."""
    site = pd.Index(sites["id"]).get_indexer(pd.Index(pairs["destination"]))
    kept: pd.DataFrame = pairs.loc[suits[pairs["fit"].to_numpy(int), site], ["origin", "destination", "cost"]]
    return kept


def _suits(kinds: pd.DataFrame, sites: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Return which sites (columns) suit which kinds of children (rows: provision, need group, age)."""
    of_kind = {kind: sites["provision"].isin(LOCAL_KINDS[kind]).to_numpy(bool) for kind in kinds["provision"].unique()}
    of_need = {need: serves_need(sites, need) for need in kinds["need_group"].unique()}
    low, high = sites["age_low"].fillna(0).to_numpy(float), sites["age_high"].fillna(99).to_numpy(float)
    rows = [
        of_kind[kind] & of_need[need] & (np.isnan(age) | ((low <= age) & (age <= high)))
        for kind, need, age in zip(
            kinds["provision"], kinds["need_group"], kinds["age_years"].astype(float), strict=True
        )
    ]
    return np.array(rows, dtype=bool).reshape(len(kinds), len(sites))


def _empty(keys: list[str]) -> pd.DataFrame:
    index = pd.MultiIndex.from_arrays([[] for _ in keys], names=keys)
    columns = ["children", "places_per_child", "nearest_vacancy", "vacancy", "numerator", "denominator", "excluded"]
    return pd.DataFrame(columns=[*columns, "share", "low", "high", "sites_unknown"], index=index)
