"""A new study: the folders, a `study.toml` that explains every setting, and empty templates for the own registers."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Final

from placements.errors import UsageError
from placements.geography.authorities import Authority, find_authority
from placements.read.register_templates import TEMPLATES
from placements.settings import AreaSettings, Settings
from placements.study import Study, open_study
from placements.writing import write_text

_SETTINGS: Final = """\
# The study: who it is about, when "now" is, and every assumption it makes.
# Lengths are miles, money is pounds, shares lie between 0 and 1. What is left out takes the value shown here.

[study]
authority = {authority}        # name or ONS code of an upper-tier authority of England
snapshot = {snapshot}          # the day that "now" means: usually the end of the latest return
synthetic = {synthetic}                # true when the children are made up: marked on every page
# A custom area instead of a whole authority: name its districts, by name or code.
{districts}

[areas]
# Planning areas: "district", "postcode_district" (such as GU1), "postcode_sector" (GU1 1), "h3" (hexagons), or "layer":
# your own wards, LSOAs or other areas, a file in data/areas/. The smaller they are, the more figures are suppressed.
level = "{d.areas.level}"
h3_resolution = {d.areas.h3_resolution}               # 6: 36 square kilometres a cell; 7: 5; 8: 0.7
layer = "{d.areas.layer}"                      # file in data/areas/; the only one there when empty
layer_code = "{d.areas.layer_code}"                 # its columns of codes and names, when not found by their names
layer_name = "{d.areas.layer_name}"
minimum_children = {d.areas.minimum_children}            # join areas until each has so many of each service; 0: none

[thresholds]
far_miles = {d.thresholds.far_miles}                # "over 20 miles from home"
near_home_miles = {d.thresholds.near_home_miles}           # over the boundary but this near home is appropriate
full_at_occupancy = {d.thresholds.full_at_occupancy}         # places of a kind are full from this share of them

[travel]
# How journeys by road are measured: docs/travel.md. "straight", "matrix" (a CSV of minutes), "osm" (roads, on this
# machine), or a routing server that you name, "osrm" or "valhalla": postcodes' points are sent to it and nowhere else.
method = "{d.travel.method}"
circuity_factor = {d.travel.circuity_factor}           # straight: miles by road a mile as the crow flies (assumed)
speed_mph = {d.travel.speed_mph}                # straight: from door to door (assumed)
matrix_file = "{d.travel.matrix_file}"                # matrix: in data/, such as travel/minutes.csv
osm_file = "{d.travel.osm_file}"                   # osm: in data/, such as travel/surrey.osm.pbf
snap_limit_m = {d.travel.snap_limit_m}            # a place farther from any road is outside the network
server_url = "{d.travel.server_url}"                 # osrm, valhalla: such as http://localhost:5000
server_batch = {d.travel.server_batch}               # the most origins, and destinations, in one question
timeout_s = {d.travel.timeout_s}
retries = {d.travel.retries}                     # when the server is busy, fails or cannot be reached

[capacity]
# Registered places are never all usable: matching, staffing, sex and age keep some empty.
usable_share_home = {d.capacity.usable_share_home}         # where commissioning holds no figure
usable_share_school = {d.capacity.usable_share_school}
usable_share_foster = {d.capacity.usable_share_foster}          # carers on hold, matching of siblings and ages
# Of usable places that stand vacant, the share that our children can expect to get.
share_for_us_own = {d.capacity.share_for_us_own}
share_for_us_private = {d.capacity.share_for_us_private}     # others place in these too
share_for_us_school = {d.capacity.share_for_us_school}

[forecast]
years = {d.forecast.years}
runs = {d.forecast.runs}                     # simulated futures
seed = {d.forecast.seed}
history_years = {d.forecast.history_years}              # years of starts that rates are estimated from
entry_rate_multiplier = {d.forecast.entry_rate_multiplier}    # 1.1 = one in ten more placements start than before
duration_multiplier = {d.forecast.duration_multiplier}      # 0.9 = placements last a tenth less
move_rate_multiplier = {d.forecast.move_rate_multiplier}          # 1.2 = a fifth more moves from place to place
exit_rate_multiplier = {d.forecast.exit_rate_multiplier}          # 1.1 = a tenth more leave care; plans cease
population_file = ""                # ONS projection by age, in data/, such as population/snpp.csv: entries grow with it
backtest_years = {d.forecast.backtest_years}                  # years hidden and forecast to judge the forecast; 0: none
# A change from a day on, as often as there are such: multipliers of what begins from then on.
# [[forecast.steps]]
# name = "Edge of care team"
# from_date = 2026-04-01
# service = "care"                  # or "education"; both when left out
# entry_rate_multiplier = 0.95      # and duration_, move_rate_, exit_rate_multiplier

