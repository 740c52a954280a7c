"""The statement as a reader gets it: the same in Word and HTML, safe to share, accessible, honest; twice the same."""

import dataclasses
import html.parser
import io
import itertools
import re
import shutil
import subprocess
import zipfile

import docx
import numpy as np
import openpyxl
import pandas as pd
import pypdf
import pytest
from docx.oxml.ns import qn
from docx.shared import Cm

from placements import codes
from placements.analysis.year_ends import year_label
from placements.comparison import compare
from placements.disclosure.scanning import Secrets, scan, secrets_of
from placements.errors import DataError, DisclosureError, SettingsError
from placements.forecasting import forecast
from placements.optimisation import optimise
from placements.reports import statement_of, write_document, write_statement
from placements.reports.content import Callout, Figure, Paragraph, Table
from placements.reports.context import INTERNAL_MARK, SYNTHETIC_MARK
from placements.reports.future import future_of
from placements.reports.own_words import OwnWords
from placements.reports.render_docx import render_docx
from placements.reports.render_html import render_html
from placements.reports.render_pdf import pdf_is_possible, render_pdf
from placements.reports.render_xlsx import render_xlsx
from placements.reports.sections import KEYS, SECTIONS, plan, summary
from tests.statement_support import statement_context, statement_county
from tests.support import tiny_county

#: Tables whose numbers are not counts of children.
NOT_CHILDREN = {
    "market-assumptions", "plan-steps", "plan-goals", "provenance-files", "provenance-settings", "provenance-versions",
}  # fmt: skip
#: Columns that are not counts of children in tables that are.
NOT_CHILDREN_COLUMNS = {"Registered", "Usable", "Files", "Places added", "Rule", "On"}


@pytest.fixture(scope="module")
def county():
    return statement_county()


@pytest.fixture(scope="module")
def context(county):
    return statement_context(county)


@pytest.fixture(scope="module")
def document(context):
    return statement_of(context)


@pytest.fixture(scope="module")
def word(document):
    return render_docx(document)


@pytest.fixture(scope="module")
def page(document):
    return render_html(document)


@pytest.fixture(scope="module")
def tiny():
    """A county whose every count is small."""
    held = tiny_county()
    return statement_of(statement_context(held))


