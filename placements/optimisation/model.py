"""The siting model.

Only need that starts after the snapshot and is avoidably away is in it. Settled children are never moved.

::

  sets         g  atoms of demand: area x what suits them        t  years        s  samples, with weight w[s]
               p  places: existing spare, committed, optional    j  options (site x kind x size), each adding to a place
               o  decision years                                 n  nodes: area x sort of place
               l  links (g,n): what suits                        h  hops (n,p): within the travel limit
               v  options that prevent, among j: they add to no place
  data         need[g,t,s]      child-years                      fixed[p,t]     usable places, existing or committed
               averted[v,o,g,t,s]   child-years of the need, and   saved[v,o,t,s]   pounds of other placements, that v
                                prevents if decided on in year o
               size[j]          places of a unit                 planned[j], minimum[j]   occupancy
               ready[j,o,t]     part of year t in which a unit decided on in year o is ready (the lead time is in it)
               capital[j], yearly[j], weekly[p]    pounds        away_cost[g]   pounds a week       miles[h]
  variables    open[j,o]        units decided on: 0/1, or a whole number where several may be taken up each year;
                                only decisions that are ready all through the last year, so that all can be judged
               use[l,t,s]       child-years of an atom for whom a sort of place is used
               serve[h,t,s]     child-years a place serves       away[g,t,s]    child-years still away
               choose[j]        0/1, only for options of several units that share a site
  constraints  everyone_is_placed       sum_l use[l,t,s] + away[g,t,s] = need[g,t,s] - sum_vo averted open each g,t,s
               through_nodes            sum_l use[l,t,s] = sum_h serve[h,t,s]                              each n,t,s
               within_usable_places     sum_h serve[h,t,s] <= fixed[p,t] + sum_jo ready size planned open  each p,t,s
               serve_only_if_open       serve[h,t,s] <= most[h,t,s] sum_jo open   (where ready; the strong form,
                                        most being the need that links to the node of h)
               viable_if_open           sum_hs w serve[h,t,s] >= sum_jo minimum size open                  each p,t
                                        from the year after the filling year of each unit, and in the last year of all
               one_option_per_site      sum_jo open <= 1                                                   each site
               one_prevention_per_group sum_vo open <= 1, of options for one demand group
               at_least_one_of          sum_jo open >= 1, of the options named, if any (to price an alternative)
               homes_per_area           sum_jo open <= homes left, children's homes                        each area
               within_capital           sum_jo capital open <= capital left
               within_schools_capital   sum_jo capital open <= schools' share of the capital, schools only
               within_capital_each_year sum_j capital open[j,t] <= capital left in the year                each t
               within_staff_each_year   sum_j staff open[j,t] <= staff left in the year, if limited      each t
               within_revenue_each_year sum_jo yearly ready open + sum_hs w weekly serve <= revenue left   each t
               (and limits of each part, where an authority is planned for in parts: `optimisation.separate`)
  goals        away_child_years  sum w away
               net_cost          capital + net_revenue: pounds over all years
               travel            sum w miles serve
               (and away_tail, largest_gap, floors_missed, where they are asked for: `optimisation.fairness`)
               weighted_cost     sum weight goal, when the settings give weights: instead of the goals in order
  money        capital           sum capital open
               net_revenue       running cost + w away_cost away - w saved open

Everything expected is over the samples: the plan is one, the need it meets is many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from placements import codes
from placements.optimisation import fairness
from placements.optimisation.linear import LinearModel
from placements.optimisation.problem import FILLING_YEARS, Problem, cost_per_child_year
from placements.optimisation.separate import limit_parts
from placements.settings import GOALS, WEIGHTED_GOAL

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

_NONE = 1e-9


@dataclass(frozen=True)
class SitingModel:
    """The model with the positions of its variables.

    Attributes
    ----------
    linear : LinearModel
    objectives : dict of str to ndarray (variables,)
        By goal, `weighted_cost` among them if there are weights; and the two kinds of money that make up `net_cost`:
        `capital` and `net_revenue`.
    derived : dict of str to Derived
        Variables of the goals in `fairness`, where they are asked for.
    open_option, open_year, open_column : ndarray of int
    use_link, use_year, use_sample, use_column : ndarray of int
    serve_hop, serve_year, serve_sample, serve_column : ndarray of int
    away_atom, away_year, away_sample, away_column : ndarray of int
    """

    linear: LinearModel
    objectives: dict[str, Floats]
    derived: dict[str, fairness.Derived]
    open_option: Ints
    open_year: Ints
    open_column: Ints
    use_link: Ints
    use_year: Ints
    use_sample: Ints
    use_column: Ints
    serve_hop: Ints
    serve_year: Ints
    serve_sample: Ints
    serve_column: Ints
    away_atom: Ints
    away_year: Ints
    away_sample: Ints
    away_column: Ints

    def by_year(self, decided: Floats, problem: Problem) -> Floats:
        """Return units of the decisions, whole, by option of their problem and year, (options, years)."""
        out = np.zeros((len(problem.options), problem.years))
        np.add.at(out, (self.open_option, self.open_year), np.round(decided))
        return out


def build_model(problem: Problem) -> SitingModel:
    """Build the model from the problem's arrays."""
    siting = _with_variables(problem, *_carries(problem), problem.need > _NONE)
    for add in (*_OF_FLOWS, *_OF_DECISIONS):
        add(problem, siting)
    for goal in problem.limits.goals_in_order:
        if goal in fairness.GOALS:
            siting.derived[goal] = fairness.GOALS[goal](problem, siting)
    _add_objectives(problem, siting)
    return siting


