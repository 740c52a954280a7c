"""What do the data say? Headline, location, sufficiency and cost as plain rows that may be shown under a profile."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from placements import codes
from placements.analysis.benchmark import AUTHORITY, ENGLAND, NEIGHBOURS, REGION, benchmark
from placements.analysis.benchmark_measures import SHARE
from placements.analysis.cost import cost
from placements.analysis.gap import WANTED_LABEL
from placements.analysis.indicators import Indicator
from placements.analysis.location import LOCATION_CELLS
from placements.analysis.published import CEASED, OF_OTHERS, STARTED, published_comparison
from placements.analysis.snapshot import stock
from placements.commands.access import access_rows
from placements.commands.boundary_set import restated_report
from placements.commands.journeys import journey_rows
from placements.county import County
from placements.disclosure.beside_published import BESIDE
from placements.disclosure.control.tables import group
from placements.disclosure.headline import headline_texts
from placements.disclosure.held import HELD, OTHERS
from placements.disclosure.publication import YES, ceased_population, county_figures, started_population
from placements.disclosure.shown import ShownFigures
from placements.disclosure.sufficiency import shown_sufficiency
from placements.disclosure.suppress import SUPPRESSED, count_text, money_text, yearly_money_text
from placements.loading import load
from placements.manifest import plain_values, travel
from placements.progress import Reporter
from placements.study import open_study

_PLACE_TITLES: Final = {AUTHORITY: "authority", REGION: "region", ENGLAND: "England", NEIGHBOURS: "neighbours"}


def analysis_report(
    folder: Path, by: list[str], profile: str | None, reporter: Reporter, boundary_set: str | None = None
) -> dict[str, Any]:
    """Return headline figures, location x distance, sufficiency and cost, as they may be shown under the profile.

    With a `boundary_set`, its restatement too.
    """
    study = open_study(folder).with_profile(profile)
    county = load(study, reporter)
    shown = study.settings.disclosure.profile
    with reporter.stage("disclosure control") as stage:
        figures = county_figures(county, shown)
        stage.done(figures.summary)
    return {
        "authority": county.authority.name,
        "code": county.authority.code,
        "snapshot": county.snapshot.isoformat(),
        "synthetic": county.synthetic,
        "profile": shown,
        "headline": [_figure(item, figures) for item in county.headline()],
        "location": _location(figures),
        "sufficiency": sufficiency_rows(county, by, figures),
        "access": access_rows(county, shown),
        "cost": _cost(county, figures),
        "journeys": journey_rows(county.school_journeys, figures),
        "travel": travel(county),
        "published": published_rows(county, figures),
        "benchmarks": plain_values(_benchmarks(county)),
        "boundary_set": None if boundary_set is None else restated_report(county, boundary_set, figures),
    }


def _figure(item: Indicator, figures: ShownFigures) -> dict[str, Any]:
    """Return a headline figure as it may be shown, with its parts and definition."""
    texts = headline_texts(figures, item.name)
    return {
        "name": item.name,
        "label": item.label,
        "shown": texts.value,
        "numerator": texts.numerator or None,
        "denominator": texts.denominator or None,
        "excluded": texts.excluded or None,
        "definition": item.definition,
    }


def _location(figures: ShownFigures) -> list[dict[str, Any]]:
    rows = []
    for service in codes.SERVICES:
        everyone = group(service)
        for place, band in LOCATION_CELLS:
            cell = group(service, {"location": place, "distance": band})
            rows.append(
                {
                    "service": service,
                    "location": place,
                    "distance": band,
                    "count": figures.count(cell),
                    "of": figures.count(everyone),
                    "share": figures.share(cell, everyone),
                }
            )
    return rows


def sufficiency_rows(county: County, by: list[str], figures: ShownFigures) -> list[dict[str, Any]]:
    """Return need, local places and gap by any breakdown; counts of children as they may be shown."""
    table = county.sufficiency(by)
    shown = shown_sufficiency(table, by, figures.profile, figures)
    return [
        {name: _label(county, name, raw[name]) for name in by} | texts
        for texts, raw in zip(shown, table.reset_index().to_dict("records"), strict=True)
    ]


def published_rows(county: County, figures: ShownFigures) -> list[dict[str, Any]]:
    """Return published figures beside those of the data, which stand as they do in the release."""
    table = published_comparison(county.authority.code, county.placements, county.provision, county.snapshot)
    rows = []
    for row in table.to_dict("records"):
        counted = row["here_of"] != row["here_of"]  # NaN: a count, not a share
        rows.append(
            {
                "figure": row["label"],
                "published_year": str(row["year"]),
                "published": f"{row['published']:,.0f}"
                if counted
                else f"{100 * row['published'] / row['published_of']:.0f}%",
                "these_data": beside(row["label"], row["here"], county, figures),
            }
        )
    return rows


def beside(label: str, here: float, county: County, figures: ShownFigures) -> str:
    """Return a figure of the data: as in the release, or, of what is no figure of it, as it may be shown by itself."""
    if label in BESIDE:
        part, whole = BESIDE[label]
        return figures.count(part) if whole is None else figures.share(part, whole)
    flows = {STARTED: started_population(county.snapshot), CEASED: ceased_population(county.snapshot)}
    if flows.get(label) in figures.plan.populations:
        return figures.count(group(flows[label]))
    # All held places but for a few are in the release: what is hidden there is not told by the sum here.
    others = group(HELD, {"service": codes.CARE, "holder": OTHERS})
    hide = label == OF_OTHERS and not figures.plan.populations[HELD].empty and figures.is_hidden(others)
    return SUPPRESSED if hide else count_text(here, figures.profile)


def _benchmarks(county: County) -> list[dict[str, Any]]:
    """Return what DfE publishes of the authority, its region, England and its neighbours: all of it public already."""
    if county.published.empty:
        return []
    table = benchmark(county.published, county.neighbours, county.authority.code, county.snapshot.year)
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def benchmark_rows(benchmarks: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Return the benchmarks as a table to read: one row a figure, one column a place, shares with their parts."""
    rows: dict[str, dict[str, str]] = {}
    for item in benchmarks:
        row = rows.setdefault(item["indicator"], {"figure": item["label"], "year": str(item["year"])})
        row[_PLACE_TITLES[item["place"]]] = _benchmark_text(item)
        if item["place"] == AUTHORITY:
            row["not known"] = "" if item["unknown"] is None else f"{item['unknown']:,.0f}"
            row["withheld"] = item["suppressed"]
    order = ["figure", "year", *_PLACE_TITLES.values(), "not known", "withheld"]
    return [{name: row.get(name, "") for name in order} for row in rows.values()]


