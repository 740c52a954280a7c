"""The tables of an SSDA903 return: what each is known by, its columns, its dates, and what makes two rows the same.

Field names and meanings: DfE *Children looked-after by local authorities in England: guide to the SSDA903 collection*.
Names here are the return's own in lower case; columns come in any order and case, with others beside them or missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from placements.read.rawtable import plain

CHILD: Final = "child_id"
BIRTH: Final = "birth_date"
_ALIASES: Final[dict[str, tuple[str, ...]]] = {
    CHILD: ("child", "childid", "child_id"),
    BIRTH: ("dob", "dateofbirth", "birthdate"),
    "place": ("place", "pl", "placementtype"),
    "sex": ("sex", "gender"),
    "sw_reason": ("swreason", "swdecreason"),
    "return_year_text": ("year", "returnyear", "collectionyear", "reportingyear"),
}


@dataclass(frozen=True)
class ReturnTable:
    """One table of the return.

    Attributes
    ----------
    name : str
        As in `SourceTables.care_tables`.
    marks : tuple of tuple of str
        Columns that, beside the child's, make a file this table; any one of the sets.
    fields : tuple of str
        Columns taken, beside the child's identifier.
    dates : tuple of str
        Those that are dates; the others stay text.
    key : tuple of str
        What makes a row of a later return a restatement of an earlier one.
    required : tuple of str
        Dates without which a row cannot be used.
    """

    name: str
    marks: tuple[tuple[str, ...], ...]
    fields: tuple[str, ...]
    dates: tuple[str, ...]
    key: tuple[str, ...]
    required: tuple[str, ...] = ()

    @property
    def known(self) -> tuple[frozenset[str], ...]:
        """Return the sets of plain column names that make a row the header of this table."""
        return tuple(
            frozenset({child, *(plain(name) for name in marks)}) for child in _ALIASES[CHILD] for marks in self.marks
        )

    @property
    def columns(self) -> dict[str, tuple[str, ...]]:
        """Return each column's name here, to the plain names it goes by in files."""
        return {name: _ALIASES.get(name, (plain(name),)) for name in (CHILD, *self.fields, "return_year_text")}


#: In the order in which a file is compared with them: the first that fits is what it is.
TABLES: Final[tuple[ReturnTable, ...]] = (
    ReturnTable(
        "episodes",
        (("decom", "place"), ("decom", "pl"), ("decom", "rne"), ("decom", "ls")),
        (
            "decom",
            "rne",
            "ls",
            "cin",
            "place",
            "place_provider",
            "dec",
            "rec",
            "reason_place_change",
            "home_post",
            "pl_post",
            "urn",
        ),
        ("decom", "dec"),
        (CHILD, "decom"),
        required=("decom",),
    ),
    ReturnTable("uasc", (("duc",),), ("sex", BIRTH, "duc"), (BIRTH, "duc"), (CHILD,)),
    ReturnTable(
        "oc2",
        (("sdq_score",), ("health_check",), ("sdq_reason",)),
        (
            BIRTH,
            "sdq_score",
            "sdq_reason",
            "convicted",
            "health_check",
            "immunisations",
            "teeth_check",
            "health_assessment",
            "substance_misuse",
            "intervention_received",
            "intervention_offered",
        ),
        (BIRTH,),
        (CHILD, "return_year"),
    ),
    ReturnTable("oc3", (("in_touch",),), (BIRTH, "in_touch", "activ", "accom"), (BIRTH,), (CHILD, "return_year")),
    ReturnTable(
        "reviews",
        (("review",),),
        (BIRTH, "review", "review_code"),
        (BIRTH, "review"),
        (CHILD, "review", "review_code"),
        ("review",),
    ),
    ReturnTable(
        "ad1",
        (("date_int",),),
        (BIRTH, "date_int", "date_match", "foster_care", "nb_adoptr", "sex_adoptr", "ls_adoptr"),
        (BIRTH, "date_int", "date_match"),
        (CHILD, "date_int"),
    ),
    ReturnTable(
        "placed_adoption",
        (("date_placed",),),
        (BIRTH, "date_placed", "date_placed_ceased", "reason_placed_ceased"),
        (BIRTH, "date_placed", "date_placed_ceased"),
        (CHILD, "date_placed"),
    ),
    # DATE_PERM may be partly known (zz/zz/2010): it stays text.
    ReturnTable("prev_perm", (("prev_perm",),), (BIRTH, "prev_perm", "la_perm", "date_perm"), (BIRTH,), (CHILD,)),
    ReturnTable(
        "missing",
        (("mis_start",),),
        (BIRTH, "missing", "mis_start", "mis_end"),
        (BIRTH, "mis_start", "mis_end"),
        (CHILD, "mis_start"),
        ("mis_start",),
    ),
    ReturnTable(
        "sw_episodes",
        (("sw_decom",), ("sw_id",)),
        (BIRTH, "sw_id", "sw_decom", "sw_dec", "sw_reason"),
        (BIRTH, "sw_decom", "sw_dec"),
        (CHILD, "sw_decom", "sw_id"),
        ("sw_decom",),
    ),
    ReturnTable(
        "dolo",
        (("dolo_start",),),
        (BIRTH, "dolo_start", "dolo_end"),
        (BIRTH, "dolo_start", "dolo_end"),
        (CHILD, "dolo_start"),
        ("dolo_start",),
    ),
    ReturnTable(
        "header",
        (("sex", "dob"), ("dob", "ethnic"), ("dob", "upn"), ("sex", "upn")),
        # Some exports say here, and in no table of their own, when a child ceased to be unaccompanied: it stays text.
        ("sex", BIRTH, "ethnic", "upn", "mother", "mc_dob", "duc"),
        (BIRTH, "mc_dob"),
        (CHILD,),
    ),
)
KNOWN: Final = tuple(marks for table in TABLES for marks in table.known)


def table_of(columns: frozenset[str]) -> ReturnTable | None:
    """Return the table that plain column names make, or None."""
    found = next((table for table in TABLES if any(marks <= columns for marks in table.known)), None)
    if found is not None and found.name == "uasc" and columns & {"ethnic", "upn"}:
        return next(table for table in TABLES if table.name == "header")
    return found