def decisions_alone(problem: Problem) -> SitingModel:
    """Build the part of the model that is about decisions: what may be opened together, and for how much.

    There are no flows in it, so a limit on running cost is one on the yearly cost alone.
    """
    links, hops = (
        np.zeros((len(problem.atoms.link_atom), 0, 0), bool),
        np.zeros((len(problem.atoms.hop_node), 0, 0), bool),
    )
    siting = _with_variables(problem, links, hops, np.zeros((len(problem.need), 0, 0), bool))
    for add in _OF_DECISIONS:
        add(problem, siting)
    return siting


def without_rows(problem: Problem) -> SitingModel:
    """Build the variables of the model and its sums over them: to hold a solution, and to say what it is worth.

    Goals of `fairness` are no sums: they are not in it.
    """
    siting = _with_variables(problem, *_carries(problem), problem.need > _NONE)
    _add_objectives(problem, siting)
    return siting


def rows_between(problem: Problem) -> SitingModel:
    """Build what ties years and samples together: the rules of decisions, and those of expected flows.

    With the mean of the samples for a problem, a variable is an expected flow, and what is said of it holds for the
    flows of all samples.
    """
    siting = without_rows(problem)
    for add in (viable_if_open, *_OF_DECISIONS):
        add(problem, siting)
    return siting


