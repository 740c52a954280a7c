"""`placements audit`: any file, with or without a study; exit code 4 when one may not be shared."""

import json

from tests.command_support import run
from tests.scanning_support import pdf, workbook


def test_a_clean_file_is_passed(tmp_path, capsys):
    """Exit code 0, and it says so."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook())
    code, out, _ = run(capsys, "audit", path)
    assert (code, out.strip()) == (0, "Nothing was found.")


def test_a_leak_is_told_with_its_place_and_not_its_value(tmp_path, capsys):
    """Exit code 4; several files at once; the value is nowhere."""
    (tmp_path / "a.csv").write_text("Area,Note\nWoking,GU1 1AA\n")
    (tmp_path / "b.pdf").write_bytes(pdf("Fine"))
    (tmp_path / "c.xyz").write_text("Fine")
    code, out, err = run(capsys, "audit", *sorted(tmp_path.iterdir()))
    assert code == 4
    assert "line 2, column 2" in out
    assert "c.xyz" in out
    assert "b.pdf" not in out
    assert "1AA" not in out + err
    code, out, _ = run(capsys, "audit", *sorted(tmp_path.iterdir()), "--json")
    report = json.loads(out)
    assert (code, report["files"], report["blocked"]) == (4, 3, True)
    assert {row["severity"] for row in report["findings"]} == {"leak", "unreadable"}


def test_warnings_do_not_block(tmp_path, capsys):
    """A number of another's file may count anything."""
    path = tmp_path / "a.csv"
    path.write_text("Area,Children\nWoking,3\n")
    code, out, _ = run(capsys, "audit", path)
    assert code == 0
    assert "warning" in out


def test_public_postcodes_can_be_listed(tmp_path, capsys):
    """One a line, or among other words."""
    (tmp_path / "a.csv").write_text("School,Postcode\nA,GU1 1AA\n")
    (tmp_path / "public.txt").write_text("schools: gu1 1aa\n")
    assert run(capsys, "audit", tmp_path / "a.csv", "--allow-postcodes", tmp_path / "public.txt")[0] == 0
    assert run(capsys, "audit", tmp_path / "a.csv", "--allow-postcodes", tmp_path / "none.txt")[0] == 3


def test_a_file_that_is_not_there_is_not_safe(tmp_path, capsys):
    """It could not be read, so nothing is known of it."""
    code, out, _ = run(capsys, "audit", tmp_path / "none.csv")
    assert code == 4
    assert "cannot be read" in out


def test_with_a_study_its_children_are_found_and_its_schools_are_public(small_study, tmp_path, capsys):
    """A child's postcode and identifier by value; the postcode of a school of the register passes."""
    from placements.study import open_study

    county = open_study(small_study).load()
    child = county.placements.dropna(subset=["home_postcode"]).iloc[0]
    school = county.provision.loc[~county.provision["confidential"], "postcode"].dropna().iloc[0]
    (tmp_path / "a.csv").write_text(f"School,Postcode\nA,{school}\n")
    (tmp_path / "b.txt").write_text(f"of {child['child_id']} at {child['home_postcode'].lower()}")
    code, out, _ = run(capsys, "audit", tmp_path / "a.csv", tmp_path / "b.txt", "--study", small_study, "--json")
    kinds = {row["kind"] for row in json.loads(out)["findings"]}
    assert code == 4
    assert kinds == {"a child's postcode", "a child's identifier"}