[optimise]
capital_gbp = {d.optimise.capital_gbp:_.0f}          # over all years
capital_per_year_gbp = {d.optimise.capital_per_year_gbp:_.0f}
schools_capital_share = {d.optimise.schools_capital_share}  # at most; the rest is for care
revenue_per_year_gbp = {d.optimise.revenue_per_year_gbp:_.0f}  # new running cost in any one year, before what it avoids
demand_samples = {d.optimise.demand_samples}             # futures the plan must serve, drawn from the runs
travel_limit_miles = {d.optimise.travel_limit_miles}
# In order of importance; also "away_tail" (the mean of the worst futures), "largest_gap" (the area furthest behind).
goals = {goals}
# Or all goals as one sum, in pounds: for a child-year away, for a pound, for a mile of each child-year.
# weights = {{ away_child_years = 200_000, net_cost = 1, travel = 10 }}
tolerance = {d.optimise.tolerance}              # proven gap at which a plan counts as best for the first goal
later_tolerance = {d.optimise.later_tolerance}  # and for the goals after it
time_limit_s = {d.optimise.time_limit_s}
max_homes_per_area = {d.optimise.max_homes_per_area}
# staff_per_year = 40               # new staff, full-time, who can be recruited in a year; any number if not set
tail_level = {d.optimise.tail_level}                    # share of the futures, the mild ones, that away_tail leaves out
# An authority that others will share out, each planned for with places and money of its own: "" for together, or a
# boundary set such as "surrey-2027". Money is shared by need, or as stated: {{ "West Surrey" = 0.55 }}.
separate = ""
separate_shares = {{}}
# The share of a need that is to be kept local, before any other goal.
# [optimise.least_share_local]
# disabled = 0.5

[compare]
# `placements compare --tornado` moves one assumption at a time, down and up by so much.
price_change = {d.compare.price_change}                  # share of today's prices
entries_change = {d.compare.entries_change}                # share of the placements that start
cost_change = {d.compare.cost_change}                   # share of what the interventions cost
success_change = {d.compare.success_change}                # share of each probability of success
lead_time_change_years = {d.compare.lead_time_change_years}
occupancy_change = {d.compare.occupancy_change}             # of the places

# The same children under other boundaries (`placements analyse --boundary-set NAME`): parts, each with its districts.
# What the law brings needs no list: Surrey has `surrey-2027`, and any date such as 2027-04-01 can be asked for.
# [boundary_sets.halves]
# North = ["Spelthorne", "Runnymede"]
# South = ["Waverley"]

[reports]
# The statement's own order of sections, those to be left out not among them; reports/own/NAME.md adds a section NAME.
sections = []                       # such as ["summary", "voices", "duty", "where", "gap", "plan"]; []: all
template = ""                       # a Word file in this folder whose styles are used, such as house-style.docx
draft = true                        # marked as a draft on every page; false when it is to be published

[map]
# The page has a background of its own and asks nobody for anything. With an address of tiles, such as
# "https://tiles.example.org/{{z}}/{{x}}/{{y}}.png", it may ask that host alone, which then knows what is looked at.
tiles = "{d.map.tiles}"
attribution = "{d.map.attribution}"                 # what the owner of the tiles asks to be said

