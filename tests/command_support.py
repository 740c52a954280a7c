"""The command line, run as a person runs it."""

from placements.cli import main


def run(capsys, *arguments: object) -> tuple[int, str, str]:
    """Run the command line; return exit code, standard output and standard error."""
    try:
        main([str(argument) for argument in arguments])
        code = 0
    except SystemExit as left:
        code = int(left.code or 0)
    out, err = capsys.readouterr()
    return code, out, err
