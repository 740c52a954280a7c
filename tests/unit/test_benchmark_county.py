"""The benchmark of a county, tiny: all sides agree, decisions are worked out again, and no unproved time is a ratio."""

import io
import json
import sys
from contextlib import redirect_stdout

import numpy as np
import pytest

from benchmarks import county, county_peers, county_sides, optimise
from benchmarks.county_check import away, broken_rules
from benchmarks.county_made_up import made_up
from benchmarks.county_tables import Sizes
from placements.optimisation.engine import INFEASIBLE, Engine
from placements.optimisation.model import build_model

TINY = "4x12x12x3x2"


def in_this_process(command, limit_s=None):
    """Run a part as its process would, without the start of one; memory is not held, for it would hold the tests."""
    main = county_peers.main if command[1].endswith("county_peers.py") else county_sides.main
    given = command[2:] if main is county_peers.main else command[3:]
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(io.StringIO()) as out:
        for module in (county_peers, county_sides):
            patch.setattr(module, "hold_memory", lambda gigabytes: None)
        patch.setattr(main.__globals__["sys"], "argv", ["", *given])
        main()
    return json.loads(out.getvalue().splitlines()[-1])


def test_a_smoke_run_in_which_all_sides_agree(tmp_path, monkeypatch, capsys):
    """Ours, SCIP and HiGHS prove the same fewest away, and the figures written say so again."""
    monkeypatch.setattr(county, "run", in_this_process)
    monkeypatch.setattr(county, "timed", in_this_process)
    figures = tmp_path / "figures.json"
    asked = ["--sizes", TINY, "--peers", "scip", "mathopt-highs", "--tolerance", "1e-6", "--json", str(figures)]
    assert county.main(asked) == 0
    (row,) = json.loads(figures.read_text())["rows"]
    assert all(county.is_proved(row, side) for side in ("ours", "scip", "mathopt-highs"))
    values = [county.value_of(said) for said in row["sides"].values()]
    assert min(values) > 0
    assert max(values) - min(values) < county.CLOSE
    assert row["sides"]["ours"]["units"], "a county in which nothing is opened shows nothing"
    printed = capsys.readouterr().out
    assert f"{row['model']['variables']:,}" in printed
    assert county.main(["--render", str(figures)]) == 0
    assert capsys.readouterr().out == printed


def test_all_goals_of_a_county_in_order():
    """The first goal is what the search alone finds, and travel is proved with the decisions held."""
    asked = [sys.executable, "-m", "benchmarks.county_sides"], [TINY, "1", "1e-6", "60", "4"]
    plan, ours = (in_this_process([*asked[0], part, *asked[1]]) for part in ("plan", "ours"))
    assert [goal["name"] for goal in plan["goals"]] == list(county_sides.GOALS)
    lost = made_up(Sizes.read(TINY), 1).out_of_reach
    assert abs(plan["goals"][0]["value"] - lost - ours["value"]) < county.CLOSE
    assert plan["goals"][2]["status"] == "optimal"
    assert not plan["cut_short"]


@pytest.mark.parametrize("seed", [1, 2])
def test_decisions_are_worked_out_as_the_model_has_it(seed):
    """Random decisions: the check finds a rule broken exactly where the model has no solution, and the same away."""
    problem = made_up(Sizes.read("3x12x9x3x2"), seed)
    siting = build_model(problem)
    engine = Engine(siting.linear, seed=1)
    rng = np.random.default_rng(seed)
    seen = set()
    for _ in range(30):
        units = (rng.uniform(size=len(siting.open_column)) < rng.choice([0.05, 0.2])).astype(float)
        whole = np.zeros((len(problem.options), problem.years))
        whole[siting.open_option, siting.open_year] = units
        held = (siting.open_column, units)
        answer = engine.minimise(siting.objectives[county_sides.GOAL], gap=0.0, time_limit_s=10.0, fixed=held)
        broken = broken_rules(problem, whole)
        assert (answer.status == INFEASIBLE) == bool(broken), broken
        seen |= set(broken) or {"none"}
        if not broken:
            assert away(problem, whole) == pytest.approx(answer.value, abs=1e-3)
    assert "none" in seen
    assert any("minimum occupancy" in rule for rule in seen)


