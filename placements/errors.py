"""What can go wrong, said so that the reader can mend it.

Every error a user can cause is a `PlacementsError`: it carries an exit code and no traceback is shown.
Messages never hold a child's value (id, date of birth, postcode): those go to the quarantine files only.
"""

from __future__ import annotations

from pathlib import Path


class PlacementsError(Exception):
    """Base of all errors that are meant for the user.

    Attributes
    ----------
    exit_code : int
        The code the command line leaves with.
    """

    exit_code = 1


class UsageError(PlacementsError):
    """The command or call was asked for something that does not exist or does not fit together."""

    exit_code = 2


class DataError(PlacementsError):
    """Input that cannot be used at all.

    Parameters
    ----------
    message : str
        What was found, in plain words.
    file : Path, optional
        The file it was found in.
    row : int, optional
        Line number in that file, counting the header as line 1.
    column : str, optional
        The column's name as it stands in the file.
    advice : str, optional
        What to do about it.
    """

    exit_code = 3

    def __init__(
        self,
        message: str,
        *,
        file: Path | str | None = None,
        row: int | None = None,
        column: str | None = None,
        advice: str | None = None,
    ) -> None:
        self.message, self.file, self.row, self.column, self.advice = message, file, row, column, advice
        where = [str(file)] if file is not None else []
        where += [f"row {row}"] if row is not None else []
        where += [f"column {column}"] if column is not None else []
        text = f"{', '.join(where)}: {message}" if where else message
        super().__init__(f"{text}\n  What to do: {advice}" if advice else text)


class UnreadableFilesError(DataError):
    """Files that cannot be read at all: all of them, each with its own reason.

    Parameters
    ----------
    errors : list of DataError
        At least one.
    """

    def __init__(self, errors: list[DataError]) -> None:
        self.errors = tuple(errors)
        first = errors[0]
        super().__init__(first.message, file=first.file, row=first.row, column=first.column, advice=first.advice)
        if len(errors) > 1:
            self.args = (f"{len(errors)} files cannot be read:\n" + "\n".join(f"- {error}" for error in errors),)


class SettingsError(DataError):
    """`study.toml`, a scenario or a targets file says something that cannot be followed."""


class DisclosureError(PlacementsError):
    """An output would have shown what disclosure control forbids; nothing was written."""

    exit_code = 4


class InfeasibleError(PlacementsError):
    """No plan can meet the limits that were set; the message says which clash."""

    exit_code = 5


EXIT_CODES: dict[int, str] = {
    0: "done",
    2: "the command line or a setting's name is wrong",
    3: "the data cannot be used",
    4: "blocked by disclosure control; nothing was written",
    5: "no plan can meet the limits that were set",
    6: "the time limit was reached; the answer is usable and its gap is stated",
}
