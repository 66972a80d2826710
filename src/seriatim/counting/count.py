"""How often does each combination of levels occur? One derived frame in, one tally out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl

from seriatim import shelves
from seriatim.derive._cases import Cases, derive_cases
from seriatim.derive._local_days import local_day
from seriatim.engines.choose import collect
from seriatim.errors import Misuse
from seriatim.plans.plan import Plan
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import Key, Role, TallySpec
from seriatim.tallies.tally import Counts, Tally

CASE_KEYS = ("group", "stratum", "case_number")


@dataclass(frozen=True)
class Counted:
    """The tallies of a review and the cases they are counts of."""

    tallies: Mapping[str, Tally]
    cases: Cases


def count_all(series: TreatmentSeries, plan: Plan, specs: Sequence[TallySpec]) -> Counted:
    """Count every tally that the analyses need, each once."""
    cases = derive_cases(series, plan)
    wanted: dict[str, TallySpec] = {}
    for spec in specs:
        if wanted.setdefault(spec.name, spec) != spec:
            raise Misuse(f"two analyses need a different tally called {spec.name}; rename one")
    return Counted({name: count(series, cases, spec) for name, spec in wanted.items()}, cases)


def count(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> Tally:
    """Count one tally."""
    derived = shelves.take("derive", spec.derivation).derive(series, cases, spec)
    grouped = _count_rows(derived, cases, spec)
    keys = tuple(_resolved(key, cases, grouped) for key in spec.keys)
    columns = {key.name: _codes(grouped[key.name], key) for key in keys}
    n = grouped["n"].to_numpy().astype(np.int64)
    tally = Tally(
        spec.name,
        spec.unit,
        spec.definition,
        keys,
        columns,
        n,
        source=series.provenance.source,
        data_cut=_data_cut(series),
        alignment=cases.alignment,
        absent=spec.absent,
        contributions=tuple(filter(None, (series.provenance.content_hash,))),
    )
    if spec.absent is None:
        return tally
    if "case_number" in spec.names:
        return _with_absent_cases(tally, spec.absent, _case_totals(cases, spec)["case_number"])
    return _with_absent(tally, spec.absent, _case_totals(cases, spec))


def _data_cut(series: TreatmentSeries) -> str:
    cut = series.provenance.data_cut
    return str(local_day(cut, series.provenance.zone)) if cut else ""


def _count_rows(derived: nw.LazyFrame[Any], cases: Cases, spec: TallySpec) -> pl.DataFrame:
    given = derived.collect_schema().names()
    if "n" in given:  # counted by the derivation itself
        return collect(derived.select(*spec.names, "n").group_by(*spec.names).agg(nw.col("n").sum()), list(spec.names))
    case_keys = [name for name in spec.names if name in CASE_KEYS and name not in given]
    joined = derived
    if case_keys:
        on = "case_number" if "case_number" in given else "patient_id"
        joined = derived.join(cases.frame.select(on, *case_keys), on=on, how="inner")
    counted = joined.select(*spec.names).group_by(*spec.names).agg(nw.len().alias("n"))
    return collect(counted, list(spec.names))


def _resolved(key: Key, cases: Cases, grouped: pl.DataFrame) -> Key:
    if key.name == "group":
        return cases.group
    if key.name == "stratum":
        return cases.stratum
    if key.role is Role.ORDER or key.levels:
        return key
    return replace(key, levels=tuple(sorted(grouped[key.name].unique().to_list())), as_found=True)


def _codes(column: pl.Series, key: Key) -> Counts:
    if key.role is Role.ORDER or key.name in CASE_KEYS:
        return column.cast(pl.Int64).to_numpy().astype(np.int64)
    position = {level: place for place, level in enumerate(key.levels)}
    unknown = set(column.unique().to_list()) - set(position)
    if unknown:
        raise ValueError(
            f"the derivation gave {key.name} levels {sorted(map(str, unknown))} that its tally does not declare"
        )
    codes = column.replace_strict(position, return_dtype=pl.Int64)
    return codes.to_numpy().astype(np.int64)


def _case_totals(cases: Cases, spec: TallySpec) -> pl.DataFrame:
    names = [name for name in spec.names if name in CASE_KEYS]
    if not names:
        return pl.DataFrame({"n": [cases.n]})
    totals = cases.frame.select(*names).group_by(*names).agg(nw.len().alias("n"))
    return collect(totals, names)


def _with_absent(tally: Tally, absent: tuple[str, str], totals: pl.DataFrame) -> Tally:
    """Add the cases without a row: in each cell of the case keys and views, those of the case total not yet counted."""
    name, level = absent
    case_keys = [key for key in tally.keys if key.name in CASE_KEYS]
    views = [key for key in tally.keys if key.role is Role.VIEW]
    axes = [*case_keys, *views]
    present = _dense([tally.columns[key.name] for key in axes], axes, tally.n)
    expected = _dense([totals[key.name].to_numpy() for key in case_keys], case_keys, totals["n"].to_numpy())
    lacking = expected.reshape(expected.shape + (1,) * len(views)) - present
    if np.any(lacking < 0):
        raise ValueError(f"{tally.name}: more than one row for a case in one cell")
    return _append(tally, axes, lacking, tally.key(name), level)


def _with_absent_cases(tally: Tally, absent: tuple[str, str], cases: pl.Series) -> Tally:
    """Add a row for each case that a level of the view does not have yet."""
    name, level = absent
    (view,) = (key for key in tally.keys if key.role is Role.VIEW)
    everyone = cases.to_numpy().astype(np.int64)
    present = [tally.columns["case_number"][tally.columns[view.name] == place] for place in range(len(view.levels))]
    lacking = [np.setdiff1d(everyone, had, assume_unique=True) for had in present]
    added = {
        "case_number": np.concatenate(lacking),
        view.name: np.repeat(np.arange(len(view.levels)), [len(part) for part in lacking]),
    }
    added[name] = np.full(len(added["case_number"]), tally.key(name).levels.index(level), dtype=np.int64)
    columns = {key: np.concatenate([column, added[key]]) for key, column in tally.columns.items()}
    return replace(tally, columns=columns, n=np.concatenate([tally.n, np.ones(len(added[name]), dtype=np.int64)]))


def _dense(codes: Sequence[Counts], keys: Sequence[Key], n: Counts) -> Counts:
    shape = [len(key.levels) for key in keys]
    flat = np.ravel_multi_index(tuple(codes), shape) if keys else np.zeros(len(n), dtype=np.int64)
    return np.bincount(flat, weights=n, minlength=int(np.prod(shape))).astype(np.int64).reshape(shape)


def _append(tally: Tally, axes: Sequence[Key], lacking: Counts, absent: Key, level: str) -> Tally:
    """Add the rows that `lacking` counts, all at the absent level."""
    if {key.name for key in axes} | {absent.name} != {key.name for key in tally.keys}:
        raise ValueError(f"{tally.name}: an absent level needs every other key to be a case key or a view")
    places = np.nonzero(np.atleast_1d(lacking))
    added = {key.name: place.astype(np.int64) for key, place in zip(axes, places, strict=False)}
    fill = absent.levels.index(level) if absent.levels else int(level)
    added[absent.name] = np.full(len(places[0]), fill, dtype=np.int64)
    columns = {name: np.concatenate([column, added[name]]) for name, column in tally.columns.items()}
    return replace(tally, columns=columns, n=np.concatenate([tally.n, np.atleast_1d(lacking)[places]]))
