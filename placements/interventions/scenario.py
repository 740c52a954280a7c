"""Scenarios as TOML: read with every mistake collected, written so that reading gives the same objects back.

A file holds `title` and `note` if wished, and one `[[intervention]]` table each, with a `kind` and the fields of its
dataclass in `placements.interventions`.
"""

from __future__ import annotations

import json
import tomllib
import types
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from placements.errors import SettingsError, UsageError
from placements.interventions.kinds import BY_NAME
from placements.interventions.opening import Intervention
from placements.writing import write_text

_TOP: Final = ("title", "note", "intervention")
_WORDS: Final[Mapping[Any, str]] = {
    str: "text",
    int: "a whole number",
    float: "a number",
    tuple[str, ...]: "a list of texts",
    tuple[int, ...]: "a list of whole numbers",
}


def scenario_name(stem: str) -> str:
    """Return what the scenario of a file is called, from the file's name without its ending."""
    return stem.replace("-", " ").capitalize()


def read_scenario(path: str | Path) -> tuple[Intervention, ...]:
    """Read a scenario.

    Raises
    ------
    SettingsError
        When the file is missing or not TOML, or any field is unknown, missing or out of range; all are listed at once.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise SettingsError("there is no such scenario", file=path, advice="check the name of the file") from None
    except UnicodeDecodeError as error:
        raise SettingsError(f"is not valid TOML: {error}", file=path, advice="mend the line named") from None
    return parse_scenario(text, path)


def parse_scenario(text: str, path: Path) -> tuple[Intervention, ...]:
    """Read a scenario from its text; `path` is what it is called in errors. Raises as `read_scenario`."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"is not valid TOML: {error}", file=path, advice="mend the line named") from None
    problems = [f"{key} is not a setting; there are {', '.join(_TOP)}" for key in raw if key not in _TOP]
    tables = raw.get("intervention", [])
    if not isinstance(tables, list) or not all(isinstance(entry, dict) for entry in tables):
        problems.append("intervention must be written [[intervention]], one table for each")
        tables = []
    made = [_make(entry, f"intervention {number}", problems) for number, entry in enumerate(tables, start=1)]
    if problems:
        raise SettingsError(
            "\n  - ".join(["this scenario cannot be followed:", *problems]),
            file=path,
            advice="mend the fields named; docs and the files in scenarios/ show every kind",
        )
    return tuple(entry for entry in made if entry is not None)


def _make(values: Mapping[str, Any], where: str, problems: list[str]) -> Intervention | None:
    kind = BY_NAME.get(values.get("kind", ""))
    if kind is None:
        problems.append(f"{where}: kind = {values.get('kind')!r}: choose from {', '.join(BY_NAME)}")
        return None
    hints, allowed = get_type_hints(kind), {entry.name: entry for entry in fields(kind)}
    given: dict[str, Any] = {}
    before = len(problems)
    for key, value in values.items():
        if key == "kind":
            continue
        if key not in allowed:
            problems.append(f"{where}: {key} is not a field of {kind.kind}; there are {', '.join(allowed)}")
            continue
        hint = plain_type(hints[key])
        try:
            given[key] = _coerce(value, hint)
        except TypeError:
            problems.append(f"{where}: {key} = {value!r} is not {_WORDS[hint]}")
    problems += [
        f"{where}: {name} is missing"
        for name, entry in allowed.items()
        if entry.default is MISSING and name not in values
    ]
    if len(problems) > before:
        return None
    try:
        return kind(**given)
    except UsageError as error:
        problems.append(f"{where}: {error}")
        return None


def plain_type(hint: Any) -> Any:
    """Return the type of an optional field."""
    if get_origin(hint) in (Union, types.UnionType):
        return next(part for part in get_args(hint) if part is not type(None))
    return hint


def _coerce(value: Any, hint: Any) -> Any:
    if hint is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if hint is int and isinstance(value, int) and not isinstance(value, bool):
        return value
    if hint is str and isinstance(value, str):
        return value
    if get_origin(hint) is tuple and isinstance(value, list):
        return tuple(_coerce(item, get_args(hint)[0]) for item in value)
    raise TypeError


def write_scenario(path: str | Path, interventions: Sequence[Intervention], title: str = "", note: str = "") -> Path:
    """Write a scenario; reading it gives equal interventions back."""
    return write_text(Path(path), scenario_text(interventions, title, note))


def scenario_text(interventions: Sequence[Intervention], title: str = "", note: str = "") -> str:
    """Return a scenario as TOML. Fields at their default are left out."""
    lines = [f"{key} = {_toml(value)}" for key, value in (("title", title), ("note", note)) if value]
    for entry in interventions:
        kind = type(entry)
        default = {
            item.name: item.default
            for item in fields(kind)  # type: ignore[arg-type]
        }
        lines += ["", "[[intervention]]", f"kind = {_toml(entry.kind)}"]
        for name, usual in default.items():
            value = getattr(entry, name)
            if value is not None and (usual is MISSING or value != usual):
                lines.append(f"{name} = {_toml(value)}")
    return "\n".join(lines).lstrip("\n") + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, str):
        # A JSON string is a TOML basic string but for the one control character that JSON leaves as it is.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return repr(value)
