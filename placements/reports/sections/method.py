"""How was it done, and what do the words mean?"""

from __future__ import annotations

from placements.disclosure.suppress import INTERNAL, ROUND_TO, SMALLEST_BASE, SMALLEST_FLOW, SMALLEST_SHOWN
from placements.reports.content import Block, BulletList, Definition, Definitions, Heading, Section
from placements.reports.context import Context
from placements.reports.words import miles


def section(context: Context) -> Section:
    """Return the section on method, definitions and glossary."""
    thresholds = context.county.settings.thresholds
    blocks: list[Block] = [
        Heading("How the figures were made"),
        BulletList(
            (
                (
                    "Children are counted at the end of the day of this statement, once in each service. A child who "
                    "is looked after and has an EHC plan is counted in both, and the number in both is given."
                ),
                "Where a record appears in more than one return, the latest return is used.",
                (
                    "Homes, schools and family homes are located by postcode. A postcode that is missing or not "
                    "found is not known: it counts as neither inside nor outside."
                ),
                "Distance is a straight line from home to placement in miles, to one decimal place.",
                (
                    "Likely ranges of shares are 95-in-100 Wilson intervals. A change is called clear only when its "
                    "range leaves out no change at all; otherwise this statement says that it could be chance. No "
                    "cause is claimed."
                ),
                (
                    "Avoidable: the reason recorded in the commissioning census says that suitable local provision did "
                    "not exist or was not available. Where none is recorded, it is inferred when the county has no "
                    "place of the kind that takes the need, or when such places are full (at least "
                    f"{100 * thresholds.full_at_occupancy:.0f} in 100 usable places held). A placement within "
                    f"{miles(thresholds.near_home_miles)} of home, or nearer than any place of the kind in the county, "
                    "is judged appropriate."
                ),
            )
        ),
        Heading("How children are protected in this statement"),
        BulletList(disclosure_texts(context)),
        Heading("Glossary"),
        Definitions(_GLOSSARY),
    ]
    return Section("method", "Method, definitions and glossary", tuple(blocks))


def disclosure_texts(context: Context) -> tuple[str, ...]:
    """Return how small numbers are protected, in words."""
    if context.profile == INTERNAL:
        return (
            (
                "This is an internal copy: figures are shown as they are and small numbers are not hidden. It must "
                "not be shared."
            ),
        )
    return (
        (
            f"Counts of 1 to {SMALLEST_SHOWN - 1} children are hidden (c in tables, “a number that is not shown” in "
            "text), and so is any other figure from which one could be worked out. All figures of the maps, of this "
            "statement and of the tables beside it are checked together for that. Small estimates, which are no counts "
            f"of children, read “fewer than {SMALLEST_SHOWN}”."
        ),
        f"Other counts of children are rounded to the nearest {ROUND_TO}, so parts may not add up to totals.",
        (
            "Percentages are whole numbers, worked out before rounding, and are not given on fewer than "
            f"{SMALLEST_BASE} children; nor are means and costs."
        ),
        (
            f"Other authorities are named only when they host {SMALLEST_FLOW} or more children. No home, carer or "
            "child is named."
        ),
    )


_GLOSSARY = (
    Definition("Adjoining authority", "An authority that shares a boundary with the council's area."),
    Definition(
        "Agency foster carers", "Carers approved by an independent fostering agency rather than by the council."
    ),
    Definition(
        "Child-year",
        "One child for one year, or two children for half a year each: a way to add up time away from the area.",
    ),
    Definition("Connected carers", "Relatives or friends approved to foster a child they know."),
    Definition("Distant placement", "Outside the authority and not in an adjoining one: the legal term."),
    Definition(
        "EHC plan", "Education, health and care plan: sets out the special educational provision a child must get."
    ),
    Definition("Looked after", "In the care of the council, or accommodated by it, under the Children Act 1989."),
    Definition("Occupancy", "Places held by any authority's children, of usable places."),
    Definition(
        "Resourced provision, SEN unit",
        "Specialist places at a mainstream school for pupils with a stated kind of need.",
    ),
    Definition(
        "Settled",
        "In a placement on the day of this statement. Settled children stay until their placement ends for other "
        "reasons.",
    ),
    Definition("Supported accommodation", "Registered accommodation with support for young people aged 16 and 17."),
    Definition(
        "Unaccompanied asylum-seeking child",
        "A child who has come to the country without a parent or carer and seeks asylum.",
    ),
    Definition(
        "Usable place",
        "A registered place less those that matching, staffing, sex or age keep empty, by the shares assumed.",
    ),
)
