"""When may the tallies of two sites be added, and when would the sum mean nothing?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from seriatim.errors import Refused
from seriatim.tallies.spec import Key, Role
from seriatim.tallies.tally import Counts, Tally

POOLED_ORDER = "pooled order"
ALIGNED = ("calendar", POOLED_ORDER)


def merge(first: Tally, second: Tally) -> Tally:
    """Add two sites' counts of the same thing; refused where labels were given by each site's own order.

    The first 155 patients of two hospitals were treated in different years: their sum is not the first 310.
    Disjoint levels are united. Groups and views must be the same at both sites: a patient of a site that lacks a
    group or a reading has no count in it, so the sum would be over fewer patients than it seems.
    """
    _refuse_different(first, second)
    _refuse_site_order(first)
    _refuse_other_levels(first, second)
    _refuse_other_labels(first, second)
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
            source=" + ".join(sorted({first.source, second.source})),
            data_cut=min(first.data_cut, second.data_cut),
        )
    )


def _refuse_different(first: Tally, second: Tally) -> None:
    for what, a, b in (
        ("name", first.name, second.name),
        ("unit", first.unit, second.unit),
        ("definition", first.definition, second.definition),
        ("keys", [(k.name, k.role) for k in first.keys], [(k.name, k.role) for k in second.keys]),
        ("alignment", first.alignment, second.alignment),
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


def _refuse_other_levels(first: Tally, second: Tally) -> None:
    for a, b in zip(first.keys, second.keys, strict=True):
        other = sorted(set(a.levels) ^ set(b.levels))
        if other and (a.role is Role.VIEW or a.name == "group"):
            raise Refused(
                f"tally {first.name}: only one of the two sites has {a.name} {', '.join(other[:3])}"
                f"{' and others' if len(other) > 3 else ''}; count both with the same levels"
            )


def _refuse_other_labels(first: Tally, second: Tally) -> None:
    # The label of an endpoint holds its grades: one called "grade 3-4" here and "grade 3 or more" there is two.
    for a, b in zip(first.keys, second.keys, strict=True):
        for level in a.levels:
            if level in b.levels and a.label(level) != b.label(level):
                names = f"{a.label(level)!r} and {b.label(level)!r}"
                raise Refused(f"tally {first.name}: the two sites call {level} {names}; count both by one plan")


def _joint_key(a: Key, b: Key) -> Key:
    if a.levels == b.levels:
        return a
    extra = tuple(level for level in b.levels if level not in a.levels)
    labels = a.labels + tuple(b.label(level) for level in extra) if a.labels else ()
    return replace(a, levels=a.levels + extra, labels=labels)


def _recode(column: Counts, old: Key, new: Key) -> Counts:
    if old.role is Role.ORDER or old.levels == new.levels[: len(old.levels)]:
        return column
    positions = np.array([new.levels.index(level) for level in old.levels], dtype=np.int64)
    return positions[column]


def _add_equal_rows(tally: Tally) -> Tally:
    names = [key.name for key in tally.keys]
    stacked = np.stack([tally.columns[name] for name in names], axis=1)
    distinct, where = np.unique(stacked, axis=0, return_inverse=True)
    n = np.zeros(len(distinct), dtype=np.int64)
    np.add.at(n, where.reshape(-1), tally.n)
    return replace(tally, columns={name: distinct[:, i] for i, name in enumerate(names)}, n=n)
