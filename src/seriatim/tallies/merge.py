"""When may the tallies of two sites be added, and when would the sum mean nothing?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from seriatim.errors import Refused
from seriatim.tallies.files import content_hash
from seriatim.tallies.spec import Key, Role
from seriatim.tallies.tally import Counts, Tally

POOLED_ORDER = "pooled order"
ALIGNED = ("calendar", POOLED_ORDER)


def merge(first: Tally, second: Tally) -> Tally:
    """Add two sites' counts of the same thing; refused where labels were given by each site's own order.

    The first 155 patients of two hospitals were treated in different years: their sum is not the first 310.
    Disjoint levels are united. Groups and views must be the same at both sites, and mean the same: a patient of a site
    that lacks a group or a reading has no count in it, so the sum would be over fewer patients than it seems. Only a
    view whose levels are those that occurred (the terms of adverse events) is filled up: where nobody of a site had a
    term, all of them are counted as without it. No series is added twice.
    """
    _refuse_different(first, second)
    _refuse_site_order(first)
    _refuse_twice(first, second)
    both = contributions(first) + contributions(second)
    first, second = _filled_up(first, second), _filled_up(second, first)
    _refuse_other_levels(first, second)
    _refuse_other_meanings(first, second)
    keys = tuple(_joint_key(a, b) for a, b in zip(first.keys, second.keys, strict=True))
    columns = {
        key.name: np.concatenate(
            [_recode(tally.columns[key.name], tally.key(key.name), key) for tally in (first, second)]
        )
        for key in keys
    }
    return _add_equal_rows(
        replace(
            first,
            keys=keys,
            columns=columns,
            n=np.concatenate([first.n, second.n]),
            source=" + ".join(sorted({first.source, second.source} - {""})),
            data_cut=min(first.data_cut, second.data_cut),
            contributions=tuple(sorted(both)),
        )
    )


def contributions(tally: Tally) -> tuple[str, ...]:
    """What was added to make this tally: series by their content, else one named source with its counts."""
    if tally.contributions or not tally.source:
        return tally.contributions
    return (f"{tally.source} {content_hash(tally)}",)


def _refuse_different(first: Tally, second: Tally) -> None:
    for what, a, b in (
        ("name", first.name, second.name),
        ("unit", first.unit, second.unit),
        ("definition", first.definition, second.definition),
        ("keys", [(k.name, k.role) for k in first.keys], [(k.name, k.role) for k in second.keys]),
        ("alignment", first.alignment, second.alignment),
        ("level of those without a record", first.absent, second.absent),
    ):
        if a != b:
            raise Refused(f"tallies with a different {what} cannot be merged: {a!s} and {b!s}; count both by one plan")


def _refuse_site_order(first: Tally) -> None:
    # Dates align groups; nothing but the pooled order aligns case numbers.
    sure = {"group": ALIGNED, "case_number": (POOLED_ORDER,)}
    ordered = [key.name for key in first.keys if first.alignment not in sure.get(key.name, (first.alignment,))]
    if ordered:
        raise Refused(
            f"tally {first.name} is keyed by {' and '.join(ordered)} in each site's own order; merging them would put"
            " patients of different years side by side. Group by calendar eras or practice periods,"
            " or give labels on the pooled order"
        )
    if any(key.role is Role.REPLICATE for key in first.keys):
        raise Refused(f"tally {first.name}: replicate levels of two sites would collide; pool the patients instead")


def _refuse_twice(first: Tally, second: Tally) -> None:
    if set(contributions(first)) & set(contributions(second)):
        names = f"{first.source or 'one'} and {second.source or 'the other'}"
        raise Refused(
            f"tally {first.name}: the same series is in both ({names}), and its patients would be counted twice;"
            " merge each series once"
        )


def _filled_up(tally: Tally, other: Tally) -> Tally:
    """The tally with the levels that only the other one found, all its patients at the absent level of each."""
    absent = tally.absent
    if absent is None or absent[0] not in tally.columns:
        return tally
    for key in tally.keys:
        lacking = [level for level in other.levels(key.name) if level not in key.levels]
        if lacking and key.role is Role.VIEW and key.as_found:
            tally = _with_absent_levels(tally, key, lacking, absent)
    return tally


def _with_absent_levels(tally: Tally, view: Key, lacking: list[str], absent: tuple[str, str]) -> Tally:
    if not view.levels:
        # Without any reading there is none whose sum would say how many patients each group has.
        raise Refused(
            f"tally {tally.name} of {tally.source or 'one site'} has no {view.name} at all,"
            f" and so does not say how many patients were without {lacking[0]}; pool the series instead"
        )
    joint = replace(view, levels=tuple(sorted({*view.levels, *lacking})))
    keys = tuple(joint if key is view else key for key in tally.keys)
    known = {**tally.columns, view.name: _recode(tally.columns[view.name], view, joint)}
    added, n = _absent_rows(tally, view, _positions(lacking, joint), absent)
    columns = {name: np.concatenate([column, added[name]]) for name, column in known.items()}
    return replace(tally, keys=keys, columns=columns, n=np.concatenate([tally.n, n]))


def _absent_rows(
    tally: Tally, view: Key, levels: Counts, absent: tuple[str, str]
) -> tuple[Mapping[str, Counts], Counts]:
    """Every reading holds every patient once, so any one of them says how many there are in each cell."""
    key, nobody = absent
    like = tally.columns[view.name] == 0
    rows = {name: np.tile(column[like], len(levels)) for name, column in tally.columns.items()}
    n = np.tile(tally.n[like], len(levels))
    places = {view.name: np.repeat(levels, int(like.sum())), key: np.full(len(n), tally.levels(key).index(nobody))}
    return {**rows, **places}, n


def _refuse_other_levels(first: Tally, second: Tally) -> None:
    for a, b in zip(first.keys, second.keys, strict=True):
        other = sorted(set(a.levels) ^ set(b.levels))
        if other and (a.role is Role.VIEW or a.name == "group"):
            raise Refused(
                f"tally {first.name}: only one of the two sites has {a.name} {', '.join(other[:3])}"
                f"{' and others' if len(other) > 3 else ''}; count both with the same levels"
            )


def _refuse_other_meanings(first: Tally, second: Tally) -> None:
    # The label of an endpoint holds its grades: one called "grade 3-4" here and "grade 3 or more" there is two.
    # Its definition holds the rest, which two plans may fill differently under one label.
    for a, b in zip(first.keys, second.keys, strict=True):
        for level in (level for level in a.levels if level in b.levels):
            for verb, one, other in (
                ("call", a.label(level), b.label(level)),
                ("define", a.definition(level), b.definition(level)),
            ):
                if one != other:
                    named = f"{one or 'without a definition'} | {other or 'without a definition'}"
                    raise Refused(
                        f"tally {first.name}: the two sites {verb} {level} differently: {named}; count both by one plan"
                    )


def _joint_key(a: Key, b: Key) -> Key:
    if a.levels == b.levels:
        return a
    extra = tuple(level for level in b.levels if level not in a.levels)
    labels = a.labels + tuple(b.label(level) for level in extra) if a.labels else ()
    definitions = a.definitions + tuple(b.definition(level) for level in extra) if a.definitions else ()
    return replace(a, levels=a.levels + extra, labels=labels, definitions=definitions)


def _recode(column: Counts, old: Key, new: Key) -> Counts:
    if old.role is Role.ORDER or old.levels == new.levels[: len(old.levels)]:
        return column
    return _positions(old.levels, new)[column]


def _positions(levels: Sequence[str], key: Key) -> Counts:
    place = {level: position for position, level in enumerate(key.levels)}
    return np.array([place[level] for level in levels], dtype=np.int64)


def _add_equal_rows(tally: Tally) -> Tally:
    names = [key.name for key in tally.keys]
    stacked = np.stack([tally.columns[name] for name in names], axis=1)
    distinct, where = np.unique(stacked, axis=0, return_inverse=True)
    n = np.zeros(len(distinct), dtype=np.int64)
    np.add.at(n, where.reshape(-1), tally.n)
    return replace(tally, columns={name: distinct[:, i] for i, name in enumerate(names)}, n=n)