def _with_variables(
    problem: Problem, links: npt.NDArray[np.bool_], hops: npt.NDArray[np.bool_], atoms: npt.NDArray[np.bool_]
) -> SitingModel:
    """Return a model without rows: a variable for each decision, and each link, hop and atom (year, sample) named."""
    model = LinearModel()
    open_option, open_year = np.nonzero(problem.ready[:, :, -1] >= 1 - _NONE)
    repeats = problem.options["repeats"].to_numpy(bool)
    most = np.where(repeats, problem.options["max_units_per_year"].to_numpy(float), 1.0)
    open_column = model.add_variables(
        len(open_option), np.floor(most[open_option]),
        lambda: _names("open", _ids(problem, open_option), open_year + 1),
        whole=True,
    )  # fmt: skip
    link, use_year, use_sample = np.nonzero(links)
    use_column = model.add_variables(
        len(link), np.inf, lambda: _names("use", _links(problem, link), use_year + 1, use_sample)
    )
    hop, year, sample = np.nonzero(hops)
    serve_column = model.add_variables(len(hop), np.inf, lambda: _names("serve", _hops(problem, hop), year + 1, sample))
    atom, away_year, away_sample = np.nonzero(atoms)
    away_column = model.add_variables(
        len(atom), np.inf, lambda: _names("away", _atom_ids(problem, atom), away_year + 1, away_sample)
    )
    return SitingModel(
        linear=model,
        objectives={},
        derived={},
        open_option=open_option,
        open_year=open_year,
        open_column=open_column,
        use_link=link,
        use_year=use_year,
        use_sample=use_sample,
        use_column=use_column,
        serve_hop=hop,
        serve_year=year,
        serve_sample=sample,
        serve_column=serve_column,
        away_atom=atom,
        away_year=away_year,
        away_sample=away_sample,
        away_column=away_column,
    )


def _add_objectives(problem: Problem, siting: SitingModel) -> None:
    """Add the objective of every goal, once all variables are there."""
    for goal, derived in siting.derived.items():
        siting.objectives[goal] = np.zeros(siting.linear.variables)
        siting.objectives[goal][derived.columns] = derived.weights
    capital, net_revenue = _capital(problem, siting), _net_revenue(problem, siting)
    siting.objectives.update(
        away_child_years=_away(problem, siting), net_cost=capital + net_revenue, travel=_travel(problem, siting),
        capital=capital, net_revenue=net_revenue,
    )  # fmt: skip
    if problem.limits.weights is not None:
        worth = asdict(problem.limits.weights)
        siting.objectives[WEIGHTED_GOAL] = np.asarray(sum(worth[goal] * siting.objectives[goal] for goal in GOALS))


