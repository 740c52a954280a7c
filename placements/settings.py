"""`study.toml`: what the study is about, and every assumption it makes.

All mistakes in the file are collected and raised once, each naming the setting, what was found and what is allowed.
The defaults are stated here and written, with comments, into each new study: none is hidden in the code that uses it.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, get_type_hints
from urllib.parse import urlsplit

from placements.codes import NEED_GROUP_LABEL, SERVICES
from placements.errors import SettingsError

PROFILES = ("shareable", "internal")
AREA_LEVELS = ("district", "postcode_district", "postcode_sector", "h3", "layer")
GOALS = ("away_child_years", "net_cost", "travel")
#: Goals that are there for the asking: the mean of the worst futures, and the area left furthest behind.
GOAL_NAMES = (*GOALS, "away_tail", "largest_gap")
#: The goal that floors for needs make: before all others.
FLOORS_GOAL = "floors_missed"
#: The goal that weights make of the first three: instead of an order.
WEIGHTED_GOAL = "weighted_cost"
TRAVEL_METHODS = ("straight", "matrix", "osm", "osrm", "valhalla")


@dataclass(frozen=True)
class StudySettings:
    """Who and when. `districts` names a custom area instead of a whole authority."""

    authority: str = "Surrey"
    snapshot: dt.date = dt.date(2025, 3, 31)
    districts: tuple[str, ...] = ()
    name: str = ""
    synthetic: bool = False


@dataclass(frozen=True)
class AreaSettings:
    """Planning areas within the authority.

    `layer` names the file in `data/areas/` that areas of level `layer` come from (the only one there when empty);
    `layer_code` and `layer_name` its columns, when they are not found by their names. Areas with fewer children of
    either service than `minimum_children` are joined to one that adjoins; 0 joins none.
    """

    level: str = "district"
    h3_resolution: int = 6
    layer: str = ""
    layer_code: str = ""
    layer_name: str = ""
    minimum_children: int = 0


@dataclass(frozen=True)
class ThresholdSettings:
    """Distances and limits that definitions use."""

    far_miles: float = 20.0
    near_home_miles: float = 3.0
    full_at_occupancy: float = 0.9


@dataclass(frozen=True)
class TravelSettings:
    """How journeys by road are measured (`docs/travel.md`).

    The circuity factor and the speed of `straight` are assumed. `matrix_file` and `osm_file` are named from the study's
    `data/`. A server is asked only when `method` is `osrm` or `valhalla`, and only the one named; the most origins and
    destinations in one question suit what both kinds of server take by default.
    """

    method: str = "straight"
    circuity_factor: float = 1.4
    speed_mph: float = 25.0
    matrix_file: str = ""
    osm_file: str = ""
    snap_limit_m: float = 1000.0
    server_url: str = ""
    server_batch: int = 50
    timeout_s: float = 30.0
    retries: int = 3


@dataclass(frozen=True)
class CapacitySettings:
    """From registered places to places that our children can use.

    Registered places are never all usable: matching, staffing, sex and age keep some empty. About a quarter of approved
    fostering places are not available at any time (assumed; Ofsted's *Fostering in England* reports such a share). The
    shares for us apply to places that others can also buy; our own provision is ours.
    """

    usable_share_home: float = 0.85
    usable_share_school: float = 1.0
    usable_share_foster: float = 0.75
    share_for_us_own: float = 1.0
    share_for_us_private: float = 0.35
    share_for_us_school: float = 0.9


@dataclass(frozen=True)
class ForecastStep:
    """A change that begins on a day, for one service or both: multipliers of what begins from then on."""

    name: str = ""
    from_date: dt.date = dt.date(1900, 1, 1)
    service: str = ""
    entry_rate_multiplier: float = 1.0
    duration_multiplier: float = 1.0
    move_rate_multiplier: float = 1.0
    exit_rate_multiplier: float = 1.0


@dataclass(frozen=True)
class ForecastSettings:
    """How far ahead, how many runs, and levers on the rates (1.0 = as observed)."""

    years: int = 5
    runs: int = 200
    seed: int = 7
    history_years: int = 3
    entry_rate_multiplier: float = 1.0
    duration_multiplier: float = 1.0
    move_rate_multiplier: float = 1.0
    exit_rate_multiplier: float = 1.0
    population_file: str = ""
    backtest_years: int = 2
    steps: tuple[ForecastStep, ...] = ()


@dataclass(frozen=True)
class GoalWeights:
    """What each goal is worth in pounds, when goals are one sum instead of an order.

    `away_child_years` is pounds a child-year away, `net_cost` pounds a pound (1 unless some money counts for less), and
    `travel` pounds a mile between a child's area and the place, for each child-year there.
    """

    away_child_years: float = 0.0
    net_cost: float = 0.0
    travel: float = 0.0


@dataclass(frozen=True)
class OptimiseSettings:
    """The money, the limits and the goals, in order of importance or as one weighted sum.

    Capital for schools and for children's social care comes from different grants, and a place in a home costs more
    than a place in a school: `schools_capital_share` is the most that schools may take, so that they do not crowd homes
    out. `staff_per_year` is how many new staff (full-time equivalents) can be recruited in a year; not set, any
    number. `tail_level` is the share of futures that the goal `away_tail` leaves out, the mild ones.
    `least_share_local` is by need: the share of it that is to be kept local, before any other goal. `separate` names a
    boundary set whose authorities are each planned for with places of their own, and `separate_shares` the part of the
    money that each has (`optimisation.separate`): of what is left out, each has its share of the need.
    """

    capital_gbp: float = 18_000_000.0
    capital_per_year_gbp: float = 7_000_000.0
    schools_capital_share: float = 0.5
    revenue_per_year_gbp: float = 12_000_000.0
    demand_samples: int = 6
    travel_limit_miles: float = 20.0
    goals: tuple[str, ...] = GOALS
    weights: GoalWeights | None = None
    tolerance: float = 0.005
    later_tolerance: float = 0.02
    time_limit_s: float = 180.0
    max_homes_per_area: int = 2
    staff_per_year: float | None = None
    tail_level: float = 0.8
    least_share_local: Mapping[str, float] = field(default_factory=dict)
    separate: str = ""
    separate_shares: Mapping[str, float] = field(default_factory=dict)

    @property
    def goals_in_order(self) -> tuple[str, ...]:
        """Return the goals, floors first where there are any; weights make one of those that follow."""
        floors = (FLOORS_GOAL,) if self.least_share_local else ()
        return (*floors, *(self.goals if self.weights is None else (WEIGHTED_GOAL,)))


@dataclass(frozen=True)
class CompareSettings:
    """How far each assumption of a comparison is moved, down and up, to see what hangs on it (`comparison.tornado`).

    Changes of price, entries, cost and success are shares of what is assumed; occupancy is moved by so much of the
    places.
    """

    price_change: float = 0.1
    entries_change: float = 0.1
    cost_change: float = 0.1
    success_change: float = 0.2
    lead_time_change_years: float = 0.5
    occupancy_change: float = 0.05


@dataclass(frozen=True)
class MapSettings:
    """Background tiles of the map page, for those who want them: none unless an address is given.

    `tiles` is an address of one host with `{z}`, `{x}` and `{y}`; whoever opens the page then tells that host which
    part of the country is looked at. `attribution` is what the owner of the tiles asks to be said.
    """

    tiles: str = ""
    attribution: str = ""


@dataclass(frozen=True)
class DisclosureSettings:
    """What may leave the program, and whether it corrects what was published before (and says so)."""

    profile: str = "shareable"
    correction: bool = False


@dataclass(frozen=True)
class ReportSettings:
    """What the documents are like.

    `sections` are those of the statement, in order, by key (all, in their own order, when empty); `template` a Word
    file of the study's whose styles are taken; `draft` whether they are marked as drafts, on every page.
    """

    sections: tuple[str, ...] = ()
    template: str = ""
    draft: bool = True


@dataclass(frozen=True)
class Settings:
    """All of `study.toml`."""

    study: StudySettings = field(default_factory=StudySettings)
    areas: AreaSettings = field(default_factory=AreaSettings)
    thresholds: ThresholdSettings = field(default_factory=ThresholdSettings)
    travel: TravelSettings = field(default_factory=TravelSettings)
    capacity: CapacitySettings = field(default_factory=CapacitySettings)
    forecast: ForecastSettings = field(default_factory=ForecastSettings)
    optimise: OptimiseSettings = field(default_factory=OptimiseSettings)
    compare: CompareSettings = field(default_factory=CompareSettings)
    reports: ReportSettings = field(default_factory=ReportSettings)
    map: MapSettings = field(default_factory=MapSettings)
    disclosure: DisclosureSettings = field(default_factory=DisclosureSettings)
    boundary_sets: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, for the manifest."""
        return asdict(self)


def read_settings(path: Path) -> Settings:
    """Read and check a `study.toml`.

    Raises
    ------
    SettingsError
        When the file is missing, is not TOML, or any setting is unknown or out of range; all are listed at once.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise SettingsError(
            "there is no study here",
            file=path,
            advice="make one with `placements init DIR --authority NAME`, or name another folder",
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"is not valid TOML: {error}", file=path, advice="mend the line named") from None
    return settings_from(raw, path)


def settings_from(raw: Mapping[str, Any], path: Path | None = None) -> Settings:
    """Build `Settings` from nested mappings, collecting every mistake. Raises `SettingsError`."""
    problems: list[str] = []
    parts: dict[str, Any] = {}
    sections = get_type_hints(Settings)
    problems += [f"[{name}] is not a section; there are {', '.join(sections)}" for name in raw if name not in sections]
    parts["boundary_sets"] = _boundary_sets(raw.get("boundary_sets", {}), problems)
    for name, kind in sections.items():
        if name in parts:
            continue
        parts[name] = _section(name, kind, raw.get(name, {}), problems)
    if not problems:
        problems += _rules(Settings(**parts))
    if problems:
        raise SettingsError(
            "\n  - ".join(["these settings cannot be followed:", *problems]),
            file=path,
            advice="mend them in the file; `placements init` writes one with every setting explained",
        )
    return Settings(**parts)


def _section(name: str, kind: type, values: Any, problems: list[str]) -> Any:
    if not isinstance(values, Mapping):
        problems.append(f"[{name}] must be a table of settings, found {values!r}")
        return kind()
    hints, given = get_type_hints(kind), {}
    allowed = [entry.name for entry in fields(kind)] if is_dataclass(kind) else []
    for key, value in values.items():
        if key not in allowed:
            problems.append(f"{name}.{key} is not a setting; there are {', '.join(allowed)}")
            continue
        if hints[key] == tuple[ForecastStep, ...]:
            given[key] = _steps(f"{name}.{key}", value, problems)
            continue
        if hints[key] == GoalWeights | None:
            given[key] = _section(f"{name}.{key}", GoalWeights, value, problems)
            continue
        try:
            given[key] = _coerce(value, float if hints[key] == float | None else hints[key])
        except (TypeError, ValueError):
            problems.append(f"{name}.{key} = {value!r} is not {_KIND_WORDS.get(hints[key], 'of the right kind')}")
    return kind(**given)


def _steps(name: str, values: Any, problems: list[str]) -> tuple[ForecastStep, ...]:
    """Read `[[forecast.steps]]`: a list of tables."""
    if not isinstance(values, list | tuple):
        problems.append(f"{name} is written as [[{name}]], one table for each step, found {values!r}")
        return ()
    return tuple(_section(f"{name} {at}", ForecastStep, value, problems) for at, value in enumerate(values, 1))


def _boundary_sets(values: Any, problems: list[str]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Read `[boundary_sets.NAME]`: parts by name, each a list of districts."""
    if not isinstance(values, Mapping) or not all(isinstance(parts, Mapping) for parts in values.values()):
        problems.append("[boundary_sets] holds tables such as [boundary_sets.halves], each with its parts")
        return {}
    sets: dict[str, dict[str, tuple[str, ...]]] = {}
    for name, parts in values.items():
        for part, districts in parts.items():
            try:
                sets.setdefault(name, {})[part] = _coerce(districts, tuple[str, ...])
                if not districts:
                    raise TypeError
            except TypeError:
                problems.append(f"boundary_sets.{name}.{part} = {districts!r} is not a list of districts")
        if not parts:
            problems.append(f"boundary_sets.{name} has no parts: name each, with its districts")
    return sets


def _floor_rules(floors: Mapping[str, float]) -> list[str]:
    known = sorted(NEED_GROUP_LABEL)
    return [
        f"optimise.least_share_local.{need} = {share}: a share of one of {', '.join(known)}, between 0 and 1"
        for need, share in floors.items()
        if need not in known or not 0 <= share <= 1
    ]


_KIND_WORDS: Mapping[Any, str] = {
    Mapping[str, float]: "a table of numbers",
    str: "text",
    int: "a whole number",
    float: "a number",
    float | None: "a number",
    bool: "true or false",
    dt.date: "a date such as 2025-03-31",
    tuple[str, ...]: "a list of texts",
}


def _coerce(value: Any, kind: Any) -> Any:
    if kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if kind == Mapping[str, float] and isinstance(value, Mapping):
        return {str(name): _coerce(one, float) for name, one in value.items()}
    if kind is dt.date and isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    if kind == tuple[str, ...]:
        if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
            return tuple(value)
        raise TypeError
    if kind in (str, bool) and isinstance(value, kind):
        return value
    if kind is int and isinstance(value, int) and not isinstance(value, bool):
        return value
    raise TypeError


def _rules(settings: Settings) -> list[str]:
    """Return what is out of range or contradictory."""
    problems = []
    if settings.areas.level not in AREA_LEVELS:
        problems.append(f"areas.level = {settings.areas.level!r}: choose one of {', '.join(AREA_LEVELS)}")
    if settings.areas.layer and Path(settings.areas.layer).name != settings.areas.layer:
        problems.append(f"areas.layer = {settings.areas.layer!r}: name a file in data/areas/, without folders")
    if settings.disclosure.profile not in PROFILES:
        problems.append(f"disclosure.profile = {settings.disclosure.profile!r}: choose one of {', '.join(PROFILES)}")
    problems += _travel_rules(settings.travel) + _map_rules(settings.map)
    unknown = [goal for goal in settings.optimise.goals if goal not in GOAL_NAMES]
    if unknown or not settings.optimise.goals:
        problems.append(f"optimise.goals = {list(settings.optimise.goals)!r}: choose from {', '.join(GOAL_NAMES)}")
    problems += share_problems(settings.optimise.separate_shares, "optimise.separate_shares: ")
    problems += _floor_rules(settings.optimise.least_share_local) + weight_problems(settings.optimise.weights)
    problems += [
        f"capacity.{entry.name} = {getattr(settings.capacity, entry.name)}: a share lies between 0 and 1"
        for entry in fields(settings.capacity)
        if not 0 <= getattr(settings.capacity, entry.name) <= 1
    ]
    ranges: tuple[tuple[str, float, float, float], ...] = (
        ("areas.h3_resolution", settings.areas.h3_resolution, 4, 9),
        ("areas.minimum_children", settings.areas.minimum_children, 0, 100_000),
        ("thresholds.far_miles", settings.thresholds.far_miles, 0, 500),
        ("thresholds.near_home_miles", settings.thresholds.near_home_miles, 0, 500),
        ("thresholds.full_at_occupancy", settings.thresholds.full_at_occupancy, 0, 1),
        ("travel.circuity_factor", settings.travel.circuity_factor, 1, 5),
        ("travel.speed_mph", settings.travel.speed_mph, 1, 70),
        ("travel.snap_limit_m", settings.travel.snap_limit_m, 1, 50_000),
        ("travel.server_batch", settings.travel.server_batch, 1, 10_000),
        ("travel.timeout_s", settings.travel.timeout_s, 0.1, 3600),
        ("travel.retries", settings.travel.retries, 0, 20),
        ("forecast.years", settings.forecast.years, 1, 10),
        ("forecast.runs", settings.forecast.runs, 2, 100_000),
        ("forecast.history_years", settings.forecast.history_years, 1, 10),
        *_lever_ranges("forecast", settings.forecast),
        *(row for at, step in enumerate(settings.forecast.steps, 1) for row in _lever_ranges(f"step {at}", step)),
        ("forecast.backtest_years", settings.forecast.backtest_years, 0, 10),
        ("optimise.capital_gbp", settings.optimise.capital_gbp, 0, 1e12),
        ("optimise.capital_per_year_gbp", settings.optimise.capital_per_year_gbp, 0, 1e12),
        ("optimise.schools_capital_share", settings.optimise.schools_capital_share, 0, 1),
        ("optimise.revenue_per_year_gbp", settings.optimise.revenue_per_year_gbp, 0, 1e12),
        ("optimise.demand_samples", settings.optimise.demand_samples, 1, 1000),
        ("optimise.travel_limit_miles", settings.optimise.travel_limit_miles, 0, 500),
        ("optimise.tolerance", settings.optimise.tolerance, 1e-9, 0.2),
        ("optimise.later_tolerance", settings.optimise.later_tolerance, 1e-9, 0.2),
        ("optimise.time_limit_s", settings.optimise.time_limit_s, 0.1, 86_400),
        ("optimise.max_homes_per_area", settings.optimise.max_homes_per_area, 0, 100),
        ("optimise.tail_level", settings.optimise.tail_level, 0, 0.99),
        ("compare.lead_time_change_years", settings.compare.lead_time_change_years, 0, 5),
        *(
            (f"compare.{name}", getattr(settings.compare, name), 0, 1)
            for name in ("price_change", "entries_change", "cost_change", "success_change", "occupancy_change")
        ),
    )
    if settings.optimise.staff_per_year is not None:
        ranges += (("optimise.staff_per_year", settings.optimise.staff_per_year, 0, 1e6),)
    problems += _step_rules(settings.forecast.steps)
    problems += [
        f"{name} = {value}: it lies between {low:g} and {high:g}"
        for name, value, low, high in ranges
        if not low <= value <= high
    ]
    if settings.optimise.demand_samples > settings.forecast.runs:
        problems.append("optimise.demand_samples is more than forecast.runs: samples are drawn from the runs")
    return problems


def share_problems(shares: Mapping[str, float], where: str = "") -> list[str]:
    """Return what is wrong with shares of one sum: each is one, and together they are no more than all of it."""
    wrong = [f"{where}{name} = {share}: a share lies between 0 and 1" for name, share in shares.items()
             if not 0 <= share <= 1]  # fmt: skip
    total = sum(shares.values())
    return wrong or ([f"{where}together they are {total:.3f}, more than 1"] if total > 1 + 1e-9 else [])


def weight_problems(weights: GoalWeights | None) -> list[str]:
    """Return what is wrong with weights of goals: each is a worth, and at least one goal counts."""
    if weights is None:
        return []
    worth = asdict(weights)
    wrong = [
        f"optimise.weights.{name} = {value}: it lies between 0 and 1e+12"
        for name, value in worth.items()
        if not 0 <= value <= 1e12
    ]
    return wrong if wrong or any(worth.values()) else ["optimise.weights: at least one goal has a weight above 0"]


def _lever_ranges(where: str, levers: ForecastSettings | ForecastStep) -> list[tuple[str, float, float, float]]:
    return [
        (f"{where}.entry_rate_multiplier", levers.entry_rate_multiplier, 0, 10),
        (f"{where}.duration_multiplier", levers.duration_multiplier, 0.1, 10),
        (f"{where}.move_rate_multiplier", levers.move_rate_multiplier, 0, 10),
        (f"{where}.exit_rate_multiplier", levers.exit_rate_multiplier, 0, 10),
    ]


def _step_rules(steps: tuple[ForecastStep, ...]) -> list[str]:
    """Return what a step of the forecast lacks: a name to be shown by, a day, and a service that there is."""
    problems = []
    for at, step in enumerate(steps, 1):
        if not step.name:
            problems.append(f"forecast.steps {at} has no name: it is shown with the forecast")
        if step.from_date.year < 2000:
            problems.append(f"forecast.steps {at} has no from_date, such as 2026-04-01")
        if step.service not in ("", *SERVICES):
            problems.append(f"forecast.steps {at}.service = {step.service!r}: care, education, or left out for both")
    return problems


def _map_rules(chosen: MapSettings) -> list[str]:
    """Return what is wrong with an address of tiles: one host, over https, and said whose they are."""
    if not chosen.tiles:
        return []
    try:
        url = urlsplit(chosen.tiles)
        sound = url.scheme == "https" and bool(url.hostname) and url.username is None and "{" not in url.netloc
        sound = sound and all("!" <= sign <= "~" and sign not in "\"';," for sign in chosen.tiles)
    except ValueError:
        sound = False
    if not sound or not all(part in chosen.tiles for part in ("{z}", "{x}", "{y}")):
        return ["map.tiles is not an address such as https://tiles.example.org/{z}/{x}/{y}.png, of one host"]
    return [] if chosen.attribution else ["map.attribution is not set: say whose tiles they are"]


def _travel_rules(travel: TravelSettings) -> list[str]:
    """Return what a way of measuring travel lacks: each needs its file or its server."""
    if travel.method not in TRAVEL_METHODS:
        return [f"travel.method = {travel.method!r}: choose one of {', '.join(TRAVEL_METHODS)}"]
    needed = {"matrix": "matrix_file", "osm": "osm_file", "osrm": "server_url", "valhalla": "server_url"}
    name = needed.get(travel.method)
    if name is not None and not getattr(travel, name):
        return [f"travel.{name} is not set: travel.method = {travel.method!r} needs it"]
    if name == "server_url":
        try:
            url = urlsplit(travel.server_url)
            sound = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
            # What Python will not send it prints whole, the points of homes too; and it drops line breaks in silence.
            sound = sound and all("!" <= sign <= "~" and sign not in "?#" for sign in travel.server_url)
        except ValueError:
            sound = False
        # A password would be written into the manifest; a question or a fragment has no place in an address.
        if not sound or url.username is not None:
            return ["travel.server_url is not an address such as http://localhost:5000, with no login, query or blank"]
    return []
