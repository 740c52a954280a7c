"""Why is a site in the plan? The optimiser's explanation, in words that may be shown."""

from __future__ import annotations

from placements import codes
from placements.county import County
from placements.disclosure.suppress import INTERNAL, SMALLEST_SHOWN, rounded
from placements.optimisation import Plan, explain


def reasons(county: County, plan: Plan, profile: str) -> dict[str, str]:
    """Return a sentence by intervention name.

    Child-years are expected values of a forecast, not children; small ones are not told when shared all the same, nor
    which need and area they are of, since few of today's children would stand behind them.
    """
    areas = county.area_names
    return {
        str(row["name"]): _sentence(
            float(row["child_years"]),
            float(row["idle"]),
            codes.NEED_GROUP_LABEL.get(row["main_need"], "").lower(),
            areas.get(row["main_area"], ""),
            profile,
        )
        for row in explain(county, plan).to_dict("records")
    }


def _sentence(used: float, idle: float, need: str, area: str, profile: str) -> str:
    if used < 0.05:
        return "Not used by children who start after today."
    share = f"{used / (used + idle):.0%} of its usable places are used" if used + idle else "no usable place is idle"
    if profile != INTERNAL and used < SMALLEST_SHOWN:
        return f"Expected to keep fewer than 6 child-years local over the plan; {share}."
    number = f"{used:.1f}" if profile == INTERNAL else f"about {rounded(used)}"
    most = f", most of them for {need} and from {area}" if need and area else ""
    return f"Expected to keep {number} child-years local over the plan{most}; {share}."
