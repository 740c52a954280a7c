"""`placements check`: what a data officer sees, writes down and mends; for a study, and for any folder of one source."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from tests.command_support import run

HEADER = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n"
EPISODES = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"


@pytest.fixture
def returns(tmp_path) -> Path:
    """A return of twenty children with three rows that cannot be used, one of them a would-be formula."""
    folder = tmp_path / "returns" / "2025"
    folder.mkdir(parents=True)
    children = [f"CHILD{i:03d}" for i in range(20)]
    (folder / "h.csv").write_text(HEADER + "".join(f"{c},1,01/02/2012,WBRI,,0,\n" for c in children))
    rows = [f"{c},05/05/2023,S,C2,N1,U6,PR4,,,,GU1 1AA,KT1 1AA,SC1\n" for c in children]
    bad = [
        'CHILD001,31/02/2023,P,C2,N1,U6,PR4,,,,"=HYPERLINK(""x"")",KT1 1AA,SC1\n',
        "CHILD002,06/05/2023,P,C2,N1,Q9,PR4,,,,GU1 1AA,KT1 1AA,@SUM(1)\n",
        ",06/05/2023,P,C2,N1,U6,PR4,,,,GU1 1AA,KT1 1AA,SC1\n",
    ]
    (folder / "e.csv").write_text(EPISODES + "".join(rows + bad))
    return folder.parent


def test_a_folder_of_one_source_is_checked_with_no_study(returns, tmp_path, capsys):
    """The promised JSON, the quarantine and the page; nothing is written into the folder that was read."""
    before = sorted(returns.rglob("*"))
    code, out, err = run(capsys, "check", "--source", "ssda903", returns, "--out", tmp_path / "out", "--json")
    report = json.loads(out)
    assert code == 0, err
    assert sorted(returns.rglob("*")) == before
    files = {row["path"]: row for row in report["files"]}
    assert set(files["2025/e.csv"]) == {
        "path", "source", "table", "rows_in", "used", "quarantined", "superseded", "reasons",
    }  # fmt: skip
    assert [files["2025/e.csv"][k] for k in ("rows_in", "used", "quarantined", "superseded")] == [23, 20, 3, 0]
    assert sum(files["2025/e.csv"]["reasons"].values()) == 3
    assert {"code", "severity", "count", "message"} <= set(report["rules"][0])
    assert (tmp_path / "out" / "quarantine" / "ssda903-episodes.csv").exists()
    assert (tmp_path / "out" / "data-quality.html").exists()


def test_the_quarantine_holds_the_row_as_it_was_found_and_runs_no_formula(returns, tmp_path, capsys):
    """Every cell of the source row beside file, line, column, value and reason; a formula has an apostrophe before it."""
    run(capsys, "check", "--source", "ssda903", returns, "--out", tmp_path)
    rows = pd.read_csv(tmp_path / "quarantine/ssda903-episodes.csv", dtype=str, keep_default_na=False)
    assert rows[["row", "column", "value"]].to_numpy().tolist() == [
        ["22", "DECOM", "31/02/2023"],
        ["23", "PLACE", "Q9"],
        ["24", "CHILD", ""],
    ]
    by_line = rows.set_index("row")
    assert by_line.loc["22", "HOME_POST"] == '\'=HYPERLINK("x")'
    assert by_line.loc["23", "URN"] == "'@SUM(1)"
    assert by_line.loc["23", ["CHILD", "DECOM", "LS"]].tolist() == ["CHILD002", "06/05/2023", "C2"]
    text = (tmp_path / "quarantine/ssda903-episodes.csv").read_text()
    assert not re.search(r'(^|,)"?[=+@]', text, re.MULTILINE)


def test_what_is_printed_and_the_page_show_no_child(returns, tmp_path, capsys):
    """Identifiers, dates of birth, postcodes: in the quarantine only."""
    _, out, err = run(capsys, "check", "--source", "ssda903", returns, "--out", tmp_path)
    page = (tmp_path / "data-quality.html").read_text(encoding="utf-8")
    for text in (out, err, page):
        assert not re.search(r"CHILD\d{3}|GU1 ?1AA|KT1 ?1AA|01/02/2012|2012-02-01", text)
    assert "Rows set aside" in page


def test_small_counts_on_the_page_are_hidden_unless_internal_was_asked_for(returns, tmp_path, capsys):
    """Three rows of children are three children: `c`, unless `internal` is named, and then the page says so."""
    run(capsys, "check", "--source", "ssda903", returns, "--out", tmp_path)
    cells = re.findall(r'<td class="number">([^<]*)</td>', (tmp_path / "data-quality.html").read_text())
    assert "c" in cells
    assert "3" not in cells
    run(capsys, "check", "--source", "ssda903", returns, "--out", tmp_path, "--profile", "internal")
    page = (tmp_path / "data-quality.html").read_text()
    assert ">3<" in page
    assert "NOT FOR SHARING" in page


def test_rows_that_are_mended_leave_the_quarantine(returns, tmp_path, capsys):
    """The next check takes away what no longer holds."""
    run(capsys, "check", "--source", "ssda903", returns, "--out", tmp_path)
    path = returns / "2025" / "e.csv"
    path.write_text("\n".join(path.read_text().splitlines()[:-3]) + "\n")
    run(capsys, "check", "--source", "ssda903", returns, "--out", tmp_path)
    assert not (tmp_path / "quarantine/ssda903-episodes.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (["check", "--source", "payroll", "{folder}"], 2, "not a source"),
        (["check", "--source", "ssda903", "{folder}/nowhere"], 2, "not a folder"),
        (["check", "--source", "ssda903", "{folder}"], 3, "is empty"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line_with_its_exit_code(tmp_path, capsys, arguments, code, word):
    """2 for what was asked, 3 for the data; no traceback."""
    (tmp_path / "empty.csv").write_bytes(b"")
    got, _, err = run(capsys, *[text.format(folder=tmp_path) for text in arguments])
    assert got == code
    assert word in err
    assert "Traceback" not in err


@pytest.mark.parametrize("source", ["ssda903", "sen2", "gias", "ofsted", "register", "census", "published"])
@pytest.mark.parametrize(
    "content", [None, "foo,bar\n1,2\n", HEADER + "A1,1,01/02/2012,WBRI,,0,\n", EPISODES + ",,,,,,,,,,,,\n"]
)
def test_every_source_can_be_checked_whatever_is_there(tmp_path, capsys, source, content):
    """An empty folder, an unknown table, headers only: an account and a page, never a traceback."""
    folder = tmp_path / "in"
    folder.mkdir()
    if content is not None:
        (folder / "x.csv").write_text(content)
    code, out, err = run(capsys, "check", "--source", source, folder, "--out", tmp_path, "--json")
    assert code == 0, err
    assert len(json.loads(out)["files"]) == (content is not None)
    assert (tmp_path / "data-quality.html").exists()


def test_another_persons_table_in_the_quarantine_folder_is_left_alone(returns, tmp_path, capsys):
    """Only what was written here is taken away."""
    own = tmp_path / "quarantine" / "mine.csv"
    own.parent.mkdir()
    own.write_text("a,b\n1,2\n")
    run(capsys, "check", "--source", "ssda903", returns, "--out", tmp_path)
    assert own.exists()


def numbers_of(page, key):
    table = page[page.index(f'id="table-{key}"') :]
    return re.findall(r'<td class="number">([^<]*)</td>', table[: table.index("</table>")])


def test_a_hidden_count_is_not_given_back_by_its_reason(tmp_path, capsys):
    """Seven rows, six of them set aside for one reason: the 5 beside the total would tell the hidden 1, so one is hidden.

    The number set aside is the same in both tables.
    """
    folder = tmp_path / "2025"
    folder.mkdir()
    rows = [f"C{i},05/05/2023,S,C2,N1,{'U6' if i == 0 else 'Q9'},PR4,,,,,,\n" for i in range(7)]
    (folder / "e.csv").write_text(EPISODES + "".join(rows))
    run(capsys, "check", "--source", "ssda903", folder, "--out", tmp_path)
    page = (tmp_path / "data-quality.html").read_text()
    read, used, aside, superseded = numbers_of(page, "quality-every-file")
    assert used == "c"
    assert superseded == "0"
    assert "c" in (read, aside)
    assert numbers_of(page, "quality-reasons") == [aside]


def test_every_rule_is_listed(capsys):
    """At least forty, each with code, severity, message and what to do."""
    code, out, _ = run(capsys, "check", "--rules", "--json")
    rules = json.loads(out)
    assert code == 0
    assert len(rules) >= 40
    assert all(rule["code"] and rule["message"] and rule["advice"] for rule in rules)
    assert {rule["severity"] for rule in rules} == {"error", "warning"}


def test_a_study_gets_a_page_too(study_copy, capsys):
    """`placements check STUDY` writes reports/data-quality.html, which names every file."""
    code, out, err = run(capsys, "check", study_copy)
    assert code == 0, err
    page = (study_copy / "reports" / "data-quality.html").read_text(encoding="utf-8")
    for source in ("ssda903", "sen2", "gias", "ofsted", "register"):
        assert f"{source}/" in page
    assert "data-quality.html" in out
