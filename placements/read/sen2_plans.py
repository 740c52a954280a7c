"""From the joined modules of a SEN2 return to plans and to the places they name: no row of a child by itself."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements import codes, schemas
from placements.read.sen2_modules import Modules, Positions

_NEEDS: Final = tuple(codes.SEN_TYPE)


def plans(modules: Modules) -> pd.DataFrame:
    """Return one row per person who has or had a plan: the latest one that began (`schemas.PLANS`)."""
    people, named = modules.rows["person"], modules.rows["namedplan"]
    latest = _latest_plan(named)
    held = np.zeros(len(people), bool)
    held[named["person"].to_numpy()[latest]] = True
    held[modules.rows["activeplans"]["person"].to_numpy()] = True
    if not held.any():
        return schemas.empty(schemas.PLANS)
    who = _by_id(modules)
    who = who[held[who]]
    plan_of = np.full(len(people), -1)
    plan_of[named["person"].to_numpy()[latest]] = latest
    plan = plan_of[who]
    main, others = _needs(modules.rows["senneed"], len(people))
    frame = pd.DataFrame(
        {
            "person_id": _at(modules.ids["person"], who),
            **{name: _at(people[name], who) for name in ("upn", "sex", "birth_date", "home_postcode")},
            **{name: _at(named[name], plan) for name in ("start", "end", "end_reason")},
            "need": _at(main, who),
            "other_needs": _at(others, who),
            "source": modules.source["person"],
        }
    )
    return schemas.check(schemas.PLANS, frame)


def education_placements(modules: Modules) -> pd.DataFrame:
    """Return every placement detail; for a person with none, the places that the latest plan names.

    By person and rank; where ranks are the same, in file order (`schemas.EDUCATION_PLACEMENTS`).
    """
    details = modules.rows["placementdetail"].assign(source=modules.source["placementdetail"])
    rows = pd.concat([details, _named_only(modules)], ignore_index=True)
    if rows.empty:
        return schemas.empty(schemas.EDUCATION_PLACEMENTS)
    place = np.empty(len(modules.rows["person"]), np.intp)
    place[_by_id(modules)] = np.arange(len(place))
    person = rows["person"].to_numpy()
    order = np.lexsort((rows["rank"].to_numpy(), place[person]))
    rows = rows.iloc[order].reset_index(drop=True)
    frame = pd.DataFrame(
        {
            "person_id": _at(modules.ids["person"], person[order]),
            "rank": rows["rank"],
            "provider_id": rows["urn"],
            "ukprn": rows["ukprn"],
            "setting": rows["setting"],
            "sen_unit": rows["sen_unit"],
            "resourced_provision": rows["resourced_provision"],
            "residential_weeks": rows["res"],
            "start": rows["start"],
            "end": rows["end"],
            "source": rows["source"],
        }
    )
    return schemas.check(schemas.EDUCATION_PLACEMENTS, frame)


def superseded(modules: Modules) -> dict[str, int]:
    """Return how many rows of a module are not used, because a later plan or a placement detail states their matter."""
    named, places = modules.rows["namedplan"], modules.rows["plandetail"]
    return {
        "namedplan": len(named) - len(_latest_plan(named)),
        "plandetail": len(places) - int(_is_named_only(modules).sum()),
    }


def _by_id(modules: Modules) -> Positions:
    """Return the positions of all people in the order of their ids."""
    return np.asarray(modules.ids["person"].argsort(), np.intp)


def _latest_plan(named: pd.DataFrame) -> Positions:
    """Return the position of each person's plan that began last; of two that began together, the one further down."""
    person = named["person"].to_numpy()
    start = named["start"].to_numpy("datetime64[us]").astype("int64")  # one not known sorts first
    order = np.lexsort((start, person))
    last = np.append(person[order][1:] != person[order][:-1], True)[: len(order)]
    return np.asarray(order[last], np.intp)


def _named_only(modules: Modules) -> pd.DataFrame:
    """Return the places that the latest plan of each person names who has no placement detail."""
    named, places = modules.rows["namedplan"], modules.rows["plandetail"]
    plan, keep = places["parent"].to_numpy(), _is_named_only(modules)
    kept: pd.DataFrame = places[keep].reset_index(drop=True)
    dates = {name: _at(named[name], plan[keep]) for name in ("start", "end")}
    return kept.assign(**dates, res="", source=modules.source["plandetail"])


def _is_named_only(modules: Modules) -> npt.NDArray[np.bool_]:
    """Return of each plan detail whether it is of the person's latest plan and the person has no placement detail."""
    named, places = modules.rows["namedplan"], modules.rows["plandetail"]
    wanted = np.zeros(len(named), bool)
    wanted[_latest_plan(named)] = True
    attends = np.zeros(len(modules.rows["person"]), bool)
    attends[modules.rows["placementdetail"]["person"].to_numpy()] = True
    keep: npt.NDArray[np.bool_] = wanted[places["parent"].to_numpy()] & ~attends[places["person"].to_numpy()]
    return keep


def _at(values: pd.Series, positions: npt.NDArray[np.intp]) -> pd.Series:
    """Return the values at positions; at -1, none."""
    found: pd.Series = values.reindex(positions).reset_index(drop=True)
    return found


def _needs(rows: pd.DataFrame, people: int) -> tuple[pd.Series, pd.Series]:
    """Return the main need of each person by position, and the others in order of rank, joined by `;`.

    Each need counts once. Where ranks are the same, file order decides.
    """
    order = np.lexsort((rows["rank"].to_numpy(), rows["person"].to_numpy()))
    person = rows["person"].to_numpy()[order].astype("int64")
    need = pd.Categorical(rows["need"].iloc[order], categories=list(_NEEDS)).codes.astype("int64")
    once = ~pd.Series(person * len(_NEEDS) + need).duplicated().to_numpy()
    person, need = person[once], need[once]
    first = np.append(True, person[1:] != person[:-1])[: len(person)]
    names = pd.Series(_NEEDS, dtype="str")
    main = np.full(people, codes.NEED_UNKNOWN, object)
    main[person[first]] = names.to_numpy()[need[first]]
    # The other needs of a person as the digits of one number, so that only each distinct list is put into words.
    begins = np.maximum.accumulate(np.where(first, np.arange(len(person)), 0))
    digit = np.arange(len(person)) - begins - 1
    lists = np.zeros(people, "int64")
    np.add.at(lists, person[~first], (need[~first] + 1) * (len(_NEEDS) + 1) ** digit[~first])
    distinct, place = np.unique(lists, return_inverse=True)
    texts = pd.Series([_in_words(number) for number in distinct.tolist()], dtype="str")
    return pd.Series(main, dtype="str"), texts.iloc[place].reset_index(drop=True)


def _in_words(number: int) -> str:
    """Return the needs that the digits of a number stand for, the first digit first."""
    found = []
    while number:
        number, digit = divmod(number, len(_NEEDS) + 1)
        found.append(_NEEDS[digit - 1])
    return ";".join(found)
