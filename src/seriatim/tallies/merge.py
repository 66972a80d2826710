"""When may the tallies of two sites be added, and when would the sum mean nothing?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from seriatim.errors import Refused
from seriatim.tallies.spec import Key, Role
from seriatim.tallies.tally import Counts, Tally

ALIGNED = ("calendar", "pooled order")


def merge(first: Tally, second: Tally) -> Tally:
    """Add two sites' counts of the same thing; refused where labels were given by each site's own order.

    The first 155 patients of two hospitals were treated in different years: their sum is not the first 310.
    """
    _refuse_different(first, second)
    _refuse_site_order(first, second)
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


def _refuse_site_order(first: Tally, second: Tally) -> None:
    ordered = [key.name for key in first.keys if key.name in ("group", "case_number")]
    if ordered and first.alignment not in ALIGNED:
        raise Refused(
            f"tally {first.name} is keyed by {' and '.join(ordered)} in each site's own order; merging them would put"
            " patients of different years side by side. Group by calendar eras or practice periods,"
            " or give labels on the pooled order"
        )
    if any(key.role is Role.REPLICATE for key in second.keys):
        raise Refused(f"tally {first.name}: replicate levels of two sites would collide; pool the patients instead")


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
