"""What do the short documents share? Their frame, and how children are protected in them, said shortly."""

from __future__ import annotations

from placements.disclosure.suppress import INTERNAL, ROUND_TO, SMALLEST_SHOWN
from placements.reports.content import Document, Paragraph, Section
from placements.reports.context import Context
from placements.reports.words import long_date


def framed(context: Context, title: str, subtitle: str, sections: tuple[Section, ...]) -> Document:
    """Return a short document of these sections, with how children are protected last."""
    return Document(
        title,
        subtitle,
        context.authority,
        long_date(context.day),
        context.day.isoformat(),
        context.marks,
        (*sections, _protection(context)),
        is_brief=True,
    )


def _protection(context: Context) -> Section:
    if context.profile == INTERNAL:
        text = "This is an internal copy: small numbers are not hidden. It must not be shared."
    else:
        text = (
            f"Counts of 1 to {SMALLEST_SHOWN - 1} children, and others that would give one away, are hidden (c); the "
            f"others are to the nearest {ROUND_TO}. Definitions, method and sources are in the sufficiency statement "
            "of the same day, which gives the same figures."
        )
    return Section("protection", "About these figures", (Paragraph(text),))