def _carries(problem: Problem) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return which (link, year, sample) and which (hop, year, sample) can carry anything: need, and a place there."""
    atoms = problem.atoms
    there = problem.fixed_capacity > _NONE
    opens = problem.options["place"].to_numpy(np.intp) >= 0
    target = problem.options["place"].to_numpy(np.intp)[opens]
    np.logical_or.at(there, target, problem.ready[opens].max(axis=1, initial=0.0) > _NONE)
    ends = np.zeros((len(atoms.nodes), problem.years), bool)
    np.logical_or.at(ends, atoms.hop_node, there[atoms.hop_place])
    links = (problem.need[atoms.link_atom] > _NONE) & ends[atoms.link_node][:, :, None]
    begins = np.zeros((len(atoms.nodes), *problem.need.shape[1:]), bool)
    np.logical_or.at(begins, atoms.link_node, links)
    return links, begins[atoms.hop_node] & there[atoms.hop_place][:, :, None]


def everyone_is_placed(problem: Problem, m: SitingModel) -> None:
    """Add: what is kept local and what stays away is the need that is left."""
    row = _dense(problem.need.shape, m.away_atom, m.away_year, m.away_sample)
    used = row[problem.atoms.link_atom[m.use_link], m.use_year, m.use_sample]
    need = problem.need[m.away_atom, m.away_year, m.away_sample]
    which, decided = preventing_decisions(problem, m)
    averted = problem.prevention.averted[which, m.open_year[decided]]
    prevents, prevented = np.nonzero(averted[:, m.away_atom, m.away_year, m.away_sample] > 0)
    amount = averted[:, m.away_atom, m.away_year, m.away_sample][prevents, prevented]
    m.linear.add_rows(
        np.concatenate([np.arange(len(m.away_column)), used, prevented]),
        np.concatenate([m.away_column, m.use_column, m.open_column[decided[prevents]]]),
        np.concatenate([np.ones(len(m.away_column) + len(used)), amount]),
        lower=need,
        upper=need,
        number=len(need),
        names=lambda: _names("everyone_is_placed", _atom_ids(problem, m.away_atom), m.away_year + 1, m.away_sample),
    )


def through_nodes(problem: Problem, m: SitingModel) -> None:
    """Add: what an area uses of a sort of place is served by places of that sort."""
    shape = (len(problem.atoms.nodes), problem.years, len(problem.weights))
    into = np.ravel_multi_index((problem.atoms.link_node[m.use_link], m.use_year, m.use_sample), shape)
    out = np.ravel_multi_index((problem.atoms.hop_node[m.serve_hop], m.serve_year, m.serve_sample), shape)
    cells, row = np.unique(np.concatenate([into, out]), return_inverse=True)
    node, year, sample = np.unravel_index(cells, shape)
    m.linear.add_rows(
        row,
        np.concatenate([m.use_column, m.serve_column]),
        np.concatenate([np.ones(len(into)), -np.ones(len(out))]),
        lower=0.0,
        upper=0.0,
        number=len(cells),
        names=lambda: _names("through_nodes", problem.atoms.nodes["node"].to_numpy()[node], year + 1, sample),
    )


def within_usable_places(problem: Problem, m: SitingModel) -> None:
    """Add: no place is used beyond what is usable of it on average.

    A building counts for no more than the need that can reach it: the same plans, and a tighter bound.
    """
    place = problem.atoms.hop_place[m.serve_hop]
    shape = (len(problem.places), problem.years, len(problem.weights))
    cells = np.unique(np.ravel_multi_index((place, m.serve_year, m.serve_sample), shape))
    p, t, s = np.unravel_index(cells, shape)
    row = _dense(shape, p, t, s)
    opened, year, amount = _ready_places(problem, m)
    size = (problem.options["places"] * problem.options["planned_occupancy"]).to_numpy(float)
    capacity = amount * size[m.open_option[opened]]
    target = problem.options["place"].to_numpy(np.intp)[m.open_option[opened]]
    single = ~problem.options["repeats"].to_numpy(bool)[m.open_option[opened]] & (
        problem.fixed_capacity[target, year] <= _NONE
    )
    rows = row[target, year]
    which, sample = np.nonzero(rows >= 0)
    useful = np.minimum(
        capacity[which], np.where(single[which], _reachable(problem)[target[which], year[which], sample], np.inf)
    )
    m.linear.add_rows(
        np.concatenate([row[place, m.serve_year, m.serve_sample], rows[which, sample]]),
        np.concatenate([m.serve_column, m.open_column[opened[which]]]),
        np.concatenate([np.ones(len(place)), -useful]),
        upper=problem.fixed_capacity[p, t],
        number=len(cells),
        names=lambda: _names("within_usable_places", problem.places["place"].to_numpy()[p], t + 1, s),
    )


def _through(problem: Problem) -> Floats:
    """Return the need that links to each node, (nodes, t, s)."""
    through = np.zeros((len(problem.atoms.nodes), *problem.need.shape[1:]))
    np.add.at(through, problem.atoms.link_node, problem.need[problem.atoms.link_atom])
    return through


def _reachable(problem: Problem) -> Floats:
    """Return the need that can reach each place, (p, t, s)."""
    reach = np.zeros((len(problem.places), *problem.need.shape[1:]))
    np.add.at(reach, problem.atoms.hop_place, _through(problem)[problem.atoms.hop_node])
    return reach


def serve_only_if_open(problem: Problem, m: SitingModel) -> None:
    """Add the strong form where it cuts: places not there already, and need below what one unit can take."""
    place = problem.atoms.hop_place[m.serve_hop]
    need = _through(problem)[problem.atoms.hop_node[m.serve_hop], m.serve_year, m.serve_sample]
    options = problem.options
    unit = np.zeros(len(problem.places))
    size = (options["places"] * options["planned_occupancy"]).to_numpy(float)
    opens = options["place"].to_numpy(np.intp) >= 0
    np.maximum.at(unit, options["place"].to_numpy(np.intp)[opens], size[opens])
    cuts = np.flatnonzero((problem.fixed_capacity[place, m.serve_year] <= _NONE) & (need < unit[place]))
    opened, year, _ = _ready_places(problem, m)
    target = options["place"].to_numpy(np.intp)[m.open_option[opened]] if len(opened) else np.zeros(0, np.intp)
    key = target * problem.years + year
    order = np.argsort(key, kind="stable")
    wanted = place[cuts] * problem.years + m.serve_year[cuts]
    first, last = np.searchsorted(key[order], wanted), np.searchsorted(key[order], wanted, side="right")
    row = np.repeat(np.arange(len(cuts)), last - first)
    within = np.arange(len(row)) - np.repeat(np.cumsum(last - first) - (last - first), last - first)
    entry = order[np.repeat(first, last - first) + within]
    m.linear.add_rows(
        np.concatenate([np.arange(len(cuts)), row]),
        np.concatenate([m.serve_column[cuts], m.open_column[opened[entry]]]),
        np.concatenate([np.ones(len(cuts)), -need[cuts][row]]),
        upper=0.0,
        number=len(cuts),
        names=lambda: _names(
            "serve_only_if_open", _hops(problem, m.serve_hop[cuts]), m.serve_year[cuts] + 1, m.serve_sample[cuts]
        ),
    )


def viable_if_open(problem: Problem, m: SitingModel) -> None:
    """Add: once filled, what is open is used to its minimum occupancy on average."""
    options = problem.options
    opened, year, minimum = due(problem, m)
    place = options["place"].to_numpy(np.intp)[m.open_option[opened]]
    cells, row = np.unique(place * problem.years + year, return_inverse=True)
    used = problem.atoms.hop_place[m.serve_hop] * problem.years + m.serve_year
    hit = np.flatnonzero(np.isin(used, cells))
    m.linear.add_rows(
        np.concatenate([row, np.searchsorted(cells, used[hit])]),
        np.concatenate([m.open_column[opened], m.serve_column[hit]]),
        np.concatenate([-minimum, problem.weights[m.serve_sample[hit]]]),
        lower=0.0,
        number=len(cells),
        names=lambda: _names(
            "viable_if_open", problem.places["place"].to_numpy()[cells // problem.years], cells % problem.years + 1
        ),
    )


def due(problem: Problem, m: SitingModel) -> tuple[Ints, Ints, Floats]:
    """Return the decisions (open variables) that must be viable, the years in which, and the places to be used."""
    options = problem.options
    minimum = (options["places"] * options["minimum_occupancy"]).to_numpy(float)
    opened, year, amount = _ready_places(problem, m)
    earlier = problem.ready[m.open_option, m.open_year].cumsum(axis=1)
    before = np.where(year >= FILLING_YEARS, earlier[opened, np.maximum(year - FILLING_YEARS, 0)], 0.0)
    filled = (before > _NONE) | (year == problem.years - 1)
    is_due = (amount >= 1 - _NONE) & filled & (minimum[m.open_option[opened]] > _NONE)
    return opened[is_due], year[is_due], minimum[m.open_option[opened[is_due]]]


def one_option_per_site(problem: Problem, m: SitingModel) -> None:
    """Add: of the options that share a site at most one is taken, and a building once."""
    options = problem.options
    repeats = options["repeats"].to_numpy(bool)
    site = options["site"].to_numpy(np.intp)
    names = options["site_id"].to_numpy()
    shared = np.bincount(site, minlength=1)[site] > 1 if len(site) else np.zeros(0, bool)
    needs_choice = np.flatnonzero(repeats & shared)
    choose = m.linear.add_variables(
        len(needs_choice), 1.0, lambda: _names("choose", options["option_id"].to_numpy()[needs_choice]), whole=True
    )
    column_of = dict(zip(needs_choice.tolist(), choose.tolist(), strict=True))
    built = np.flatnonzero(~repeats[m.open_option]) if len(options) else np.zeros(0, np.intp)
    rows, columns = site[m.open_option[built]], m.open_column[built]
    rows, columns = np.concatenate([rows, site[needs_choice]]), np.concatenate([columns, choose])
    sites, row = np.unique(rows, return_inverse=True)
    m.linear.add_rows(
        row, columns, 1.0, upper=1.0, number=len(sites),
        names=lambda: _names("one_option_per_site", [names[site == number][0] for number in sites]),
    )  # fmt: skip
    several = np.flatnonzero(np.isin(m.open_option, needs_choice))
    most = np.floor(options["max_units_per_year"].to_numpy(float))
    chosen = np.array([column_of[int(option)] for option in m.open_option[several]], np.intp)
    m.linear.add_rows(
        np.tile(np.arange(len(several)), 2),
        np.concatenate([m.open_column[several], chosen]),
        np.concatenate([np.ones(len(several)), -most[m.open_option[several]]]),
        upper=0.0,
        number=len(several),
        names=lambda: _names("only_if_chosen", _ids(problem, m.open_option[several]), m.open_year[several] + 1),
    )


def one_prevention_per_group(problem: Problem, m: SitingModel) -> None:
    """Add: of the options that prevent starts of one demand group at most one is taken; no row where none overlap."""
    sets = problem.prevention.overlaps()
    which, decided = preventing_decisions(problem, m)
    ids = _ids(problem, problem.prevention.option)
    found = [(row, column) for row, one in enumerate(sets) for column in m.open_column[decided[np.isin(which, one)]]]
    if sets:
        row, column = np.array(found, np.intp).reshape(-1, 2).T
        m.linear.add_rows(
            row, column, 1.0, upper=1.0, number=len(sets),
            names=lambda: [f"one_prevention_per_group[{','.join(ids[list(one)])}]" for one in sets],
        )  # fmt: skip


def at_least_one_of(problem: Problem, m: SitingModel) -> None:
    """Add: one of the options named is taken; no row when none is named."""
    if not problem.one_of:
        return
    named = np.flatnonzero(np.isin(m.open_option, np.array(problem.one_of)))
    m.linear.add_rows(
        np.zeros(len(named), np.intp),
        m.open_column[named],
        1.0,
        lower=1.0,
        number=1,
        names=lambda: ["at_least_one_of"],
    )


def homes_per_area(problem: Problem, m: SitingModel) -> None:
    """Add: no planning area gets more new children's homes than the cap leaves room for."""
    options = problem.options
    homes = np.flatnonzero(options["kind"].eq("open_home").to_numpy(bool)[m.open_option])
    area = options["planning_area"].to_numpy()[m.open_option[homes]]
    areas, row = np.unique(area.astype(str), return_inverse=True)
    m.linear.add_rows(
        row,
        m.open_column[homes],
        1.0,
        upper=np.array([float(max(problem.homes_left[str(name)], 0)) for name in areas]),
        number=len(areas),
        names=lambda: _names("homes_per_area", areas),
    )


