"""From workbooks (Excel, old and new, and OpenDocument) to cells: every sheet, the header found by its names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import python_calamine

from placements.errors import DataError
from placements.read.delimited import Cells, tidy_header

_HEADER_SEARCH_ROWS: Final = 15


def sheets(path: Path, is_header: Callable[[list[str]], bool]) -> Iterator[tuple[str, Cells]]:
    """Yield name and cells of each sheet that is not blank; formulas give their last result.

    The header is the first row, of the first rows, for which `is_header` holds; else the first that is not blank.

    Raises
    ------
    DataError
        When the workbook cannot be opened.
    """
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        found = [(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in book.sheet_names]
    except (python_calamine.CalamineError, python_calamine.WorksheetNotFound, OSError, ValueError) as error:
        raise DataError(
            f"cannot be opened as a workbook ({type(error).__name__}): it is damaged or cut off",
            file=path,
            advice="open it, and save it again as .xlsx or CSV",
        ) from None
    for name, rows in found:
        texts = [[_text(value) for value in row] for row in rows]
        if any(cell.strip() for row in texts for cell in row):
            yield name, _cells(texts, is_header)


def _cells(rows: list[list[str]], is_header: Callable[[list[str]], bool]) -> Cells:
    first = next(i for i, row in enumerate(rows) if any(cell.strip() for cell in row))
    number = next((i for i, row in enumerate(rows[:_HEADER_SEARCH_ROWS]) if is_header(row)), first)
    widest = max(i + 1 for row in rows[number:] for i, cell in enumerate(row) if cell.strip())
    header = tidy_header(rows[number], widest)  # cells past the last name are kept too
    width = len(header)
    body = [row[:width] + [""] * (width - len(row)) for row in rows[number + 1 :]]
    frame = pd.DataFrame(body, columns=header, dtype="str")
    title = " ".join(cell for row in rows[:number] for cell in row if cell.strip())
    return Cells(frame, np.arange(number + 2, number + 2 + len(frame)), title=title)


def _text(value: object) -> str:
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