def _benchmark_text(item: dict[str, Any]) -> str:
    if item["value"] is None:
        return "-"
    value = f"{item['value']:.0%}" if item["unit"] == SHARE else f"{item['value']:.0f} {item['unit']}"
    if item["place"] == NEIGHBOURS:
        return f"{value} (median of {item['neighbours_with_value']} of {item['neighbours']})"
    return f"{value} ({item['numerator']:,.0f} of {item['denominator']:,.0f})"


def _label(county: County, name: str, value: str) -> str:
    if name == "need":
        return codes.NEED_GROUP_LABEL.get(value, value)
    if name == "provision":
        return WANTED_LABEL.get(value, value)
    if name == "area":
        return str(county.area_names.get(value, value))
    return value


def _cost(county: County, figures: ShownFigures) -> list[dict[str, Any]]:
    now, profile = stock(county.placements, county.snapshot), figures.profile
    table = cost(now[now["service"].eq(codes.CARE) | now["provision"].str.contains("special")])
    rows = []
    for row in table.reset_index().to_dict("records"):
        where = {"provision": row["provision"], "location": row["location"]}
        hide = figures.is_hidden(group(row["service"], {**where, "costed": YES}))
        rows.append(
            {
                "service": row["service"],
                "provision": codes.PROVISION[row["provision"]],
                "location": codes.LOCATION[row["location"]],
                "children": figures.count(group(row["service"], where)),
                "mean_weekly_cost": "c" if hide else money_text(row["mean_weekly_cost_gbp"], row["costed"], profile),
                "yearly_cost": "c" if hide else yearly_money_text(row["mean_weekly_cost_gbp"], row["costed"], profile),
            }
        )
    return rows