class Page(html.parser.HTMLParser):
    """What a test needs to know of an HTML page."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.tags, self.tables, self.alts, self.links, self.scopes = [], [], [], [], [], []
        self.cell = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.tags.append((tag, values))
        self.ids += [values["id"]] if "id" in values else []
        self.links += [values[name] for name in ("href", "src") if name in values]
        if tag == "img":
            self.alts.append(values.get("alt", ""))
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append([])
        if tag in ("th", "td"):
            self.cell = ""
            self.scopes += [values.get("scope", "")] if tag == "th" else []

    def handle_data(self, data):
        if self.cell is not None:
            self.cell += data

    def handle_endtag(self, tag):
        if tag in ("th", "td"):
            self.tables[-1][-1].append(self.cell)
            self.cell = None


def sentences(document):
    for text in document.prose():
        yield from re.split(r"(?<=[.;:!?])\s+(?=[A-Z“])", text)


def test_word_and_html_hold_the_same_tables(document, word, page):
    """Every table, cell by cell, is the same in the model, in Word and in HTML."""
    file = docx.Document(io.BytesIO(word))
    in_word = [[[cell.text for cell in row.cells] for row in table.rows] for table in file.tables]
    in_page = Page(page).tables
    model = [[list(table.columns), *map(list, table.rows)] for table in document.tables]
    assert in_word == model
    assert in_page == model


def test_word_and_html_hold_the_same_prose(document, word, page):
    """Every sentence of the model stands in both."""
    in_word = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(word)).paragraphs)
    flat = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", re.sub(r"data:[^\"]+", "", page))))
    for section in document.sections:
        for block in section.blocks:
            for text in [block.text] if hasattr(block, "text") else list(getattr(block, "items", ())):
                assert text in in_word
                assert re.sub(r"\s+", " ", text) in flat


def shown_again(cell):
    """Return the text that a cell of a workbook shows, by its number format."""
    value, form = cell.value, cell.number_format
    if isinstance(value, str) or value is None:
        return {"[c]": "c", "[x]": "x", None: ""}.get(value, value)
    places = len(form.partition(".")[2].rstrip("%"))
    if form.endswith("%"):
        return f"{100 * value:.{places}f}%"
    return f"{'-' if value < 0 else ''}{'£' if '£' in form else ''}{abs(value):,.{places}f}"


def test_the_workbook_holds_the_same_figures(document):
    """Every cell of every table, read back as a reader sees it, is the text that Word and HTML show."""
    content = render_xlsx(document)
    book = openpyxl.load_workbook(io.BytesIO(content))
    for number, table in enumerate(document.tables, 1):
        rows = [[shown_again(cell) for cell in row] for row in book[f"Table {number}"].iter_rows(min_row=4)]
        assert rows == [list(row) for row in table.rows], table.key
    assert render_xlsx(document) == content


@pytest.mark.skipif(not pdf_is_possible(), reason="no PDF here: the extra `pdf`, or Pango, is missing")
def test_the_pdf_holds_the_same_figures_and_is_tagged(document):
    """Every cell of every table stands in the text of the PDF; PDF/UA is declared and the content is tagged."""
    content = render_pdf(document)
    reader = pypdf.PdfReader(io.BytesIO(content))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "en-GB"
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    text = re.sub(r"\s+", "", "".join(page.extract_text() for page in reader.pages))
    for table in document.tables:
        for row in table.rows:
            for cell in row:
                assert re.sub(r"\s+", "", cell) in text, (table.key, cell)
    assert render_pdf(document) == content


def test_a_template_gives_its_styles_and_none_of_its_words(document, tmp_path):
    """A council's own fonts, margins and header stay; its text goes; the report's marks are added."""
    given = docx.Document()
    given.add_paragraph("Words of an old report")
    given.styles["Heading 1"].font.name = "Georgia"
    given.sections[0].header.paragraphs[0].text = "County Council"
    given.sections[0].left_margin = given.sections[0].right_margin = Cm(3)
    given.save(tmp_path / "house.docx")
    made = docx.Document(io.BytesIO(render_docx(document, tmp_path / "house.docx")))
    assert made.styles["Heading 1"].font.name == "Georgia"
    assert not any("old report" in paragraph.text for paragraph in made.paragraphs)
    header = [paragraph.text for paragraph in made.sections[0].header.paragraphs]
    assert header[0] == "County Council"
    assert all(mark in header[-1] for mark in document.marks)
    assert made.sections[0].left_margin.cm == pytest.approx(3, abs=0.01)
    width = made.sections[0].page_width.cm - 6
    assert max(sum(int(c.get(qn("w:w"))) for c in t._tbl.tblGrid) for t in made.tables) <= (width + 0.1) * 567
    (tmp_path / "wrong.docx").write_text("no Word file")
    with pytest.raises(DataError, match="is no Word file"):
        render_docx(document, tmp_path / "wrong.docx")


def test_a_draft_says_so_across_every_page_until_it_is_none(county, document, word):
    """The watermark is in Word's header and on the page; with `reports.draft = false` neither it nor the mark is."""
    assert document.watermark == "DRAFT"
    assert '.watermark::before { content: "DRAFT"; }' in render_html(document)
    header = zipfile.ZipFile(io.BytesIO(word)).read("word/header1.xml").decode()
    assert 'string="DRAFT"' in header
    final = dataclasses.replace(county.settings, reports=dataclasses.replace(county.settings.reports, draft=False))
    held = statement_context(dataclasses.replace(county, settings=final))
    assert "Draft" not in held.marks
    one = dataclasses.replace(document, marks=held.marks)
    assert one.watermark == ""
    assert 'class="watermark' not in render_html(one)
    assert "WaterMark" not in docx.Document(io.BytesIO(render_docx(one))).sections[0].header._element.xml


