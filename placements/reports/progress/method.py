"""How were the figures, the standing and the warnings of the report made?"""

from __future__ import annotations

from placements.reports.content import Block, BulletList, Definition, Definitions, Heading, Section
from placements.reports.progress.inputs import ProgressContext
from placements.reports.sections.method import disclosure_texts
from placements.targets.standing import LEVEL


def section(given: ProgressContext) -> Section:
    """Return the section on method and definitions."""
    definitions = tuple(
        Definition(given.label(line), f"{given.context.headline[line.indicator].definition}.") for line in given.lines
    )
    blocks: list[Block] = [
        Heading("How the report was made"),
        BulletList(
            (
                (
                    "Every figure is worked out from the records of children and placements on the day, as in the "
                    "annual statement. Baselines, targets, owners, actions, reasons and the council's own view are "
                    "the council's."
                ),
                (
                    "● Met: at the target or better. ▲ Not met, could be chance: worse, but by no more than chance "
                    f"would bring {100 * LEVEL:.0f} times in 100 or more if the true figure were on target. ■ Missed: "
                    "worse by more than that. Shapes and words say it; colour only repeats them."
                ),
                (
                    "The test is the two-sided mid-p value of a binomial share (of a Poisson number). Children looked "
                    "after on two days are largely the same, so their share strays less by chance than the test "
                    "allows: it errs towards calling a miss chance."
                ),
                (
                    "A change between two reports is called clear when the 95-in-100 interval of the difference "
                    "(Newcombe) leaves out no change at all."
                ),
                (
                    "Early warnings: children who are placed today stay where they are for as long as children have "
                    "lately stayed; those who come are placed as lately begun placements were, with the chance that "
                    "is in small numbers. The forecast says how many come and leave, in each of its runs."
                ),
                "What a report says is kept in targets-history.csv. Earlier lines are never changed.",
            )
        ),
        Heading("How children are protected in this report"),
        BulletList(disclosure_texts(given.context)),
    ]
    if definitions:
        blocks += [Heading("What each indicator counts"), Definitions(definitions)]
    return Section("method", "Method and definitions", tuple(blocks))
