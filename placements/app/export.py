"""Who exports a pack? A person at the command line: the study is run, its scenarios compared, the page released."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from placements.app.pack import pack_page
from placements.app.process import COMPARE, READ
from placements.app.setup import Setup
from placements.app.store import Store
from placements.app.worker import Worker
from placements.errors import UsageError
from placements.interventions import scenario_name, scenario_text
from placements.pipeline import BEST_PLAN, read_scenarios
from placements.progress import Reporter
from placements.study import open_study
from placements.writing import write_bytes

#: Where the pack stands in a study, when nobody says otherwise.
PACK: Final = "pack.html"
#: More scenarios than this make a page that nobody reads.
_MOST: Final = 12


def export_pack(
    folder: Path,
    reporter: Reporter,
    *,
    files: Sequence[Path] = (),
    out: Path | None = None,
    with_saved: bool = False,
    steps: bool = False,
    assumptions: bool = False,
    profile: str | None = None,
) -> tuple[Path, dict[str, Any]]:
    """Write one HTML page with the study's findings and its scenarios compared.

    Parameters
    ----------
    folder : Path
        The study.
    reporter : Reporter
    files : sequence of Path
        Scenarios beside the best plan; those in `scenarios/` of the study when none are named.
    out : Path, optional
        Where to write; `reports/pack.html` of the study when not given.
    with_saved : bool
        Whether scenarios that were saved in the web application are among them.
    steps, assumptions : bool
        Whether each scenario is taken apart by step, and by assumption.
    profile : str, optional

    Returns
    -------
    Path
        The page written.
    dict
        `path`, `bytes`, `scenarios` (their names), `profile`.

    Raises
    ------
    UsageError
        When there are too many scenarios, or two are called alike.
    DisclosureError
        When the page would show something of a child; nothing is written.
    """
    study = open_study(folder).with_profile(profile)
    named = {name: scenario_text(steps_, title=name) for name, steps_ in read_scenarios(files).items()}
    named |= _saved(folder, taken=named) if with_saved else {}
    worker = Worker(folder, profile)
    with reporter.stage("run the study") as stage:
        base = worker.answer(READ, {}, stage)
    written = {} if files else {scenario_name(stem): text for stem, text in base["written"].items()}
    scenarios = {BEST_PLAN: base["plan"], **written, **named}
    if len(scenarios) > _MOST:
        raise UsageError(f"a pack holds {_MOST} scenarios at most, and there are {len(scenarios)}: name those wanted")
    with reporter.stage("compare the scenarios") as stage:
        request = {
            "scenarios": [{"name": name, "scenario": text} for name, text in scenarios.items()],
            "steps": steps,
            "assumptions": assumptions,
        }
        compared = worker.answer(COMPARE, request, stage)
        stage.done(f"{len(scenarios)} scenarios in {compared['futures']} futures")
    path = out or study.reports / PACK
    page = worker.cleared(path.name, pack_page(base, compared, scenarios))
    write_bytes(path, page)
    return path, {
        "path": str(path),
        "bytes": len(page),
        "scenarios": list(scenarios),
        "profile": base["profile"],
    }


def _saved(folder: Path, taken: Mapping[str, str]) -> dict[str, str]:
    """Return the scenarios that were saved in the web application, by name."""
    kept = Setup(folder).store
    found = {one.name: one.scenario for one in Store(kept).scenarios("")} if kept.is_file() else {}
    both = sorted(set(found) & set(taken))
    if both:
        raise UsageError(f"a file and a saved scenario are both called {both[0]!r}: rename the file")
    return found
