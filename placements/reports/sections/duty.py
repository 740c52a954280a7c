"""What must the council do, and what does "in county" mean here? The law in short, and the boundary used."""

from __future__ import annotations

from placements.errors import PlacementsError
from placements.reports.content import Block, BulletList, Heading, Paragraph, Section
from placements.reports.context import Context
from placements.reports.words import joined, miles


def section(context: Context) -> Section:
    """Return the section on duties and context."""
    far = miles(context.county.settings.thresholds.far_miles)
    blocks: list[Block] = [
        Heading("Children looked after"),
        BulletList(
            (
                (
                    "Children Act 1989, section 22G: the authority must take steps to secure, so far as reasonably "
                    "practicable, enough accommodation within its area that meets the needs of the children it looks "
                    "after whose welfare is consistent with living there. It must have regard to the benefit of "
                    "having a number of providers and a range of accommodation."
                ),
                (
                    "Section 22C: a placement must be the most appropriate one available. As far as is reasonably "
                    "practicable it lets the child live near home, does not disrupt education or training, keeps "
                    "brothers and sisters together, suits a disability, and is within the authority's area."
                ),
                (
                    "The Care Planning, Placement and Case Review (England) Regulations 2010: a placement outside "
                    "the area that is not in an adjoining authority is a placement at a distance, and the director "
                    "of children's services must approve it."
                ),
                (
                    "Statutory guidance on securing sufficient accommodation for looked after children (2010) asks "
                    "for this to be reviewed and published."
                ),
            )
        ),
        Heading("Children and young people with special educational needs"),
        BulletList(
            (
                (
                    "Children and Families Act 2014, section 27: the authority must keep under review the "
                    "educational, training and social care provision for children and young people with special "
                    "educational needs or disabilities, inside and outside its area, and consider how far it is "
                    "sufficient."
                ),
                (
                    "Section 42: it must secure the special educational provision set out in each education, health "
                    "and care (EHC) plan."
                ),
                (
                    "Sections 38 and 39: parents and young people can ask for a particular school or college to be "
                    "named in the plan, so a setting outside the area can be a choice that the authority must meet."
                ),
            )
        ),
        Heading("What the words mean in this statement"),
        Paragraph(
            "Three different facts are kept apart. Outside the authority: the home or school is not in the "
            f"authority's area. More than {far} from home: measured in a straight line, inside the area or outside "
            "it. Distant placement: outside the area and not in an adjoining authority. A placement just over the "
            "boundary and close to home may be the best there is."
        ),
        Paragraph(_area_text(context)),
        Paragraph(
            "Being outside the area is not a failure in itself. Some children live with relatives, need a specialist "
            "or secure place, or are safer elsewhere. This statement separates these from placements that better "
            "local provision could have avoided. Children who are settled where they are will not be moved to meet a "
            "target: plans act on new and changing placements only."
        ),
    ]
    return Section("duty", "Duties and context", tuple(blocks))


def _area_text(context: Context) -> str:
    try:
        names = sorted(context.county.authority.district_names.values())
    except (KeyError, PlacementsError):
        names = []
    if len(names) < 2:
        return (
            f"“In county” means inside the area of {context.authority} as it stood on {context.day_text}. If "
            "boundaries change, the same data can be restated for the new area."
        )
    return (
        f"“In county” means inside these districts as they stood on {context.day_text}: {joined(names)}. If "
        "boundaries change, the same data can be restated for another set of districts."
    )