def within_capital(problem: Problem, m: SitingModel) -> None:
    """Add: all capital together."""
    m.linear.add_rows(
        np.zeros(len(m.open_column), np.intp),
        m.open_column,
        problem.options["capital_gbp"].to_numpy(float)[m.open_option],
        upper=problem.capital_total_left,
        number=1,
        names=lambda: ["within_capital"],
    )


def within_schools_capital(problem: Problem, m: SitingModel) -> None:
    """Add: what schools take of the capital; no row where they may take all of it or there is none to open."""
    schools = problem.options["provision"].isin(list(codes.EDUCATION_PROVISION)).to_numpy(bool)[m.open_option]
    if not schools.any() or problem.limits.schools_capital_share >= 1:
        return
    m.linear.add_rows(
        np.zeros(int(schools.sum()), np.intp),
        m.open_column[schools],
        problem.options["capital_gbp"].to_numpy(float)[m.open_option[schools]],
        upper=problem.schools_capital_left,
        number=1,
        names=lambda: ["within_schools_capital"],
    )


def within_capital_each_year(problem: Problem, m: SitingModel) -> None:
    """Add: capital by the year of the decision."""
    capital = problem.options["capital_gbp"].to_numpy(float)[m.open_option]
    _limit_each_year(m, "within_capital_each_year", m.open_year, m.open_column, capital, problem.capital_left)


