"""The council's own words stand in the report as they were written, and no report is made over them."""

import pytest

from placements.errors import DataError, SettingsError
from placements.reports.content import BulletList, Heading, Paragraph, Section, Table
from placements.reports.own_words import arranged, read_own_words

GENERATED = tuple(
    Section(key, key.title(), (Paragraph(f"made {key}"),)) for key in ("summary", "duty", "quality", "provenance")
)


def own(tmp_path, **files):
    for name, text in files.items():
        (tmp_path / f"{name.replace('_', '-')}.md").write_text(text, encoding="utf-8")
    return read_own_words(tmp_path)


def test_markdown_becomes_the_content_that_every_format_knows(tmp_path):
    """Headings, paragraphs over lines, bullets over lines, and tables with numbers to the right."""
    (one,) = own(
        tmp_path,
        voices="# Voices of children\n\nWe asked **45** children;\nthey [said](https://example.org) so.\n\n"
        "## What they said\n\n- near *friends*\n  and family\n- a say\n\n| Theme | Children |\n|---|---:|\n| Home | 20 |\n",
    )
    assert (one.name, one.title) == ("voices", "Voices of children")
    assert one.blocks[0] == Paragraph("We asked 45 children; they said (https://example.org) so.")
    assert one.blocks[1] == Heading("What they said")
    assert one.blocks[2] == BulletList(("near friends and family", "a say"))
    table = one.blocks[3]
    assert isinstance(table, Table)
    assert (table.columns, table.rows, table.kinds) == (("Theme", "Children"), (("Home", "20"),), ("text", "number"))


def test_words_of_a_section_stand_at_its_head_and_others_are_sections(tmp_path):
    """Named as a section: at its head. Any other: before data quality, with its own title."""
    words = own(tmp_path, duty="Our own context.", carers_views="Carers told us.")
    made = arranged(GENERATED, words)
    assert [section.key for section in made] == ["summary", "duty", "carers-views", "quality", "provenance"]
    assert made[1].blocks == (Paragraph("Our own context."), Paragraph("made duty"))
    assert made[2].title == "Carers views"


def test_sections_are_dropped_and_reordered_but_never_the_provenance(tmp_path):
    """The order asked for, and where figures come from at its end whatever was asked."""
    words = own(tmp_path, voices="# Voices\n\nSaid.")
    made = arranged(GENERATED, words, ["voices", "summary"])
    assert [section.key for section in made] == ["voices", "summary", "provenance"]
    with pytest.raises(SettingsError, match="there is no section voice; summary stands in it twice"):
        arranged(GENERATED, words, ["voice", "summary", "summary"])


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("Fine.\n\n![chart](x.png)", 3, "a picture"),
        ("Fine.\n<b>bold</b>", 2, "HTML"),
        ("- item\n- <i>x</i>", 2, "HTML"),
        ("| a | b |\n|---|---|\n| 1 |", 3, "1 cells, its header 2"),
    ],
)
def test_what_not_every_format_can_show_is_refused(tmp_path, text, line, what):
    """With file and line, and what to do."""
    with pytest.raises(DataError, match=f"voices.md, row {line}: .*{what}"):
        own(tmp_path, voices=text)


def test_a_comparison_is_no_markup(tmp_path):
    """A less-than sign before a number is text."""
    (one,) = own(tmp_path, duty="Fewer than 5 < 6 homes.")
    assert one.blocks == (Paragraph("Fewer than 5 < 6 homes."),)


def test_a_readme_is_not_read(tmp_path):
    """Notes of the folder are no words of the report; a bad name is refused."""
    assert own(tmp_path, README="# Notes") == ()
    with pytest.raises(DataError, match="cannot be that of a section"):
        own(tmp_path, Bad="x")
