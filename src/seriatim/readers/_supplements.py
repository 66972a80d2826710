"""Which values of a record stand in its supplement? SUPP-- data sets, joined to the records that they belong to."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import polars as pl

from seriatim.findings import Finding
from seriatim.readers._findings import note, warning
from seriatim.readers._text_table import TextTable

# One file for the supplements of all domains, as SDTMIG 3.1.1 had it.
ALL_DOMAINS = "SUPPQUAL"
ROW = "supplement_row"


def with_supplements(
    texts: Mapping[str, TextTable], wanted: Mapping[str, Collection[str]]
) -> tuple[dict[str, TextTable], tuple[Finding, ...]]:
    """Data sets by key (`AE`, `LB#LBCH`), each with the wanted QNAMs of its supplements as columns; and what was found.

    `wanted` says by domain which QNAMs a series has a place for. All others are counted in a note.

    >>> event = pl.DataFrame({"USUBJID": ["007"], "AESEQ": ["1"], "source_row": [1]})
    >>> flag = pl.DataFrame({"USUBJID": ["007"], "IDVAR": ["AESEQ"], "IDVARVAL": ["1"], "QNAM": ["TRTEMFL"],
    ...                      "QVAL": ["Y"], "source_row": [1]})
    >>> texts = {"AE": TextTable("ae.xpt", event), "SUPPAE": TextTable("suppae.xpt", flag)}
    >>> with_supplements(texts, {"AE": ["TRTEMFL"]})[0]["AE"].frame["TRTEMFL"].to_list()
    ['Y']
    """
    result = dict(texts)
    findings: list[Finding] = []
    for key, supplement in texts.items():
        if not key.startswith("SUPP"):
            continue
        for domain, rows in _by_domain(key, supplement.frame):
            names = [name for name in rows["QNAM"].unique().sort() if name in wanted.get(domain, ())]
            parents = _parents(key, domain, result)
            hits = {parent: _records_of(rows, result[parent].frame) for parent in parents}
            for parent, found in hits.items():
                result[parent], told = _with_values(result[parent], found, names, supplement.name)
                findings += told
            findings += _left(supplement.name, domain, rows, names, list(hits.values()))
    return result, tuple(findings)


def _by_domain(key: str, frame: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    rows = frame.rename({"source_row": ROW})
    whole, _, _ = key.partition("#")
    if whole != ALL_DOMAINS:
        yield whole.removeprefix("SUPP"), rows
        return
    for domain in rows["RDOMAIN"].drop_nulls().unique().sort():
        yield domain, rows.filter(pl.col("RDOMAIN") == domain)


def _parents(key: str, domain: str, texts: Mapping[str, TextTable]) -> list[str]:
    """The data set of the same part (SUPPLBCH belongs to LBCH), else every part of the domain."""
    _, _, part = key.partition("#")
    own = f"{domain}#{part.removeprefix('SUPP')}"
    return [own] if own in texts else [name for name in texts if name.split("#")[0] == domain]


def _records_of(rows: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    """Each supplement beside the record it names: `source_row`, QNAM, QVAL and the row of the supplement.

    IDVAR names the variable that finds the record, mostly --SEQ; without one the supplement is the subject's.
    """
    parts = []
    for variable in rows["IDVAR"].unique():
        of = rows.filter(pl.col("IDVAR").eq_missing(variable))
        keys = frame.select("USUBJID", "source_row")
        if variable is None:
            parts.append(keys.join(of, on="USUBJID"))
        elif variable in frame.columns:
            keys = frame.select("USUBJID", "source_row", pl.col(variable).alias("IDVARVAL"))
            parts.append(keys.join(of, on=["USUBJID", "IDVARVAL"]))
    none = pl.DataFrame(schema={"source_row": pl.Int64, "QNAM": pl.String, "QVAL": pl.String, ROW: pl.Int64})
    return pl.concat([part.select(none.columns) for part in parts] or [none]).sort("source_row", ROW)


def _with_values(
    parent: TextTable, found: pl.DataFrame, names: Sequence[str], supplement: str
) -> tuple[TextTable, list[Finding]]:
    """The records with a column for each name; what a record itself says stands before its supplement."""
    wide = found.select("source_row").unique(maintain_order=True)
    contradictions = 0
    for name in names:
        values = found.filter((pl.col("QNAM") == name) & pl.col("QVAL").is_not_null())
        contradictions += values.group_by("source_row").agg(pl.col("QVAL").n_unique()).filter(pl.col("QVAL") > 1).height
        one = values.unique("source_row", keep="first", maintain_order=True)
        wide = wide.join(one.select("source_row", pl.col("QVAL").alias(f"{name} of it")), on="source_row", how="left")
    frame = parent.frame.join(wide, on="source_row", how="left", maintain_order="left")
    for name in names:
        own, added = (pl.col(name) if name in frame.columns else pl.lit(None, pl.String)), pl.col(f"{name} of it")
        contradictions += frame.filter(own != added).height
        frame = frame.with_columns(pl.coalesce(own, added).alias(name)).drop(f"{name} of it")
    rest = [column for column in frame.columns if column != "source_row"]
    joined = TextTable(parent.name, frame.select(*rest, "source_row"), parent.rows_lost, parent.findings)
    return joined, _contradicted(supplement, contradictions)


def _left(
    name: str, domain: str, rows: pl.DataFrame, names: Sequence[str], hits: Sequence[pl.DataFrame]
) -> list[Finding]:
    """What was not joined: names that a series has no place for, and supplements of records that are not there."""
    others = rows.filter(~pl.col("QNAM").is_in(names).fill_null(value=False))
    found = _not_read(name, domain, others) if others.height else []
    reached = pl.concat([hit[ROW] for hit in hits]) if hits else rows[ROW].clear()
    lone = rows.filter(~pl.col(ROW).is_in(reached.implode())).height
    return [*found, *(_without_record(name, domain, lone) if lone else [])]


def _not_read(name: str, domain: str, others: pl.DataFrame) -> list[Finding]:
    counts = others.group_by("QNAM").len().sort("QNAM").rows()
    listed = ", ".join(f"{qualifier} ({count:,})" for qualifier, count in counts)
    return [
        note(
            "supplement.not_read",
            name,
            found=f"supplements to {domain} that no column takes: {listed}",
            expected="qualifiers that a series has a place for",
            next_move="they were not read; name one in the mapping under columns: if it belongs to the series",
            rows=others.height,
        )
    ]


def _without_record(name: str, domain: str, rows: int) -> list[Finding]:
    """What a transport file that was cut between two records leaves behind: supplements of records that are gone."""
    return [
        warning(
            "supplement.without_record",
            name,
            found=f"supplements to {domain} records that are not there",
            expected="a record for each",
            next_move=f"{domain} may be cut short; compare its number of records with where it came from",
            rows=rows,
        )
    ]


def _contradicted(name: str, records: int) -> list[Finding]:
    if not records:
        return []
    found = warning(
        "supplement.contradicts",
        name,
        found="values that differ from those of the record, or of another supplement to it",
        expected="one value for each record and qualifier",
        next_move="the value of the record was taken, else the first; correct the other",
        rows=records,
    )
    return [found]
