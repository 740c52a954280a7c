"""The six-monthly report: met and missed by word and shape, nothing claimed, the same in every format, safe to share."""

import dataclasses
import io
import itertools
import re
import shutil

import docx
import pypdf
import pytest

from placements import codes
from placements.analysis.movement import NOT_IN_CARE, months_from, movement
from placements.analysis.snapshot import looked_after
from placements.disclosure.control.audit import audit
from placements.disclosure.half_year import half_year_start, movement_population, then_population
from placements.disclosure.headline import headline_texts
from placements.forecasting import forecast
from placements.reports.content import STATUS_TONES, Callout, Figure
from placements.reports.progress import progress_report
from placements.reports.progress.ahead import chance_words, warning_words
from placements.reports.render_docx import render_docx
from placements.reports.render_html import render_html
from placements.reports.render_pdf import pdf_is_possible, render_pdf
from placements.targets import progress_lines, targets_of
from placements.targets.ahead import months_ahead, warning
from placements.targets.amounts import Amount
from placements.targets.progress import Milestone
from tests.progress_support import LAST, TARGETS, progress_context
from tests.reading import reading_age
from tests.statement_support import statement_context, statement_county

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def county():
    return statement_county(care=500, plans=300)


@pytest.fixture(scope="module")
def context(county):
    return statement_context(county)


@pytest.fixture(scope="module")
def document(context):
    return progress_report(progress_context(context))


def table(document, key):
    return next(table for table in document.tables if table.key == key)


def test_targets_met_and_missed_are_told_apart(document):
    """The impossible one is missed, the easy one met; a target of a later date is not judged."""
    standing = {row[0]: row[-1] for row in table(document, "targets-due").rows}
    assert standing["Looked after, placed outside the authority"] == "■ Missed"
    assert standing["Looked after, over 20 miles from home"] == "● Met"
    assert "EHC plans, placed outside the authority" in standing  # the step that the last report set
    text = " ".join(document.prose())
    assert "Two assessors left" in text
    assert "No reason is recorded for: Looked after, placed outside the authority" in text


def test_a_status_is_never_a_colour_alone(document):
    """Every cell of status says a word behind its shape, and no shape has two tones."""
    cells = [
        cell
        for one in document.tables
        for row in one.rows
        for cell, kind in zip(row, one.kinds, strict=True)
        if kind == "status"
    ]
    assert len(cells) > 5
    assert all(cell[0] in STATUS_TONES and re.fullmatch(r". [A-Z][a-z]+.*", cell) for cell in cells)
    assert len(set(STATUS_TONES.values())) == len(STATUS_TONES)


def test_what_comes_next_has_an_owner_an_action_and_a_day_or_says_that_it_has_none(document):
    """Gaps are named, not left blank; a target that ends is asked to be followed."""
    rows = {row[0]: row for row in table(document, "targets-next").rows}
    assert rows["EHC plans, placed outside the authority"][4:6] == ("To be named", "To be set")
    assert "(step) by 30 September 2025" in rows["EHC plans, placed outside the authority"][2]
    callouts = {b.title: b.text for s in document.sections for b in s.blocks if isinstance(b, Callout)}
    assert "over 20 miles" in callouts["Targets still to be set"]
    assert "outside the authority" in callouts["Likely to be missed unless something changes"]


def test_word_html_and_model_say_the_same(document):
    """Every table, cell by cell."""
    file = docx.Document(io.BytesIO(render_docx(document)))
    in_word = [[[cell.text for cell in row.cells] for row in one.rows] for one in file.tables]
    assert in_word == [[list(one.columns), *map(list, one.rows)] for one in document.tables]
    page = render_html(document)
    for one in document.tables:
        for row in one.rows:
            for cell in row:
                assert cell.replace("&", "&amp;").replace("'", "&#39;") in page, cell