def test_a_county_is_the_same_for_one_seed():
    """Sizes are what was asked for, the same seed gives the same need and options, and another does not."""
    first, again, other = (made_up(Sizes.read(TINY), seed) for seed in (1, 1, 2))
    assert first.need.shape[1:] == (3, 2)
    assert (len(first.options), len(first.homes_left)) == (12, 4)
    assert first.options.equals(again.options)
    assert np.array_equal(first.need, again.need)
    assert not first.options.equals(other.options)


@pytest.mark.parametrize("sizes", ["4x12", "4x12x12x3x0", "ax1x1x1x1", "4x99x12x3x2"])
def test_sizes_that_are_none_are_refused(sizes, capsys):
    """Nothing is run, and the error says what was found."""
    with pytest.raises(SystemExit):
        county.main(["--sizes", sizes])
    assert (sizes if "99" not in sizes else "99 segments") in capsys.readouterr().err


def side(**more):
    """A side that proved 100 away in 2 s."""
    said = {"value": 100.0, "bound": 99.9, "proved": True, "build_s": 1.0, "solve_s": 1.0, "cpu_s": 2.0, "said": "ok"}
    return {**said, "peak_mb": 9.0, "checked": {"away": 100.0, "broken": []}, **more}


def row(**sides):
    """A county at a tolerance of 0.5 %."""
    return {"sizes": TINY, "seed": 1, "tolerance": 0.005, "time_limit_s": 1.0, "memory_gb": 12.0, "sides": sides}


def test_no_ratio_of_an_unproved_time_without_a_mark():
    """A peer whose time was over is at least so many times slower; if ours was not proved there is no ratio at all."""
    late = side(proved=False, solve_s=19.0, cpu_s=6.0, bound=90.0)
    assert county.ratios(row(ours=side(), scip=side(solve_s=19.0)), "scip") == ("10.0", "1.0")
    assert county.ratios(row(ours=side(), scip=late), "scip") == (">10.0", ">3.0")
    assert county.ratios(row(ours=late, scip=side()), "scip") == ("", "")
    assert county.gap_of(side(bound=-50.0)) == 1.0
    assert county.ratios(row(ours=side(), scip=side(bound=98.0)), "scip") == (">1.0", ">1.0")


def test_a_side_with_no_answer_says_why():
    """Out of memory or out of time, it stands in the table; with a bound but no decisions, too."""
    killed = {"failed": "terminate called\n  what():  std::bad_alloc", "seconds": 30.0}
    late = {"failed": "", "seconds": 30.0}
    none = side(value=None, checked={}, proved=False, bound=3.0)
    del none["checked"]
    found = {"rows": [row(ours=side(), highs=killed, scip=none)]}
    printed = county.render(found)
    assert "| none: out of 12 GB |" in printed
    assert "| none: no answer in time |" in county.render({"rows": [row(ours=side(), scip=late)]})
    assert "| SCIP, whole | none | 3.000 |  | NO |" in printed


def test_a_side_that_asks_for_too_much_memory_says_so():
    """In a process of its own it ends, the others go on, and the row has a reason."""
    code = "from benchmarks.county_peers import hold_memory; hold_memory(1.0); bytearray(10**10)"
    said = optimise.timed([sys.executable, "-c", code], 10.0)
    assert "| none: out of 12 GB |" in county.render({"rows": [row(ours=side(), highs=said)]})


def test_values_below_a_bound_are_a_contradiction():
    """So are decisions that break a rule, and a value that its decisions do not bear out."""
    assert county.contradictions(row(ours=side(), scip=side(bound=100.0))) == []
    assert "below the bound of scip" in county.contradictions(row(ours=side(), scip=side(bound=101.0)))[0]
    broken = side(checked={"away": 100.0, "broken": ["capital"]})
    assert "break a rule: capital" in county.contradictions(row(ours=broken))[0]
    assert "said 90.000" in county.contradictions(row(ours=side(value=90.0)))[0]