@pytest.mark.parametrize(
    ("service", "gone", "kept"), [(codes.CARE, "plans", "children"), (codes.EDUCATION, "children", "plans")]
)
def test_a_statement_of_one_service_says_nothing_of_the_other(context, service, gone, kept):
    """For care alone no table is of EHC plans, and the other way round; the section of the other is left out."""
    made = statement_of(
        dataclasses.replace(context, asked=(service,), future=dataclasses.replace(context.future, proposal=None))
    )
    keys = [section.key for section in made.sections]
    assert gone not in keys
    assert kept in keys
    other = "Children looked after" if service == codes.EDUCATION else "Children and young people with EHC plans"
    for table in made.tables:
        assert not any(row[0] == other for row in table.rows), table.key
        assert not table.caption.startswith(other), table.key


def test_sections_follow_the_council(context, county):
    """Its order and its own words; what it leaves out is out, and where figures come from stays."""
    chosen = dataclasses.replace(county.settings.reports, sections=("voices", "duty", "summary"))
    held = dataclasses.replace(county, settings=dataclasses.replace(county.settings, reports=chosen))
    own = (
        OwnWords("voices", "Voices of children", (Paragraph("They told us."),)),
        OwnWords("duty", "", (Paragraph("Our pledge."),)),
    )
    made = statement_of(dataclasses.replace(context, county=held), own)
    assert [section.key for section in made.sections] == ["voices", "duty", "summary", "provenance"]
    assert made.sections[1].blocks[0] == Paragraph("Our pledge.")
    with pytest.raises(SettingsError, match="there is no section voices"):
        statement_of(dataclasses.replace(context, county=held))


def test_the_same_content_gives_the_same_bytes(context, county, word, page):
    """Made again from the county, both files are equal byte for byte."""
    again = statement_of(statement_context(county))
    assert render_docx(again) == word
    assert render_html(again) == page


def test_every_percentage_in_prose_stands_beside_its_numerator_and_denominator(document, tiny):
    """Each "%" of a sentence is the one in "545 of 910 (60%)"; ranges of intervals are in tables only."""
    for one in (document, tiny):
        for text in sentences(one):
            assert text.count("%") == len(re.findall(r"[\d,]+ of [\d,]+ \(\d+%\)", text)), text


def test_no_percentage_in_a_table_without_its_base(document):
    """A table with a column of shares has the counts that they are made of, or says what they are of."""
    for table in document.tables:
        shares = [
            place
            for place in range(1, len(table.columns))
            if any(re.fullmatch(r"\d+%", row[place]) for row in table.rows)
        ]
        if shares and table.key not in ("market-assumptions", "market-places"):
            counts = [
                place
                for place in range(1, len(table.columns))
                if any(re.fullmatch(r"[\d,]+", row[place]) for row in table.rows)
            ]
            assert counts, table.key


def children_cells(document):
    for table in document.tables:
        if table.key in NOT_CHILDREN:
            continue
        for row in table.rows:
            public = table.key == "quality-files" and row[0].startswith("Schools")
            for column, cell in list(zip(table.columns, row, strict=True))[1:]:
                if column not in NOT_CHILDREN_COLUMNS and not public:
                    yield table.key, column, cell


