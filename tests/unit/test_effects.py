"""What each kind of intervention changes: need, places, prices and boundaries, worked out by hand where it can be."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from placements.comparison import DO_NOTHING, compare
from placements.errors import DataError, UsageError
from placements.interventions import (
    ChangePrice,
    ChangeUseByOthers,
    CloseProvider,
    ConvertAgencyCarers,
    OpenHome,
    ReduceEntries,
    ReorganiseBoundary,
    RetainCarers,
    Reunify,
    StepDown,
)
from placements.optimisation import optimise
from placements.optimisation.fewer import beyond
from placements.optimisation.in_force import certain
from placements.optimisation.places import existing_places
from placements.optimisation.prices import saved_by_conversion
from placements.optimisation.supply import supply_of
from tests.comparison_support import RUNS, WEEKS, case, compared, home, same_as_nothing

CHEAPER = {"weekly_cost_gbp": 90.0, "weekly_agency_cost_gbp": 150.0}


@pytest.mark.parametrize(
    "entry",
    [
        ReduceEntries(name="x", share=0.0),
        Reunify(name="x", share=0.0),
        StepDown(name="x", share=0.0),
        ChangeUseByOthers(name="x"),
        ChangePrice(name="x", share=0.0),
        CloseProvider(name="x", provision="childrens_home", from_year=9),
        ConvertAgencyCarers(name="x", from_year=9, **CHEAPER),
        RetainCarers(name="x", district="Woking", households=9, yearly_loss=0.1, yearly_loss_after=0.1),
        ReorganiseBoundary(name="x", boundary_set="halves", from_year=9),
        *(kind(name="x", probability_of_success=0.0, share=1.0) for kind in (ReduceEntries, Reunify, StepDown)),
        CloseProvider(name="x", provision="childrens_home", probability_of_success=0.0),
        ConvertAgencyCarers(name="x", probability_of_success=0.0, **CHEAPER),
        ChangePrice(name="x", share=1.0, probability_of_success=0.0),
    ],
    ids=lambda entry: entry.kind,
)
def test_no_effect_changes_nothing(entry: object) -> None:
    """A share of nothing, a year after the last, or no chance of success: the same children and money in every future."""
    assert same_as_nothing(compared(entry, of=case(lasting=0.5, away=0.7)))


@pytest.mark.parametrize("after_years", [0.0, 0.3, 1.0, 1.25, 2.9])
def test_the_use_beyond_a_time_is_that_of_starts_spread_over_the_year(after_years: float) -> None:
    """Against a thousand placements that begin evenly over each year and end after the last one."""
    years, begun = 4, (np.arange(1000) + 0.5) / 1000
    for start in range(years):
        for use in range(years):
            first = np.maximum(start + begun, use)
            whole = np.clip(use + 1 - first, 0, None).sum()
            late = np.clip(use + 1 - np.maximum(first, start + begun + after_years), 0, None).sum()
            expected = late / whole if whole else 0.0
            assert beyond(years, after_years)[start, use] == pytest.approx(expected, abs=2e-3)


def test_children_who_go_home_at_once_are_no_need_and_cost_nothing() -> None:
    """All go home the day they came, from year 2: need is that of those who came before; local places are saved too."""
    county, forecast = case(lasting=0.5, away=0.5)
    nothing = compare(county, forecast, {}).nothing
    it = compared(Reunify(name="r", share=1.0, after_months=0, from_year=2), of=(county, forecast)).outcomes["it"]
    assert it.need[0] == pytest.approx(nothing.need[0])
    assert it.need[1:].max() == pytest.approx(0.0)
    saved = nothing.paid_gbp[1:] - it.paid_gbp[1:]
    local = 0.5 * forecast.cohorts.sum(axis=1, dtype=float)[:, 1:] @ (WEEKS * np.array([1000, 1000, 150, 100, 100]))
    # Samples are drawn in order of size, one from each run.
    expected = np.sort(local, axis=0) + nothing.paid_gbp[1:].T
    np.testing.assert_allclose(saved.T, expected, rtol=1e-5)


def test_only_what_lasts_beyond_its_time_ends_sooner() -> None:
    """Placements of one year each that begin evenly: a quarter of the use in the year of start is beyond six months."""
    result = compared(Reunify(name="r", share=0.5, after_months=6), of=case(lasting=0.0))
    assert result.outcomes["it"].need == pytest.approx(result.nothing.need * (1 - 0.5 * 0.25))


def test_stepping_down_moves_need_and_takes_none_away() -> None:
    """Need for homes falls by what need for families rises by, in the same area; it can then be met by a carer."""
    county, forecast = case(lasting=0.5)
    down = StepDown(name="s", share=0.4, after_months=0, areas=("Woking",))
    result = compared(down, of=(county, forecast))
    it = result.outcomes["it"]
    assert it.need == pytest.approx(result.nothing.need)
    carers = {"district": "Woking", "yearly_loss": 0.5, "yearly_loss_after": 0.0}
    kept = RetainCarers(name="k", households=40, lead_time_years=0.0, planned_occupancy=1.0, **carers)
    both = compare(county, forecast, {"it": (down, kept), "carers": (kept,)})
    moved = 0.4 * 4 * np.array(RUNS)[None, :] * np.array([1, 1.5, 2])[:, None]
    # A tenth of the need for homes would have suited a carer as it was, and fifteen in a hundred suit no home.
    gained = both.outcomes["carers"].away - both.outcomes["it"].away
    assert (gained <= moved + 1e-6).all()
    assert (gained > 0.5 * moved).all()


def test_need_cannot_step_down_where_nobody_is_fostered() -> None:
    """Without a demand group to step down to, the file is at fault and is told so."""
    of = case("area | provision | child_years\nWoking | childrens_home | 4")
    with pytest.raises(UsageError, match="the forecast has no need for"):
        compared(StepDown(name="s", share=0.4), of=of)


def test_a_closure_takes_its_spare_places_and_leaves_its_children_to_be_placed() -> None:
    """Two of ours live there and half of the two free places are ours: need rises by 2, places fall by 1, from year 2."""
    county, forecast = case(away=0.5, carers=False)
    close = CloseProvider(name="c", provider_ids=("h1",), from_year=2)
    result = compared(close, of=(county, forecast))
    more = result.outcomes["it"].need - result.nothing.need
    assert more[0] == pytest.approx(0.0)
    assert more[1:] == pytest.approx(2.0)
    today, after = (supply_of(county, 3, 1, certain(given)) for given in ((), (close,)))
    homes = today.table["provision"].eq("childrens_home").to_numpy()
    assert today.capacity[homes].sum(axis=(0, 2)).tolist() == pytest.approx([1, 1, 1])
    assert after.capacity[homes].sum(axis=(0, 2)).tolist() == pytest.approx([1, 0, 0])
    # They are away at £1,200 a week each, as were those whom the places kept; the £1,000 of their places is saved.
    gone = result.outcomes["it"].away - result.nothing.away
    cost = (result.outcomes["it"].paid_gbp - result.nothing.paid_gbp)[1]
    kept = (result.nothing.kept_local - result.outcomes["it"].kept_local)[1]
    assert gone[1] == pytest.approx(2 + kept)
    assert cost == pytest.approx((2 * (1200 - 1000) + kept * 200) * WEEKS, rel=1e-3)
    with pytest.raises(UsageError, match="no open provider h9"):
        compared(CloseProvider(name="c", provider_ids=("h1", "h9")))
    with pytest.raises(UsageError, match="no open such provider"):
        compared(CloseProvider(name="c", provision="secure"))


def test_use_by_others_changes_what_is_spare_and_never_a_child() -> None:
    """Others hold two places of a home, two are free, half of those ours: they give up one, or take three more."""
    county, _ = case()

    def spare(entry: ChangeUseByOthers | None) -> float:
        supply = supply_of(county, 1, 1, certain(() if entry is None else (entry,)))
        return float(supply.capacity[supply.table["provision"].eq("childrens_home").to_numpy()].sum())

    assert spare(None) == pytest.approx(1.0)
    assert spare(ChangeUseByOthers(name="o", share=-0.5, provider_ids=("h1",))) == pytest.approx(1.5)
    assert spare(ChangeUseByOthers(name="o", places=-9)) == pytest.approx(2.0), "no more than they hold"
    assert spare(ChangeUseByOthers(name="o", places=1, areas=("Guildford",))) == pytest.approx(0.5)
    assert spare(ChangeUseByOthers(name="o", places=30)) == pytest.approx(0.0)
    assert spare(ChangeUseByOthers(name="o", places=1, lead_time_years=0.5)) == pytest.approx(0.75)


def test_a_provider_that_has_nothing_free_may_have_later_and_moves_no_other_place() -> None:
    """What others give up in a full home becomes a place of its own; those that were spare stand where they stood."""
    county, _ = case()
    rows = county.provision
    full = rows[rows["provider_id"].eq("h1")].assign(provider_id="h2", occupied_by_others=4.0, easting=495_000.0)
    county = dataclasses.replace(county, provision=pd.concat([rows, full], ignore_index=True))
    today = existing_places(county, 1)
    supply = supply_of(county, 1, 1, certain([ChangeUseByOthers(name="o", share=-0.5, provider_ids=("h2",))]))
    assert supply.table["easting"].tolist() == [*today.table["easting"], 495_000.0]
    assert supply.capacity[-1, 0, 0] == pytest.approx(1.0)


def test_carers_brought_in_house_are_the_same_places_at_another_price() -> None:
    """Half of four agency places: of the place spare half is an in-house one, and two of ours cost £60 a week less."""
    county, forecast = case()
    bring = ConvertAgencyCarers(name="c", households_by_year=(1,), places=2, capital_gbp=7, **CHEAPER)
    today, after = (supply_of(county, 3, 1, certain(given)) for given in ((), (bring,)))
    assert after.capacity.sum() == pytest.approx(today.capacity.sum())
    moved = after.table["name"].eq("c").to_numpy()
    assert after.table.loc[moved, "provision"].tolist() == ["in_house_foster"]
    assert after.capacity[moved].sum(axis=(0, 2)).tolist() == pytest.approx([0.5] * 3)
    result = compared(bring, of=(county, forecast))
    saved = (result.nothing.paid_gbp - result.outcomes["it"].paid_gbp).min()
    assert saved >= 2 * 0.5 * 60 * WEEKS - 1e-6, "two of ours are with agency carers in the county, half of them moved"
    assert result.outcomes["it"].capital_gbp.tolist() == [7, 0, 0]
    bare = dataclasses.replace(county, unit_costs=county.unit_costs[:0])
    with pytest.raises(DataError, match="no weekly cost of agency fostering"):
        saved_by_conversion(bare, 1, certain([dataclasses.replace(bring, weekly_agency_cost_gbp=None)]))


def test_a_price_changes_what_is_paid_and_nobodys_place() -> None:
    """A tenth on homes out of county from year 2: a tenth of what they cost there is what the scenario costs."""
    county, forecast = case()
    price = ChangePrice(name="p", share=0.1, location="out_of_county", provisions=("childrens_home",), from_year=2)
    result = compared(price, of=(county, forecast))
    it, nothing = result.outcomes["it"], result.nothing
    assert it.away == pytest.approx(nothing.away)
    homes = result.groups["provision"].eq("childrens_home").to_numpy()
    away = (it.away_by_group[homes].sum(axis=0) / 3)[None, :]
    assert it.net_gbp[0] == pytest.approx(0.0, abs=1e-6)
    assert it.net_gbp[1:] == pytest.approx(np.repeat(0.1 * 1200 * WEEKS * away, 2, axis=0), rel=1e-4)


def test_a_price_in_the_county_is_paid_for_those_who_would_be_there_anyway() -> None:
    """Half of what starts is placed in the county: a tenth on its price counts, and on the places that are spare."""
    county, forecast = case(away=0.5)
    result = compared(ChangePrice(name="p", share=0.1, location="in_county"), of=(county, forecast))
    local = 0.5 * forecast.cohorts[:, 0, 0].astype(float) @ np.array([1000, 1000, 150, 100, 100])
    rise = result.outcomes["it"].net_gbp[0] / WEEKS / 0.1
    spare = result.nothing.kept_local[0] * 1000
    assert (rise >= np.sort(local) - 1e-6).all()
    assert (rise <= np.sort(local) + spare + 1e-6).all()


def test_of_several_sectors_only_the_part_that_they_charge_is_dearer() -> None:
    """Our children with agencies in the county are all with private ones: a price of own places changes nothing there."""
    county, forecast = case(away=0.0)
    of = dataclasses.replace(ChangePrice(name="p", share=0.1, location="in_county"), provisions=("agency_foster",))
    private, own = (
        compared(dataclasses.replace(of, sectors=(name,)), of=(county, forecast)) for name in ("private", "own")
    )
    assert private.outcomes["it"].net_gbp.sum() > 0
    assert own.outcomes["it"].net_gbp == pytest.approx(0.0)


def test_a_place_over_the_new_boundary_is_no_local_place_from_its_year() -> None:
    """A home in Guildford serves Woking for a year, and then no more: the halves are divided from year 2."""
    county, forecast = case("area | provision | child_years\nWoking | childrens_home | 4")
    divide = ReorganiseBoundary(name="b", boundary_set="halves", from_year=2, yearly_cost_gbp=5)
    result = compare(county, forecast, {"home": (home(),), "it": (home(), divide)})
    home_only, it = result.outcomes["home"], result.outcomes["it"]
    assert it.away[0] == pytest.approx(home_only.away[0])
    assert it.kept_by_new[1:] == pytest.approx(0.0)
    assert (home_only.kept_by_new > 0).all()
    assert it.fixed_running_gbp[:, 0].tolist() == [10, 15, 15]
    with pytest.raises(UsageError, match="nowhere-2030"):
        compared(dataclasses.replace(divide, boundary_set="nowhere-2030"))


def test_an_opening_that_fails_costs_its_capital_and_has_no_places() -> None:
    """Where it fails: capital, nothing else, nobody kept. A programme that fails is paid for all the same."""
    doubtful = home(probability_of_success=0.5)
    result = compared(doubtful, of=case())
    it, nothing = result.outcomes["it"], result.nothing
    failed = it.usable.sum(axis=0) == 0
    assert failed.any()
    assert not failed.all()
    assert it.away[:, failed] == pytest.approx(nothing.away[:, failed])
    assert it.net_gbp[:, failed].sum(axis=0) == pytest.approx(100.0)
    sure = compared(home()).outcomes["it"]
    assert it.net_gbp[:, ~failed] == pytest.approx(sure.net_gbp[:, ~failed])
    less = compared(ReduceEntries(name="p", share=0.5, probability_of_success=0.0, yearly_cost_gbp=9))
    assert less.outcomes["it"].fixed_running_gbp == pytest.approx(9.0)


def test_the_optimiser_refuses_what_it_cannot_plan_around_and_says_what() -> None:
    """Kinds that change places, prices, boundaries or stays, and whatever may fail; it takes ramp-up and kept carers."""
    county, forecast = case()
    given = (
        CloseProvider(name="shut", provision="childrens_home"),
        OpenHome(name="maybe", places=2, district="Woking", probability_of_success=0.5),
    )
    with pytest.raises(UsageError, match="cannot be built around") as error:
        optimise(county, forecast, commitments=given)
    for part in ("shut: close_provider is no opening", "maybe: probability_of_success is 0.5", "placements compare"):
        assert part in str(error.value)
    slow = home(ramp_up_years=2)
    kept = RetainCarers(name="k", district="Woking", households=10, yearly_loss=0.2, yearly_loss_after=0.1)
    plan = optimise(county, forecast, commitments=(slow, kept))
    same = compare(county, forecast, {"it": (slow, kept)}, samples=county.settings.optimise.demand_samples)
    expected = same.mean(same.outcomes["it"].away.sum(axis=0))
    assert float(plan.by_year["away"].sum()) == pytest.approx(expected, rel=2e-3)
    assert DO_NOTHING in same.scenarios
