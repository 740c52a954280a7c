"""A linear model as arrays, built block by block, each variable and row with a name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from ortools.linear_solver.python import model_builder
from scipy import sparse

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Names = Callable[[], Sequence[str]]


@dataclass
class LinearModel:
    """Variables, rows and objectives under construction.

    Names are made only when asked for: a large model is solved without them.
    """

    lower: list[Floats] = field(default_factory=list)
    upper: list[Floats] = field(default_factory=list)
    whole: list[npt.NDArray[np.bool_]] = field(default_factory=list)
    row_lower: list[Floats] = field(default_factory=list)
    row_upper: list[Floats] = field(default_factory=list)
    entries: list[tuple[Ints, Ints, Floats]] = field(default_factory=list)
    variable_names: list[Names] = field(default_factory=list)
    row_names: list[Names] = field(default_factory=list)
    variables: int = 0
    rows: int = 0

    def add_variables(self, number: int, upper: Floats | float, names: Names, *, whole: bool = False) -> Ints:
        """Add variables from 0 to `upper` and return their columns."""
        self.lower.append(np.zeros(number))
        self.upper.append(np.broadcast_to(np.asarray(upper, float), (number,)).copy())
        self.whole.append(np.full(number, whole))
        self.variable_names.append(names)
        self.variables += number
        return np.arange(self.variables - number, self.variables, dtype=np.intp)

    def add_rows(
        self,
        row: Ints,
        column: Ints,
        value: Floats | float,
        *,
        lower: Floats | float = -np.inf,
        upper: Floats | float = np.inf,
        number: int,
        names: Names,
    ) -> None:
        """Add `number` rows; `row` counts from 0 within this block. Entries of one cell are summed."""
        self.entries.append((row + self.rows, column, np.broadcast_to(np.asarray(value, float), row.shape)))
        self.row_lower.append(np.broadcast_to(np.asarray(lower, float), (number,)).copy())
        self.row_upper.append(np.broadcast_to(np.asarray(upper, float), (number,)).copy())
        self.row_names.append(names)
        self.rows += number

    def matrix(self) -> sparse.csr_matrix:
        """Return the coefficients, rows x variables, sorted."""
        if not self.entries:
            return sparse.csr_matrix((self.rows, self.variables))
        row, column, value = (np.concatenate(part) for part in zip(*self.entries, strict=True))
        out = sparse.coo_matrix((value, (row, column)), shape=(self.rows, self.variables)).tocsr()
        out.sum_duplicates()
        out.eliminate_zeros()
        return out

    def lp_text(self, objective: Floats) -> str:
        """Return the model in LP format with its names, for people and for golden tests."""
        model = model_builder.Model()
        model.helper.fill_model_from_sparse_data(
            *(np.concatenate(part) if part else np.zeros(0) for part in (self.lower, self.upper)),
            objective,
            *(np.concatenate(part) if part else np.zeros(0) for part in (self.row_lower, self.row_upper)),
            self.matrix(),
        )
        for position, whole in enumerate(np.concatenate(self.whole)):
            model.helper.set_var_integrality(position, bool(whole))
        for position, name in enumerate(name for block in self.variable_names for name in block()):
            model.helper.set_var_name(position, name)
        for position, name in enumerate(name for block in self.row_names for name in block()):
            model.helper.set_constraint_name(position, name)
        return str(model.export_to_lp_string())
