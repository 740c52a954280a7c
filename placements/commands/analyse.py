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
from placements.analysis.location import location_by_distance
from placements.analysis.published import published_comparison
from placements.analysis.snapshot import looked_after, plans_in_force, stock
from placements.commands.access import access_rows
from placements.commands.boundary_set import restated_report
from placements.commands.journeys import journey_rows
from placements.county import County
from placements.disclosure.suppress import INTERNAL, count_text, money_text, protect, share_text, yearly_money_text
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
    return {
        "authority": county.authority.name,
        "code": county.authority.code,
        "snapshot": county.snapshot.isoformat(),
        "synthetic": county.synthetic,
        "profile": shown,
        "headline": [_figure(item, shown) for item in county.headline()],
        "location": _location(county, shown),
        "sufficiency": sufficiency_rows(county, by, shown),
        "access": access_rows(county, shown),
        "cost": _cost(county, shown),
        "journeys": journey_rows(county.school_journeys, shown),
        "travel": travel(county),
        "published": _published(county, shown),
        "benchmarks": plain_values(_benchmarks(county)),
        "boundary_set": None if boundary_set is None else restated_report(county, boundary_set, shown),
    }


def _figure(item: Indicator, profile: str) -> dict[str, Any]:
    """Return a headline figure as it may be shown, with its parts and definition."""
    base = item.denominator
    if base is None:
        parts: dict[str, str | None] = {"numerator": None, "denominator": None, "excluded": None}
        return (
            {"name": item.name, "label": item.label, "shown": count_text(item.value, profile)}
            | parts
            | {"definition": item.definition}
        )
    shown = share_text(item.numerator or 0, base, profile)
    return {
        "name": item.name,
        "label": item.label,
        "shown": shown,
        # Beside its denominator a numerator gives away what is left of it.
        "numerator": "c" if shown == "c" else count_text(item.numerator or 0, profile),
        "denominator": count_text(base, profile),
        "excluded": count_text(item.excluded or 0, profile),
        "definition": item.definition,
    }


def _location(county: County, profile: str) -> list[dict[str, Any]]:
    rows = []
    now = {"care": looked_after, "education": plans_in_force}
    for service, children in now.items():
        table = location_by_distance(children(county.placements, county.snapshot))
        safe = protect(table, ["count"], profile)
        for row, count in zip(table.to_dict("records"), safe["count"], strict=True):
            rows.append(
                {
                    "service": service,
                    "location": row["location"],
                    "distance": row["distance_band"],
                    "count": count,
                    "of": count_text(row["denominator"], profile),
                    "share": "c" if count == "c" else share_text(row["count"], row["denominator"], profile),
                }
            )
    return rows


def sufficiency_rows(county: County, by: list[str], profile: str) -> list[dict[str, Any]]:
    """Return need, local places and gap by any breakdown; counts of children as they may be shown."""
    table = county.sufficiency(by)
    children = ["children", "in_county", "avoidable", "need_local"]
    if profile == INTERNAL:
        children += ["appropriate", "unknown"]  # with them the parts of a row would add up, and give small ones away
    safe = protect(table.reset_index(), children, profile).to_dict("records")
    rows = []
    for shown, raw in zip(safe, table.reset_index().to_dict("records"), strict=True):
        places = raw["available_to_us"]
        hide = profile != INTERNAL and "c" in (shown["in_county"], shown["avoidable"], shown["need_local"])
        shown["need_local"] = "c" if hide else shown["need_local"]
        rows.append(
            {name: _label(county, name, raw[name]) for name in by}
            | {name: shown[name] for name in children}
            | {
                "available_to_us": "c" if hide else count_text(round(places), profile),
                "gap": "c" if hide else _signed(raw["gap"], profile),
                "out_of_county": share_text(raw["numerator"], raw["denominator"], profile),
            }
        )
    return rows


def _published(county: County, profile: str) -> list[dict[str, Any]]:
    """Return published figures beside those of the data."""
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
                "these_data": count_text(row["here"], profile)
                if counted
                else share_text(row["here"], row["here_of"], profile),
            }
        )
    return rows


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


def _signed(value: float, profile: str) -> str:
    step = 1 if profile == "internal" else 5
    return f"{step * round(value / step):+,d}"


def _label(county: County, name: str, value: str) -> str:
    if name == "need":
        return codes.NEED_GROUP_LABEL.get(value, value)
    if name == "provision":
        return WANTED_LABEL.get(value, value)
    if name == "area":
        return str(dict(zip(county.areas["area"], county.areas["name"], strict=True)).get(value, value))
    return value


def _cost(county: County, profile: str) -> list[dict[str, Any]]:
    now = stock(county.placements, county.snapshot)
    table = cost(now[now["service"].eq(codes.CARE) | now["provision"].str.contains("special")])
    return [
        {
            "service": row["service"],
            "provision": codes.PROVISION[row["provision"]],
            "location": codes.LOCATION[row["location"]],
            "children": count_text(row["children"], profile),
            "mean_weekly_cost": money_text(row["mean_weekly_cost_gbp"], row["costed"], profile),
            "yearly_cost": yearly_money_text(row["mean_weekly_cost_gbp"], row["costed"], profile),
        }
        for row in table.reset_index().to_dict("records")
    ]
