"""Imports point one way; a higher layer imported from a lower one is found."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINT = Path(sys.executable).parent / "lint-imports"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(LINT), "--no-cache", "--config", str(folder / "pyproject.toml")],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin", "HOME": str(folder)},
    )


def copy_of_package(tmp_path: Path) -> Path:
    """Copy the Python files of the package, and its contracts."""
    for source in (ROOT / "placements").rglob("*.py"):
        target = tmp_path / source.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    return tmp_path


def test_contracts_are_kept(tmp_path):
    """Every layer imports only from those below it, and only its own rooms know folium, Word and the solver."""
    result = lint(copy_of_package(tmp_path))
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_lower_layer_that_imports_a_higher_one_is_found(tmp_path):
    """The contract is not empty: one wrong import breaks it, and is named."""
    folder = copy_of_package(tmp_path)
    wrong = folder / "placements" / "analysis" / "cost.py"
    wrong.write_text(wrong.read_text() + "\nfrom placements.reports import write_statement  # noqa\n")
    result = lint(folder)
    assert result.returncode != 0
    assert "placements.analysis.cost -> placements.reports" in result.stdout


def test_every_module_has_a_layer():
    """A new top-level module must be given its place in the layers."""
    text = (ROOT / "pyproject.toml").read_text()
    layers = text[text.index("layers = [") : text.index("]", text.index("layers = ["))]
    names = {
        path.stem for path in (ROOT / "placements").iterdir() if path.suffix == ".py" and path.stem != "__init__"
    } | {path.name for path in (ROOT / "placements").iterdir() if (path / "__init__.py").exists()}
    assert {name for name in names if f"placements.{name}" not in layers} == set()
