"""The short documents: short, safe, and of the same figures as the statement; nothing confidential for providers."""

import dataclasses
import io
import re

import docx
import pytest

from placements.errors import UsageError
from placements.reports.briefings import KINDS, briefing
from placements.reports.content import Figure, Paragraph
from placements.reports.future import Future, Money
from placements.reports.own_words import OwnWords
from placements.reports.render_docx import render_docx
from placements.reports.render_html import render_html
from placements.reports.sections import gap, summary
from tests.reading import reading_age
from tests.statement_support import statement_context, statement_county


@pytest.fixture(scope="module")
def context():
    held = statement_context(statement_county(care=500, plans=300))
    outcomes = list(held.future.outcomes)
    outcomes[1] = dataclasses.replace(outcomes[1], money=Money(3_350_000.0, 2_000_000.0, 1_000_000.0, 8_800_000.0))
    made = dataclasses.replace(held, future=Future(held.future.forecast, tuple(outcomes), None))
    vars(made)["figures"] = held.figures
    return made


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_briefing_is_brief_and_complete(context, kind):
    """No cover, no contents, sections without numbers; tables and prose with nothing unfinished, in Word and HTML."""
    made = briefing(kind, context)
    assert made.is_brief
    page, file = render_html(made), docx.Document(io.BytesIO(render_docx(made)))
    assert "<nav" not in page
    headings = [p.text for p in file.paragraphs if p.style.name == "Heading 1"]
    assert headings == [section.title for section in made.sections]
    for text in [*made.prose(), *(cell for table in made.tables for row in table.rows for cell in row)]:
        assert not re.search(r"\bnan\b|\bNone\b|\.\.|[a-z]_[a-z]|  ", text), text
    assert [[c.text for c in r.cells] for t in file.tables for r in t.rows] == [
        list(row) for table in made.tables for row in (table.columns, *table.rows)
    ]


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_briefing_can_be_read_by_a_school_leaver(context, kind):
    """Its prose as a whole needs the reading of a fourteen-year-old at most."""
    assert reading_age(briefing(kind, context).prose()) <= 14


def test_figures_are_those_of_the_statement(context):
    """The summary's headline figures and the market's gaps are the very cells of the statement's sections."""
    statement = {t.key: t for s in (summary.section(context), gap.section(context)) for t in _tables(s)}
    members = {t.key: t for t in briefing("members", context).tables}
    assert set(members["headline"].rows) <= set(statement["headline"].rows)
    market = {t.key: t for t in briefing("market", context).tables}
    for key, table in market.items():
        if key.startswith("gap-"):
            assert table == statement[key]


def _tables(section):
    return [
        b.data if isinstance(b, Figure) else b for b in section.blocks if hasattr(b, "rows") or isinstance(b, Figure)
    ]


def test_providers_are_told_nothing_confidential(context):
    """No money, no scenario, no name of a home in a market position statement."""
    made = briefing("market", context)
    text = " ".join([*made.prose(), *(cell for table in made.tables for row in table.rows for cell in row)])
    assert "£" not in text
    for outcome in context.future.outcomes:
        assert outcome.name not in text
    for name in context.county.provision.loc[context.county.provision["confidential"], "name"].dropna():
        assert name not in text


def test_the_waterfall_adds_up(context):
    """Capital and running cost less what is avoided is the net cost that the table ends with."""
    table = next(t for t in briefing("case", context).tables if t.key == "case-money")
    assert [row[1] for row in table.rows] == [
        "£3.35 million",
        "£2 million",
        "£1 million",
        "-£8.8 million",
        "-£2.45 million",
    ]
    assert table.total_rows == 1


def test_a_case_needs_a_scenario(context):
    """Without one there is nothing to make a case for."""
    with pytest.raises(UsageError, match="a scenario"):
        briefing("case", dataclasses.replace(context, future=Future(context.future.forecast)))


def test_the_councils_words_stand_before_how_figures_are_protected(context):
    """From the file named as the kind; those of other documents are not taken."""
    own = (OwnWords("market", "How to talk to us", (Paragraph("Write to us."),)), OwnWords("voices", "Voices", ()))
    keys = [section.key for section in briefing("market", context, own).sections]
    assert keys[-2:] == ["market", "protection"]
    assert "voices" not in keys