def within_staff_each_year(problem: Problem, m: SitingModel) -> None:
    """Add: new staff by the year of the decision; no row where any number can be recruited."""
    if problem.staff_left is not None:
        staff = problem.options["staff"].to_numpy(float)[m.open_option]
        _limit_each_year(m, "within_staff_each_year", m.open_year, m.open_column, staff, problem.staff_left)


def within_revenue_each_year(problem: Problem, m: SitingModel) -> None:
    """Add: gross new running cost, fixed and per place used, expected."""
    year, column, pounds, _ = _revenue_entries(problem, m)
    _limit_each_year(m, "within_revenue_each_year", year, column, pounds, problem.revenue_left)


def _limit_each_year(m: SitingModel, family: str, year: Ints, column: Ints, takes: Floats, left: Floats) -> None:
    m.linear.add_rows(
        year, column, takes, upper=left, number=len(left), names=lambda: _names(family, np.arange(1, len(left) + 1))
    )


def _revenue_entries(problem: Problem, m: SitingModel) -> tuple[Ints, Ints, Floats, Ints]:
    """Return what running cost is made of: the year, the variable, its pounds, and the place."""
    opened, year, amount = ready_entries(problem, m)
    option = m.open_option[opened]
    use = _serve_cost(problem, m, new_only=True)
    paid = np.flatnonzero(use > 0)
    return (
        np.concatenate([year, m.serve_year[paid]]),
        np.concatenate([m.open_column[opened], m.serve_column[paid]]),
        np.concatenate([problem.options["yearly_cost_gbp"].to_numpy(float)[option] * amount, use[paid]]),
        np.concatenate(
            [problem.options["place"].to_numpy(np.intp)[option], problem.atoms.hop_place[m.serve_hop[paid]]]
        ),
    )