def test_the_report_claims_no_cause(document):
    """What happened is said, not why."""
    banned = r"\b(because of|caused by|thanks to|led to|due to|as a result)\b"
    for text in document.prose():
        assert not re.search(banned, text, re.IGNORECASE), text


def test_no_small_number_is_shown(document):
    """Counts of children of the six months are multiples of 5, hidden, or none."""
    for key in ("period-moves", "period-began"):
        one = table(document, key)
        for row in one.rows:
            for cell, kind in zip(row, one.kinds, strict=True):
                if kind == "number" and cell not in ("c", "x", "-") and "%" not in cell:
                    assert int(cell.replace(",", "")) % 5 == 0


def test_the_six_months_withstand_the_attack(context):
    """What is hidden of the whole release, the six months in it, cannot be worked out."""
    figures = context.figures
    assert {then_population(context.day), movement_population(context.day)} <= set(figures.linked.values)
    assert audit(figures.linked.model, figures.pattern, every=False).safe


def test_movement_adds_up(county):
    """Brute force: each child's place on both days; those there then, less who left or moved, plus who came."""
    day = county.snapshot
    before = half_year_start(day)
    assert before == LAST
    found = movement(county.placements, before, day)
    stocks = [looked_after(county.placements, on).set_index("child_id")["location"] for on in (before, day)]
    assert set(found.index) == set(stocks[0].index) | set(stocks[1].index)
    for child, row in found.iterrows():
        assert (row["from"], row["to"]) == tuple(stock.get(child, NOT_IN_CARE) for stock in stocks)
    out = codes.OUT_OF_COUNTY
    came, left = found["to"].eq(out) & found["from"].ne(out), found["from"].eq(out) & found["to"].ne(out)
    assert stocks[0].eq(out).sum() + came.sum() - left.sum() == stocks[1].eq(out).sum()


def test_months_are_counted_by_their_ends():
    """Six months before the end of March is the end of September, and back."""
    day = LAST.replace(year=2025, month=3, day=31)
    assert months_from(day, -6) == LAST
    assert months_from(LAST, 6) == day
    assert months_ahead(day, LAST.replace(year=2025)) == 6
    assert months_ahead(day, day) == 0


@pytest.fixture(scope="module")
def future(county):
    return forecast(county, years=1, runs=60, seed=3)


@pytest.mark.parametrize("name", ["care_out_of_county", "homes_out_of_county", "care_over_20_miles", "in_house_foster_share", "looked_after"])  # fmt: skip
def test_a_warning_follows_how_hard_the_target_is(county, context, future, name):
    """The harder, the likelier missed; what cannot be reached is always missed, and what cannot be missed never."""
    rows = TARGETS.iloc[[0]].assign(indicator=name, due_date="2025-09-30")
    if name == "looked_after":
        rows = rows.assign(baseline="300", target="200")
    (line,) = progress_lines(targets_of(rows), (), context.day, lambda one: headline_texts(context.figures, one))
    scale = 1 if line.now.denominator else 1000
    missed = []
    for aim in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        found = warning(
            county, future, line, Milestone(Amount(str(aim), aim * scale, bool(line.now.denominator)), line.next.due)
        )
        assert found.low <= found.middle <= found.high
        missed.append(found.missed)
    if line.better == "lower":
        missed.reverse()
    assert missed == sorted(missed)
    assert missed[0] == 0
    assert missed[-1] in (1, pytest.approx(1, abs=0.05))


def test_without_comings_and_goings_nothing_changes(county, future):
    """Where as many are in each kind of placement as today, and all stay, the share is that of today in every run."""
    care = looked_after(county.placements, county.snapshot)
    held = future.held.copy()
    for place, kind in enumerate(codes.PROVISION):
        held[:, :, place] = care["provision"].eq(kind).sum()
    still = dataclasses.replace(future, held=held)
    rows = TARGETS.iloc[[0]].assign(due_date="2025-09-30")
    context = statement_context(county)
    (line,) = progress_lines(targets_of(rows), (), context.day, lambda one: headline_texts(context.figures, one))
    found = warning(county, still, line, line.next)
    known = care["location"].ne(codes.UNKNOWN)
    today = care.loc[known, "location"].eq(codes.OUT_OF_COUNTY).mean()
    assert found.middle == pytest.approx(today, abs=0.06)


