"""Renew `constraints/*.txt`: names, versions and hashes of everything installed, and no addresses.

Needs `uv` (`pip install uv`) for its universal resolver, which covers every supported Python and platform
in one file.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COMMON = [
    "--universal",
    "--generate-hashes",
    "--python-version",
    "3.11",
    "--no-header",
    "--no-annotate",
    # pip asks for hashes of "coverage[toml]" as of a package of its own: a pin without the extra holds only until
    # a newer release appears.
    "--no-strip-extras",
    "--quiet",
    "--no-emit-package",
    "placements",
]


def main() -> int:
    """Resolve the run and the test sets; the test set keeps the versions of the run set."""
    run, test = ROOT / "constraints/run.txt", ROOT / "constraints/test.txt"
    build = ROOT / "constraints/build.in"
    uv = ["uv", "pip", "compile", *COMMON]
    subprocess.run([*uv, "pyproject.toml", str(build), "-o", str(run)], check=True, cwd=ROOT)
    subprocess.run(
        [*uv, "--extra", "test", "pyproject.toml", str(build), "-c", str(run), "-o", str(test)], check=True, cwd=ROOT
    )
    print(f"renewed {run.relative_to(ROOT)} and {test.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