[disclosure]
profile = "{d.disclosure.profile}"      # "shareable", or "internal": watermarked, not to be shared
correction = false                  # true: figures published before are corrected, and the statement says so
"""
_SOURCES: Final = ("ssda903", "sen2", "gias", "ofsted", "register", "census", "published")
_TARGETS: Final = "indicator,baseline,target,due_date,owner,action,status,reason\n"


def settings_text(
    authority: str,
    snapshot: dt.date,
    *,
    synthetic: bool = False,
    districts: tuple[str, ...] = (),
    name: str = "",
    level: str = "district",
) -> str:
    """Return a `study.toml` with every setting, its default and what it means."""
    quoted = ", ".join(f'"{item}"' for item in districts)
    custom = (
        f'districts = [{quoted}]\nname = "{name}"'
        if districts
        else '# districts = ["Guildford", "E07000217"]\n# name = "Guildford and Woking"'
    )
    defaults = replace(Settings(), areas=AreaSettings(level))
    text = _SETTINGS.format(
        authority=f'"{authority}"',
        snapshot=snapshot.isoformat(),
        synthetic=str(synthetic).lower(),
        districts=custom,
        d=defaults,
        goals="[" + ", ".join(f'"{goal}"' for goal in defaults.optimise.goals) + "]",
    )
    return "\n".join(_aligned(line) for line in text.split("\n"))


def _aligned(line: str) -> str:
    """Return a line of settings with its remark in one column with the others."""
    setting, mark, remark = line.partition("  #")
    return f"{setting.rstrip():<34}  #{remark}" if mark else line


def init_study(
    folder: Path,
    authority: str,
    *,
    snapshot: dt.date | None = None,
    districts: tuple[str, ...] = (),
    name: str = "",
    synthetic: bool = False,
) -> Study:
    """Make a study folder and open it.

    Parameters
    ----------
    folder : Path
        Made if it is not there.
    authority : str
        Name or code; with `districts`, only a label.

    Raises
    ------
    UsageError
        When the authority is not one, or the folder already holds a study.
    """
    day = snapshot or Settings().study.snapshot
    found: Authority = find_authority(authority, districts, name, day)
    if (folder / "study.toml").exists():
        raise UsageError(f"{folder / 'study.toml'} is there already: open it, or name another folder")
    label = authority if districts else found.name
    # A unitary or a borough is one district: its planning areas have to be smaller.
    level = "district" if len(found.districts) > 1 else "postcode_district"
    text = settings_text(label, day, synthetic=synthetic, districts=districts, name=name, level=level)
    write_text(folder / "study.toml", text)
    for source in (*_SOURCES, "postcodes", "boundaries", "areas", "travel"):
        (folder / "data" / source).mkdir(parents=True, exist_ok=True)
    for table, columns in TEMPLATES.items():
        path = folder / "data" / "register" / f"{table}.csv"
        if not synthetic and not path.exists():
            write_text(path, ",".join(columns) + "\n")
    write_text(folder / "data" / "README.md", data_guide())
    for out in ("scenarios", "maps", "reports"):
        (folder / out).mkdir(exist_ok=True)
    if not (folder / "targets.csv").exists():
        write_text(folder / "targets.csv", _TARGETS)
    if not (folder / ".gitignore").exists():
        write_text(
            folder / ".gitignore",
            "# Real returns describe children.\n/.placements/\n/data/\n/maps/\n/reports/*\n!/reports/own/\n"
            "/quarantine/\n",
        )
    return open_study(folder)


def data_guide() -> str:
    """Return the guide to `data/`: what goes where, and the columns of each own register."""
    lines = [
        "# What goes where",
        "",
        "| folder | put here |",
        "|---|---|",
        "| `ssda903/YEAR/` | the CSV files of each annual SSDA903 return (header, episodes, UASC) |",
        "| `sen2/` | the SEN2 export: CSV modules (COLLECT Blade) or the XML return; the latest of several is used |",
        "| `gias/` | `edubasealldataYYYYMMDD.csv`, `links_edubasealldataYYYYMMDD.csv`; the newest of several wins |",
        "| `ofsted/` | the lists that Ofsted sends authorities, and its published provider-level data, of any years |",
        "| `register/` | your own tables, below, as CSV or workbooks |",
        "| `census/` | the commissioning census (Placements North West's form), if you have one: costs and reasons |",
        "| `published/` | DfE's published statistics (children looked after, EHC plans, neighbours), as downloaded |",
        "| `postcodes/` | ONSPD, NSPL or Code-Point Open (`.csv`, `.csv.gz`), if the bundled directory is too old |",
        "| `boundaries/` | an official boundary file (GeoPackage, GeoJSON, shapefile), if any (otherwise derived) |",
        "| `areas/` | a layer of planning areas of your own (wards, LSOAs), if `areas.level` is `layer` |",
        "| `population/` | ONS's projection by single year of age, if `forecast.population_file` names one |",
        "| `travel/` | a file of minutes or an OpenStreetMap extract (`.osm.pbf`), if `travel.method` needs one |",
        "",
        "Real returns describe children: keep this folder where only those who may see them can.",
        "",
    ]
    for table, columns in TEMPLATES.items():
        lines += [f"## register/{table}.csv", "", "| column | meaning |", "|---|---|"]
        lines += [f"| `{column}` | {meaning} |" for column, meaning in columns.items()]
        lines.append("")
    return "\n".join(lines)