def test_the_forecast_does_not_tell_of_what_it_does_not_know(county, future, context):
    """Nothing is said of where plans are placed, nor beyond the forecast."""
    rows = TARGETS.iloc[[4]]
    (line,) = progress_lines(targets_of(rows), (), context.day, lambda one: headline_texts(context.figures, one))
    assert warning(county, future, line, line.next) is None
    rows = TARGETS.iloc[[0]].assign(due_date="2029-09-30")
    (line,) = progress_lines(targets_of(rows), (), context.day, lambda one: headline_texts(context.figures, one))
    assert warning(county, future, line, line.final) is None


def test_the_report_can_be_read_by_a_school_leaver(document):
    """Its prose as a whole needs the reading of a fourteen-year-old at most."""
    assert reading_age(document.prose()) <= 14


@pytest.mark.skipif(not pdf_is_possible(), reason="no PDF here: the extra `pdf`, or Pango, is missing")
def test_the_pdf_is_tagged_through_and_through(document):
    """Headings go down one level at a time, every picture has alternative text, every cell names its headers."""
    reader = pypdf.PdfReader(io.BytesIO(render_pdf(document)))
    found: list[pypdf.generic.DictionaryObject] = []
    todo = [reader.trailer["/Root"]["/StructTreeRoot"]]
    while todo:
        node = todo.pop()
        kids = node.get("/K", [])
        for kid in reversed(kids if isinstance(kids, list) else [kids]):
            one = kid.get_object()
            if isinstance(one, dict) and "/S" in one:
                todo.append(one)
        found.append(node)
    tags = [str(node.get("/S", "")) for node in found]
    levels = [int(tag[2:]) for tag in tags if re.fullmatch(r"/H[1-6]", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    pictures = [block for section in document.sections for block in section.blocks if isinstance(block, Figure)]
    alts = [str(node["/Alt"]) for node in found if node.get("/S") == "/Figure" and "/Alt" in node]
    assert sorted(alts) == sorted(picture.alt for picture in pictures)
    ids = {str(node["/ID"]) for node in found if node.get("/S") == "/TH"}
    assert len(ids) >= sum(len(one.columns) + len(one.rows) for one in document.tables)
    cells = [node for node in found if node.get("/S") == "/TD"]
    assert len(cells) == sum((len(one.columns) - 1) * len(one.rows) for one in document.tables)
    for cell in cells:
        named = {str(one) for one in cell["/A"]["/Headers"]}
        assert named
        assert named <= ids
    assert tags.count("/Table") == len(document.tables)


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (apt-get install chromium)")
def test_the_page_holds_against_axe(document, tmp_path):
    """No accessibility rule is broken, on a desk's screen and a phone's, as a draft and in print."""
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    path = tmp_path / "report.html"
    path.write_text(render_html(document), encoding="utf-8")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for width in (1280, 390):
            page = browser.new_context(bypass_csp=True, viewport={"width": width, "height": 800}).new_page()
            page.goto(path.as_uri())
            broken = Axe().run(page).response["violations"]
            assert [(one["id"], one["nodes"][0]["html"][:200]) for one in broken] == []
        browser.close()


def test_words_of_chance_never_round_to_certainty():
    """Tenths, and at the ends more or fewer than; three words for three shapes."""
    assert [chance_words(p) for p in (0.0, 0.04, 0.33, 0.97, 1.0)] == [
        "Fewer than 1 in 10", "Fewer than 1 in 10", "About 3 in 10", "More than 9 in 10", "More than 9 in 10",
    ]  # fmt: skip
    assert [warning_words(p)[0] for p in (0.0, 0.5, 0.9)] == ["●", "▲", "■"]
