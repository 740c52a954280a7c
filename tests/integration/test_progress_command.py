"""Two reports, half a year apart, as a council makes them: the second judges what the first set, and nothing is lost."""

import json
import re

from tests.command_support import run

TARGETS = """indicator,baseline,target,due_date,owner,action,status,reason
care_out_of_county,60%,1%,2025-03-31,Director,Open homes,at risk,Building was late
care_over_20_miles,50%,99%,2025-03-31,Director,Search near home,on track,
plans_out_of_county,30%,5%,2026-03-31,Head of SEND,Open bases,,
"""


def at(study, day):
    """Set the day of the study."""
    path = study / "study.toml"
    path.write_text(
        re.sub(r"(?m)^snapshot = \S+", f"snapshot = {day}", path.read_text(encoding="utf-8")), encoding="utf-8"
    )


def test_the_second_report_judges_what_the_first_set(study_copy, capsys):
    """Met and missed against targets and steps; the history grows and its first lines stay; earlier days are closed."""
    study = study_copy
    (study / "targets.csv").write_text(TARGETS, encoding="utf-8")
    at(study, "2024-09-30")
    code, out, _ = run(capsys, "report", "progress", study, "--json")
    first = json.loads(out)
    assert code == 0
    assert first["last_report"] is None
    assert all(row["standing"] == "None due yet" for row in first["targets"])
    begun = (study / "targets-history.csv").read_bytes()
    at(study, "2025-03-31")
    code, out, _ = run(capsys, "report", "progress", study, "--json")
    second = json.loads(out)
    assert code == 0
    assert second["last_report"] == "2024-09-30"
    standing = {row["indicator"]: row["standing"] for row in second["targets"]}
    assert standing["care_out_of_county"] == "Missed"
    assert standing["care_over_20_miles"] == "Met"
    step = next(row["next_target"] for row in first["targets"] if row["indicator"] == "plans_out_of_county")
    assert next(row["target"] for row in second["targets"] if row["indicator"] == "plans_out_of_county") == step
    history = (study / "targets-history.csv").read_bytes()
    assert history.startswith(begun)
    for name in ("docx", "html", "xlsx"):
        assert (study / "reports" / f"six-monthly-report.{name}").stat().st_size > 0
    assert "Building was late" in (study / "reports" / "six-monthly-report.html").read_text(encoding="utf-8")
    run(capsys, "report", "progress", study, "--profile", "internal", "--json")
    assert (study / "targets-history.csv").read_bytes() == history
    at(study, "2024-09-30")
    code, _, err = run(capsys, "report", "progress", study)
    assert code == 2
    assert "cannot be changed any more" in err


def test_a_ledger_that_cannot_be_followed_stops_before_anything_is_read(study_copy, capsys):
    """The line and the column, at once and not after minutes."""
    study = study_copy
    (study / "targets.csv").write_text(
        TARGETS.replace("care_over_20_miles,50%,99%", "care_over_20_miles,50%,many"), encoding="utf-8"
    )
    code, _, err = run(capsys, "report", "progress", study)
    assert code == 3
    assert "line 3, column target: found 'many'" in err
    assert not (study / "targets-history.csv").exists()