def within_parts(problem: Problem, m: SitingModel) -> None:
    """Add: what each part of the authority may spend, where it plans by itself (`parts`)."""
    limit_parts(problem, m, _revenue_entries(problem, m))


_OF_FLOWS: Final = (everyone_is_placed, through_nodes, within_usable_places, serve_only_if_open, viable_if_open)
_OF_DECISIONS: Final = (
    one_option_per_site,
    one_prevention_per_group,
    at_least_one_of,
    homes_per_area,
    within_capital,
    within_schools_capital,
    within_capital_each_year,
    within_staff_each_year,
    within_revenue_each_year,
    within_parts,
)


def _away(problem: Problem, m: SitingModel) -> Floats:
    out = np.zeros(m.linear.variables)
    out[m.away_column] = problem.weights[m.away_sample]
    return out


def _capital(problem: Problem, m: SitingModel) -> Floats:
    out = np.zeros(m.linear.variables)
    out[m.open_column] = problem.options["capital_gbp"].to_numpy(float)[m.open_option]
    return out


def _net_revenue(problem: Problem, m: SitingModel) -> Floats:
    """Return running cost and what is still paid for children away; the need is given, so this is net.

    It counts from a cost of nothing: less what is paid with the places there are today (`plan.paid_with_nothing`) it is
    the running cost of what is opened and used, less the cost of placements that it avoids.
    """
    out = np.zeros(m.linear.variables)
    ready = problem.ready[m.open_option, m.open_year].sum(axis=1)
    out[m.open_column] = ready * problem.options["yearly_cost_gbp"].to_numpy(float)[m.open_option]
    which, decided = preventing_decisions(problem, m)
    saved = (problem.prevention.saved_gbp @ problem.weights).sum(axis=2)
    out[m.open_column[decided]] -= saved[which, m.open_year[decided]]
    out[m.serve_column] = _serve_cost(problem, m, new_only=False)
    away = cost_per_child_year(problem.atoms.table["away_cost_gbp"].to_numpy(float))
    out[m.away_column] = away[m.away_atom] * problem.weights[m.away_sample]
    return out


