"""Standard output holds a command's data and nothing else, whoever writes to it."""

import io
import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from placements import cli, stdout

#: A command that prints JSON, while a library, C's own buffer and a program print to the same descriptor.
NOISY = """
import ctypes, os, subprocess, sys
from placements.commands import check

def noisy():
    os.write(1, b"a library\\n")
    ctypes.CDLL(None).printf(b"a buffer of C\\n")
    subprocess.run([sys.executable, "-c", "print('a program')"], check=True)
    {more}
    return [{{"code": "caf\\u00e9"}}]

check.rules_list = noisy
from placements.cli import main
main(["check", "--rules", {words}])
os.write(1, b"after\\n")
"""


def run(words: str = '"--json"', more: str = "pass") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", NOISY.format(words=words, more=more)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONIOENCODING": "utf-8"},
    )


@pytest.mark.skipif(sys.platform == "win32", reason="printf of C is found by another name")
def test_what_others_print_while_a_command_runs_goes_to_standard_error() -> None:
    """The JSON can be read; the noise is on standard error; afterwards the descriptor is what it was."""
    found = run()
    assert found.returncode == 0, found.stderr
    data, after, rest = found.stdout.partition("after\n")
    assert json.loads(data) == [{"code": "café"}]
    assert (after, rest) == ("after\n", "")
    assert all(noise in found.stderr for noise in ("a library", "a buffer of C", "a program"))


@pytest.mark.skipif(sys.platform == "win32", reason="printf of C is found by another name")
@pytest.mark.parametrize("words", ["", '"--json"'])
def test_a_command_that_fails_leaves_standard_output_empty(words) -> None:
    """Half of an answer is no answer; a table is guarded as JSON is."""
    found = run(words, 'from placements.errors import UsageError; raise UsageError("no")')
    assert found.returncode == 2
    assert found.stdout == ""
    assert "placements: no" in found.stderr


def test_where_standard_output_is_captured_in_python_the_data_go_there() -> None:
    """Under click's own runner there is no descriptor beneath standard output: it is left as it is."""
    found = CliRunner().invoke(cli.cli, ["check", "--rules", "--json"])
    assert found.exit_code == 0
    assert json.loads(found.stdout)


def test_standard_output_is_put_back_when_all_is_over(capfd) -> None:
    """Also when the body fails: same stream, same descriptor."""
    before = sys.stdout
    with pytest.raises(ZeroDivisionError), stdout.only_data_on_stdout():
        os.write(1, b"astray")
        raise ZeroDivisionError
    os.write(1, b"home")
    assert sys.stdout is before
    assert capfd.readouterr() == ("home", "astray")


def test_a_closed_standard_output_is_no_reason_to_fail(monkeypatch) -> None:
    """Without a descriptor there is nothing to lead astray."""

    def closed(descriptor):
        raise OSError

    monkeypatch.setattr(os, "dup", closed)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    with stdout.only_data_on_stdout():
        print("data")  # noqa: T201
        assert sys.stdout.getvalue() == "data\n"
