"""How do SDTM domains become a series? DM, EX, AE, LB, VS, DS, RS, PR and their supplements, as collected."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from seriatim.readers._cdisc import Domain, first_of, in_words, kept, left_out, read_domains, with_frame
from seriatim.readers._datasets import datasets_in
from seriatim.readers._mapping import SourceMapping, TableMapping, refuse_idle_keys
from seriatim.readers._text_table import TextTable
from seriatim.series.raw import RawSource

NAME = "sdtm"
DESCRIPTION = "a folder of SDTM domains (DM with AE, EX, LB, VS, DS, RS, SUPP--) as XPT, Dataset-JSON or Parquet"

# Best first: the response that a sequence of assessments is summed up by where no record of best response is there.
RESPONSES = ("CR", "PR", "SD", "PD", "NE")


def recognises(path: Path) -> bool:
    """A folder with DM and no ADSL: an analysis folder that keeps DM for reference is ADaM."""
    names = {file.stem.upper() for file in datasets_in(path).values()} if path.is_dir() else set()
    return "DM" in names and "ADSL" not in names


def read(path: Path, mapping: SourceMapping | None = None) -> RawSource:
    """Every table that the domains can fill, as text."""
    mapping = mapping or SourceMapping()
    refuse_idle_keys(mapping, NAME, ("sheet", "header_row"))
    return read_domains(path, mapping, NAME, DOMAINS, beside=("DS", "DD"))


def _treated(source: TextTable, _: Mapping[str, TextTable], __: TableMapping) -> TextTable:
    """Subjects with a first treatment; screen failures are in the table of screening."""
    start = first_of(source.frame, ACCRUAL)
    treated = pl.col(start).is_not_null() if start else pl.lit(value=False)
    why = "they were not treated; see the table screening"
    return kept(source, treated, "subjects without a first treatment", why)


def _screened(source: TextTable, _: Mapping[str, TextTable], __: TableMapping) -> TextTable:
    """Everybody in DM, treated or not, with the arm as the reason of those who were not."""
    start = first_of(source.frame, ACCRUAL)
    treated = pl.col(start).is_not_null() if start else pl.lit(value=False)
    reason = pl.col("ARM") if "ARM" in source.frame.columns else pl.lit(None, pl.String)
    made = source.frame.with_columns(
        pl.lit("enrolment").alias("CRITERION"),
        pl.when(treated).then(pl.lit("yes")).otherwise(pl.lit("no")).alias("TREATED"),
        pl.when(~treated).then(reason).alias("REASON"),
    )
    return with_frame(source, made)


def _events(source: TextTable, texts: Mapping[str, TextTable], said: TableMapping) -> TextTable:
    """Adverse events with the treatment-emergent flag of SUPPAE where there is one."""
    return _of_treated(_with_supplement(source, texts, "AE", ("TRTEMFL", "AETRTEM")), texts, said)


def _of_treated(source: TextTable, texts: Mapping[str, TextTable], _: TableMapping) -> TextTable:
    """Records of treated subjects; those of screen failures are named and left out."""
    start = first_of(texts["DM"].frame, ACCRUAL) if "DM" in texts else None
    if start is None:
        return source
    treated = texts["DM"].frame.filter(pl.col(start).is_not_null())["USUBJID"].to_list()
    why = "they are no patients of the series"
    return kept(source, pl.col("USUBJID").is_in(treated), "records of subjects who were not treated", why)


def _with_supplement(
    source: TextTable, texts: Mapping[str, TextTable], domain: str, wanted: tuple[str, ...]
) -> TextTable:
    supplement = texts.get(f"SUPP{domain}")
    sequence = f"{domain}SEQ"
    if supplement is None or sequence not in source.frame.columns:
        return source
    held = supplement.frame.filter(pl.col("QNAM").is_in(wanted) & (pl.col("IDVAR") == sequence))
    if held.is_empty():
        return source
    wide = held.select("USUBJID", pl.col("IDVARVAL").str.strip_chars().alias(sequence), "QNAM", "QVAL")
    wide = wide.pivot(index=["USUBJID", sequence], on="QNAM", values="QVAL", aggregate_function="first")
    new = [name for name in wide.columns if name in wanted and name not in source.frame.columns]
    columns = wide.select("USUBJID", sequence, *new)
    return with_frame(source, source.frame.join(columns, on=["USUBJID", sequence], how="left"))


def _labs(source: TextTable, texts: Mapping[str, TextTable], said: TableMapping) -> TextTable:
    return in_words(_of_treated(source, texts, said), "LBTESTCD")


def _vitals(source: TextTable, texts: Mapping[str, TextTable], said: TableMapping) -> TextTable:
    return in_words(_of_treated(source, texts, said), "VSTESTCD")


def _doses(source: TextTable, texts: Mapping[str, TextTable], said: TableMapping) -> TextTable:
    """One row an exposure record. A record may stand for an interval of dosing, which is then counted as one dose."""
    found = _of_treated(source, texts, said)
    frame = found.frame
    if not {"EXSTDTC", "EXENDTC"} <= set(frame.columns):
        return found
    spans = frame.filter(pl.col("EXENDTC").str.slice(0, 10) != pl.col("EXSTDTC").str.slice(0, 10)).height
    what = "exposure records that span more than a day"
    return with_frame(found, frame, left_out(found, spans, what, "each is read as one dose; single doses are unknown"))


def _responses(source: TextTable, texts: Mapping[str, TextTable], said: TableMapping) -> TextTable:
    """One row a subject: the record of best response, else the best of the overall responses, as CR > PR > SD > PD."""
    found = _of_treated(source, texts, said)
    frame = found.frame
    best = frame.filter(pl.col("RSTESTCD").is_in(("BESTRESP", "BOR")))
    chosen = best if best.height else frame.filter(pl.col("RSTESTCD") == "OVRLRESP")
    rank = pl.col("RSSTRESC").replace_strict({word: place for place, word in enumerate(RESPONSES)}, default=99)
    one = chosen.with_columns(rank.alias("rank")).sort("USUBJID", "rank", "source_row").unique("USUBJID", keep="first")
    why = "a subject has one best response; assessments are not read one by one"
    rest = left_out(found, frame.height - one.height, "other response records", why)
    return with_frame(found, one.drop("rank").sort("source_row"), rest)


def _follow_up(source: TextTable, texts: Mapping[str, TextTable], said: TableMapping) -> TextTable:
    """Last contact from the latest disposition date where DM does not say it; cause of death from DD."""
    found = _treated(source, texts, said)
    frame = found.frame
    if (ds := texts.get("DS")) is not None and "DSSTDTC" in ds.frame.columns:
        last = ds.frame.group_by("USUBJID").agg(pl.col("DSSTDTC").max().alias("DSLAST"))
        frame = frame.join(last, on="USUBJID", how="left")
    if (dd := texts.get("DD")) is not None and {"DDTESTCD", "DDORRES"} <= set(dd.frame.columns):
        cause = dd.frame.filter(pl.col("DDTESTCD") == "PRCDTH").unique("USUBJID", keep="first")
        frame = frame.join(cause.select("USUBJID", "DDORRES"), on="USUBJID", how="left")
    return with_frame(found, frame)


ACCRUAL = ("RFXSTDTC", "RFSTDTC")

DOMAINS: Mapping[str, tuple[Domain, ...]] = {
    "patient": (
        Domain(
            ("DM",),
            {
                "patient_id": ("USUBJID",), "accrual": ACCRUAL, "site": ("SITEID",), "sex": ("SEX",), "age": ("AGE",),
                "arm": ("ACTARM", "ARM"),
            },
            _treated,
        ),
    ),
    "screening": (
        Domain(
            ("DM",),
            {
                "candidate_id": ("USUBJID",), "screened": ("RFICDTC", "DMDTC"), "criterion": ("CRITERION",),
                "treated": ("TREATED",), "reason": ("REASON",),
            },
            _screened,
        ),
    ),
    "dose": (
        Domain(
            ("EX",),
            {
                "patient_id": ("USUBJID",), "started": ("EXSTDTC",), "amount": ("EXDOSE",), "amount_unit": ("EXDOSU",),
            },
            _doses,
            {"status": "given"},
        ),
    ),
    "adverse_event": (
        Domain(
            ("AE",),
            {
                "patient_id": ("USUBJID",), "term": ("AEDECOD", "AETERM"), "system_organ_class": ("AEBODSYS", "AESOC"),
                "grade": ("AETOXGR",), "onset": ("AESTDTC",), "end": ("AEENDTC",), "relatedness": ("AEREL",),
                "serious": ("AESER",), "action_on_dosing": ("AEACN",), "treatment_emergent": ("TRTEMFL", "AETRTEM"),
            },
            _events,
        ),
    ),
    "lab_result": (
        Domain(
            ("LB",),
            {
                "patient_id": ("USUBJID",), "test": ("LBTESTCD",), "value": ("LBORRES",), "value_unit": ("LBORRESU",),
                "lower_limit": ("LBORNRLO",), "upper_limit": ("LBORNRHI",), "collected": ("LBDTC",),
            },
            _labs,
        ),
    ),
    "vital": (
        Domain(
            ("VS",),
            {
                "patient_id": ("USUBJID",), "test": ("VSTESTCD",), "value": ("VSORRES",), "value_unit": ("VSORRESU",),
                "measured_at": ("VSDTC",),
            },
            _vitals,
        ),
    ),
    "intervention": (
        Domain(
            ("PR",),
            {
                "patient_id": ("USUBJID",), "intervention": ("PRDECOD", "PRTRT"), "start": ("PRSTDTC",),
                "end": ("PRENDTC",),
            },
            _of_treated,
        ),
    ),
    "response": (
        Domain(
            ("RS",),
            {"patient_id": ("USUBJID",), "criteria": ("RSCAT",), "best_response": ("RSSTRESC",),
             "last_assessed": ("RSDTC",)},
            _responses,
        ),
    ),
    "follow_up": (
        Domain(
            ("DM",),
            {
                "patient_id": ("USUBJID",), "last_contact": ("RFPENDTC", "DSLAST", "RFENDTC"), "died": ("DTHFL",),
                "death": ("DTHDTC",), "cause": ("DDORRES",),
            },
            _follow_up,
        ),
    ),
}  # fmt: skip