def _travel(problem: Problem, m: SitingModel) -> Floats:
    out = np.zeros(m.linear.variables)
    out[m.serve_column] = problem.atoms.hop_miles[m.serve_hop] * problem.weights[m.serve_sample]
    return out


def _serve_cost(problem: Problem, m: SitingModel, *, new_only: bool) -> Floats:
    """Return the expected pounds of each child-year served."""
    place = problem.atoms.hop_place[m.serve_hop]
    cost = cost_per_child_year(problem.places["weekly_cost_gbp"].to_numpy(float))[place]
    if new_only:
        cost = cost * problem.places["is_new"].to_numpy(bool)[place]
    return np.asarray(cost * problem.weights[m.serve_sample])


def ready_entries(problem: Problem, m: SitingModel) -> tuple[Ints, Ints, Floats]:
    """Return, for each (open variable, year) that is ready, the variable's number, the year and the part of it."""
    amount = problem.ready[m.open_option, m.open_year]
    opened, year = np.nonzero(amount > _NONE)
    return opened, year, amount[opened, year]


def _ready_places(problem: Problem, m: SitingModel) -> tuple[Ints, Ints, Floats]:
    """Return those of `ready_entries` that open places."""
    opened, year, amount = ready_entries(problem, m)
    there = problem.options["place"].to_numpy(np.intp)[m.open_option[opened]] >= 0
    return opened[there], year[there], amount[there]


def preventing_decisions(problem: Problem, m: SitingModel) -> tuple[Ints, Ints]:
    """Return, for each open variable that prevents, the option's position among those that do, and its own number."""
    option = problem.prevention.option
    decided = np.flatnonzero(np.isin(m.open_option, option))
    return np.searchsorted(option, m.open_option[decided]), decided


def _dense(shape: tuple[int, ...], *index: Ints) -> Ints:
    """Return an array holding the position of each index tuple, -1 elsewhere."""
    out = np.full(shape, -1, np.intp)
    out[index] = np.arange(len(index[0]))
    return out


def _ids(problem: Problem, option: Ints) -> npt.NDArray[np.object_]:
    return np.asarray(problem.options["option_id"].to_numpy(object)[option])


def _atom_ids(problem: Problem, atom: Ints) -> npt.NDArray[np.object_]:
    return np.asarray(problem.atoms.table["atom"].to_numpy(object)[atom])


def _links(problem: Problem, link: Ints) -> list[str]:
    atoms = _atom_ids(problem, problem.atoms.link_atom[link])
    nodes = problem.atoms.nodes["node"].to_numpy(object)[problem.atoms.link_node[link]]
    return [f"{atom},{node}" for atom, node in zip(atoms, nodes, strict=True)]


def _hops(problem: Problem, hop: Ints) -> list[str]:
    nodes = problem.atoms.nodes["node"].to_numpy(object)[problem.atoms.hop_node[hop]]
    places = problem.places["place"].to_numpy(object)[problem.atoms.hop_place[hop]]
    return [f"{node},{place}" for node, place in zip(nodes, places, strict=True)]


def _names(what: str, *parts: Sequence[object] | npt.NDArray[np.generic]) -> list[str]:
    return [f"{what}[{','.join(str(item) for item in row)}]" for row in zip(*parts, strict=True)]
