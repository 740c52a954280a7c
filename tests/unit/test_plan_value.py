"""EVPI and VSS of counties where they can be worked out by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from placements.optimisation import Why, optimise, why
from placements.optimisation.value import perfect_information
from placements.optimisation.variants import Between
from placements.optimisation.why_words import plan_sentences
from tests.support import tiny_county, tiny_forecast

NONE = pd.DataFrame()
NEEDS = """
area      | provision      | need_group | child_years
Guildford | childrens_home | family     | 4
Tandridge | childrens_home | family     | 3
"""
#: There is money for one of them.
HOMES = """
id | kind      | to        | places | capital | minimum
g  | open_home | Guildford | 2      | 10      | 0
t  | open_home | Tandridge | 3      | 10      | 0
"""


def either_or(options: str = HOMES) -> Why:
    """Return the reasons where need is in Guildford alone in one sample, and in Tandridge alone in the other."""
    limits = {"capital_gbp": 10.0, "demand_samples": 2, "tolerance": 1e-6, "schools_capital_share": 1.0}
    county = tiny_county(NONE, options=options, provision=NONE, optimise=limits)
    forecast = tiny_forecast(county, NEEDS, runs=(1.0, 1.0))
    cohorts = forecast.cohorts.copy()
    cohorts[0, :, :, 1] = 0
    cohorts[1, :, :, 0] = 0
    forecast = dataclasses.replace(forecast, cohorts=cohorts)
    return why(county, forecast, optimise(county, forecast), seconds=30)


def test_the_mean_of_the_samples_misleads() -> None:
    """By hand, 0.85 of need suiting a home: the mean (2 and 1.5) says Guildford, 1.7 against 1.275 child-years a year.

    In the samples Guildford's home keeps min(2, 3.4) / 2 = 1, Tandridge's min(3, 2.55) / 2 = 1.275: VSS is 2 x 0.275.
    Knowing the sample, (2 + 2.55) / 2 = 2.275 are kept: EVPI is 2 x 1.
    """
    found = either_or()
    assert [reason.option_id for reason in found.reasons] == ["t"]
    assert found.value.vss == Between(*[pytest.approx(0.55)] * 3)
    assert found.value.evpi == Between(*[pytest.approx(2.0)] * 3)
    assert found.reasons[0].robustness.option == pytest.approx(0.5)
    text = " ".join(plan_sentences(found, {}))
    assert "Value of the stochastic solution: 0.55 child-years" in text
    assert "Expected value of perfect information: 2.00 child-years" in text


def test_a_plan_for_the_mean_that_is_too_little_used_has_no_value() -> None:
    """A home of 4 needs 3.2 in use: the mean of 0 and 8 fills it, the samples fill it half the time."""
    options = "id | kind | to | places | capital | minimum\ng | open_home | Guildford | 4 | 10 | 0.8"
    county = tiny_county(NONE, options=options, provision=NONE, optimise={"demand_samples": 2})
    needs = "area | provision | child_years\nGuildford | childrens_home | 4"
    forecast = tiny_forecast(county, needs, runs=(0.0, 2.0))
    found = why(county, forecast, optimise(county, forecast), seconds=30)
    assert found.reasons == ()
    assert found.value.mean_plan_breaks_rules
    assert found.value.vss is None
    assert "breaks a rule" in " ".join(plan_sentences(found, {}))
    assert not found.unanswered, "that there is no value is an answer"
    # Knowing the sample, the home is opened in the high one, where 4 a year are kept: 2 x 4 / 2.
    assert found.value.evpi == Between(*[pytest.approx(4.0)] * 3)


def test_one_sample_leaves_nothing_to_know() -> None:
    """With a single sample both values are nothing."""
    county = tiny_county(NONE, options=HOMES, provision=NONE, optimise={"demand_samples": 1})
    forecast = tiny_forecast(county, NEEDS)
    value = why(county, forecast, optimise(county, forecast), seconds=30).value
    assert (value.evpi.low, value.vss.high) == (0, 0)
    assert value.evpi.high == pytest.approx(0, abs=0.05)


def test_gaps_widen_what_is_said() -> None:
    """Bounds of the plan and of the samples go into EVPI's, each on the side where it can only widen it."""
    found = either_or()
    plan = found.plan.goals[0]
    loose = dataclasses.replace(plan, bound=plan.bound - 0.5)
    samples = tuple(dataclasses.replace(sample, bound=sample.bound - 0.25) for sample in found.samples)
    evpi = perfect_information(loose, samples)
    assert (evpi.low, evpi.value, evpi.high) == pytest.approx((1.5, 2.0, 2.25))
    assert perfect_information(plan, (dataclasses.replace(samples[0], bound=-np.inf), samples[1])) is None