@pytest.mark.parametrize("which", ["document", "tiny"])
def test_no_small_count_of_children_is_shown(which, request):
    """In a county of small numbers too, each count of children is a multiple of 5, `c` or `x`; in prose as well."""
    one = request.getfixturevalue(which)
    for key, column, cell in children_cells(one):
        for found in re.findall(
            r"(?<![\d.,£%])-?\d[\d,]*(?![\d,]*[.%\d])", re.sub(r"\d+ \w+ \d{4}|[Ff]ewer than 6", "", cell)
        ):
            assert int(found.replace(",", "")) % 5 == 0 or cell.startswith("£"), (key, column, cell)
    for text in sentences(one):
        for found in re.findall(r"(\d[\d,]*)(?= (?:children|EHC plans|of [\d,]+)\b)", text):
            fewer = f"fewer than {found}" in text.lower() or "host 6 or more" in text or "1 to 5" in text
            assert int(found.replace(",", "")) % 5 == 0 or fewer or "fewer than 10 children" in text, text


def test_planted_values_never_appear(county, document, word, page, tmp_path):
    """No identifier, postcode or birth date of any child is in either file; one that were there would block it."""
    secrets = secrets_of(county.placements)
    assert scan(word, "statement.docx", secrets) == ()
    assert scan(page.encode(), "statement.html", secrets) == ()
    known = re.search(r"Guildford", page)
    assert known
    planted = Secrets(identifiers=frozenset({"GUILDFORD"}))
    assert scan(page.encode(), "statement.html", planted)
    bad = county.placements.assign(child_id=np.where(np.arange(len(county.placements)) == 0, "Guildford", "x"))
    leaky = dataclasses.replace(county, placements=bad)
    with pytest.raises(DisclosureError):
        write_document(document, leaky, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_unfinished_is_shown(document):
    """No `nan`, no empty section or table, no code, no long decimal, no doubled full stop."""
    for section in document.sections:
        assert section.blocks, section.key
    for table in document.tables:
        assert table.rows, table.key
        for row in table.rows:
            for cell in row:
                assert not re.search(r"\bnan\b|\bNone\b|\bNaT\b", cell), (table.key, cell)
                if not table.key.startswith("provenance"):
                    assert not re.search(r"\d\.\d{3,}", cell), (table.key, cell)
                    assert not re.search(r"[a-z]_[a-z]|\bE\d{8}\b", cell), (table.key, cell)
    for text in document.prose():
        assert not re.search(r"\bnan\b|\bNone\b|\.\.|\d\.\d{3,}|[a-z]_[a-z]|\bE\d{8}\b", text), text
        assert "  " not in text


def test_no_cause_is_claimed_and_spelling_is_british(document):
    """Words that claim a cause, or American spellings, are not used."""
    banned = r"\b(because of the plan|caused by|thanks to|led to|due to|program of|center|utiliz|organiz|prioritiz)"
    for text in document.prose():
        assert not re.search(banned, text, re.IGNORECASE), text


@pytest.mark.parametrize("proved", [True, False])
def test_a_plan_is_called_no_better_than_was_proved(county, document, proved):
    """ "Optimal" is said of no plan, whatever word the solver uses; an unproved one says so wherever it is shown."""
    held = statement_context(county, proved=proved)
    made = dataclasses.replace(document, sections=(summary.section(held), plan.section(held)))
    text = " ".join([*made.prose(), *(cell for table in made.tables for row in table.rows for cell in row)])
    assert not re.search(r"\boptim", text, re.IGNORECASE)
    titles = [b.title for s in made.sections for b in s.blocks if isinstance(b, Callout)]
    assert ("What was proved" in titles) == proved
    assert ("The plan is the best found, not proved to be the best" in titles) == (not proved)
    assert ("could prove that there is none better" in text) == (not proved)


def test_settled_children_are_not_moved_and_the_forecast_is_not_oversold(document):
    """Both things that must be said are said."""
    text = " ".join(document.prose())
    assert "Settled children are not moved" in text
    assert "This forecast has not been back-tested" in text


def test_every_chart_says_what_it_shows(document, page, word):
    """At least six charts, each with alternative text with numbers, a source, its data, and the mark."""
    figures = [block for section in document.sections for block in section.blocks if isinstance(block, Figure)]
    assert len(figures) >= 6
    for figure in figures:
        assert len(figure.alt) > 40, figure.key
        assert figure.data is not None
        assert figure.data.rows
        assert figure.png[:4] == b"\x89PNG"
        assert SYNTHETIC_MARK in figure.source
        assert "nan" not in figure.alt
    assert Page(page).alts == [figure.alt for figure in figures]
    described = [node.get("descr") for node in docx.Document(io.BytesIO(word)).element.body.iter(qn("wp:docPr"))]
    assert described == [figure.alt for figure in figures]


def test_html_is_accessible_and_closed_to_the_network(document, page):
    """Language, title, landmarks, skip link, unique ids, scoped headers, headings in order; nothing from outside."""
    found = Page(page)
    names = [tag for tag, _ in found.tags]
    assert ("html", {"lang": "en-GB"}) in found.tags
    for tag in ("title", "header", "nav", "main", "footer"):
        assert names.count(tag) == 1, tag
    assert len(found.ids) == len(set(found.ids))
    assert all(found.scopes)
    assert names.count("caption") == names.count("table") == len(document.tables)
    levels = [int(name[1]) for name in names if re.fullmatch(r"h[1-6]", name)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert all(link.startswith(("#", "data:image/svg+xml;base64,")) for link in found.links)
    assert {link[1:] for link in found.links if link.startswith("#")} <= set(found.ids)
    assert "default-src 'none'" in page
    assert not re.search(r"<script|https?://(?!www\.w3\.org)", re.sub(r"base64,[A-Za-z0-9+/=]+", "", page))


def test_word_is_native(document, word):
    """Headings, repeated header rows, captions with fields, a contents field, page numbers, fixed properties."""
    file = docx.Document(io.BytesIO(word))
    headings = [p.text for p in file.paragraphs if p.style.name == "Heading 1"]
    assert headings == [f"{n}. {s.title}" for n, s in enumerate(document.sections, 1)]
    assert all(table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None for table in file.tables)
    captions = [p.text for p in file.paragraphs if p.style.name == "Caption"]
    assert sum(text.startswith("Table ") for text in captions) == len(document.tables)
    xml = zipfile.ZipFile(io.BytesIO(word)).read("word/document.xml").decode()
    assert " TOC " in xml
    section = file.sections[0]
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (21.0, 29.7)
    assert all(mark in section.header.paragraphs[0].text for mark in document.marks)
    assert "PAGE" in section.footer._element.xml
    assert file.core_properties.created.date().isoformat() == document.date_iso
    widths = [sum(int(c.get(qn("w:w"))) for c in table._tbl.tblGrid) for table in file.tables]
    assert max(widths) <= 16.7 * 567


def test_the_status_is_printed_at_the_head_of_every_page(county):
    """The marks of the document, a correction's too, stand in the margin of the printed page, and nowhere on its text."""
    corrected = dataclasses.replace(
        county.settings, disclosure=dataclasses.replace(county.settings.disclosure, correction=True)
    )
    context = statement_context(dataclasses.replace(county, settings=corrected))
    assert "Corrects figures published before" in context.marks
    page = render_html(statement_of(context))
    head = page.split("@top-left { content: ", 1)[1].split(";", 1)[0]
    assert head == '"' + " | ".join(context.marks) + '"'
    assert "position: fixed; top" not in page


def test_an_internal_copy_is_marked_on_every_page(county):
    """The mark stands in Word's header, across the HTML page and beside every chart; numbers are not hidden."""
    made = statement_of(statement_context(county, profile="internal"))
    assert INTERNAL_MARK in made.marks
    file = docx.Document(io.BytesIO(render_docx(made)))
    assert INTERNAL_MARK in file.sections[0].header.paragraphs[0].text
    assert 'class="watermark"' in render_html(made)
    assert not any(cell == "c" for table in made.tables for row in table.rows for cell in row)


def test_word_opens_in_an_office_program(word, tmp_path):
    """LibreOffice reads the file and prints every page of it."""
    office = shutil.which("soffice")
    if not office:
        pytest.skip("LibreOffice is not installed on this machine")
    path = tmp_path / "statement.docx"
    path.write_bytes(word)
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    subprocess.run(
        [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(path)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    pdf = (tmp_path / "statement.pdf").read_bytes()
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) >= 10


def test_every_section_is_there_in_order(document):
    """The sections of the tuple, each with a key of its own."""
    keys = [section.key for section in document.sections]
    assert keys == list(KEYS)
    assert len(document.sections) == len(SECTIONS)
    assert keys[0] == "summary"
    assert keys[-1] == "provenance"
    assert len(set(keys)) == len(keys)
    tables = [table.key for table in document.tables]
    assert len(set(tables)) == len(tables)


def test_the_register_of_figures_is_as_shown(document):
    """Each headline figure once, with the texts that may be shown, and equal to what the summary says."""
    names = [figure.name for figure in document.figures]
    assert len(names) == len(set(names))
    table = next(table for table in document.tables if table.key == "headline")
    shown = {row[0]: row[1] for row in table.rows}
    for figure in document.figures:
        if figure.denominator and figure.value not in ("c", "x"):
            assert shown[figure.label] == f"{figure.numerator} of {figure.denominator} ({figure.value})"
        assert figure.definition


def test_recorded_targets_are_shown(context):
    """A ledger that is given replaces the baselines."""
    targets = pd.DataFrame(
        {
            "indicator": ["Out of county"],
            "baseline": ["35%"],
            "target": ["30%"],
            "due_date": ["2026-03-31"],
            "owner": ["Head"],
        }
    )
    section = next(s for s in SECTIONS if s.__module__.endswith("targets"))(
        dataclasses.replace(context, targets=targets)
    )
    table = next(block for block in section.blocks if isinstance(block, Table))
    assert table.columns == ("Indicator", "Baseline", "Target", "Due", "Owner")
    assert table.rows[0][2] == "30%"


def test_years_of_the_plan_have_names():
    """Financial years after a March snapshot, calendar years after December, plain numbers otherwise."""
    assert year_label(pd.Timestamp("2025-03-31").date(), 1) == "2025-26"
    assert year_label(pd.Timestamp("2025-12-31").date(), 2) == "2027"
    assert year_label(pd.Timestamp("2025-06-30").date(), 2) == "Year 2"


def test_a_real_plan_and_comparison_are_shown_as_they_are(tmp_path):
    """From a county to the two files with the package's own forecast, plan and comparison; nothing is made up."""
    held = tiny_county()
    made = forecast(held)
    chosen = optimise(held, made, time_limit_s=10)
    result = compare(held, made, {"Best plan found": chosen.interventions})
    future = future_of(result, chosen)
    assert [outcome.name for outcome in future.outcomes] == ["Do nothing", "Best plan found"]
    assert future.baseline is not None
    assert future.baseline.away_change.middle == future.baseline.cost_change.middle == 0
    table = result.table()
    for outcome, name in zip(future.outcomes, table.index, strict=True):
        assert outcome.away.middle == pytest.approx(table.loc[name, "away_child_years"])
        assert outcome.cost_change.middle == pytest.approx(table.loc[name, "net_gbp"])
        assert outcome.away.low == pytest.approx(table.loc[name, "away_low_80"])
    assert future.proposal is not None
    assert future.proposal.is_proved == chosen.is_proved
    assert [goal.value for goal in future.proposal.goals] == [goal.value for goal in chosen.goals]
    paths = write_statement(result, tmp_path / "reports", plan=chosen)
    assert [path.name for what, path in paths.items() if what != "PDF"] == [
        "sufficiency-statement.docx", "sufficiency-statement.html", "sufficiency-statement.xlsx",
    ]  # fmt: skip
    found = docx.Document(paths["Word"])
    steps = next(t for t in found.tables if t.rows[0].cells[0].text == "What and where")
    assert len(steps.rows) == 1 + len(chosen.interventions)
