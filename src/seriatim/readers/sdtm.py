"""How do SDTM domains become a series? DM, EX, AE, LB, VS, DS, RS, PR and their supplements, as collected."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from seriatim.findings import Finding
from seriatim.readers._cdisc import (
    Domain,
    first_of,
    in_words,
    in_years,
    is_one_dose,
    kept,
    left_out,
    occurred,
    read_domains,
    severity_is_no_grade,
    with_frame,
    without,
)
from seriatim.readers._datasets import datasets_in
from seriatim.readers._findings import note, warning
from seriatim.readers._mapping import SourceMapping, TableMapping, refuse_idle_keys
from seriatim.readers._text_table import TextTable
from seriatim.series.raw import RawSource

NAME = "sdtm"
DESCRIPTION = "a folder of SDTM domains (DM with AE, EX, LB, VS, DS, RS, SUPP--) as XPT, Dataset-JSON or Parquet"

# Best first: the response that a sequence of assessments is summed up by where no record of best response is there.
RESPONSES = ("CR", "PR", "SD", "PD", "NE")


def recognises(path: Path, _: SourceMapping | None = None) -> bool:
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


def _patients(source: TextTable, texts: Mapping[str, TextTable], said: TableMapping) -> TextTable:
    return in_years(_treated(source, texts, said))


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
    """Adverse events that occurred, with the treatment-emergent flag of SUPPAE where there is one."""
    asked = "events that were asked for and did not occur"
    found = without(source, "AEOCCUR", ("N",), asked, "they are no events")
    found = without(found, "AESTAT", ("NOT DONE",), "events that were not asked for", "they are no events")
    found = _with_supplement(found, texts, "AE", ("TRTEMFL", "AETRTEM"))
    return severity_is_no_grade(_of_treated(found, texts, said), ("AETOXGR",), "AESEV")


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
    wide = held.select("USUBJID", pl.col("IDVARVAL").alias(sequence), "QNAM", "QVAL")
    lone = wide.join(source.frame, on=["USUBJID", sequence], how="anti").height
    wide = wide.pivot(index=["USUBJID", sequence], on="QNAM", values="QVAL", aggregate_function="first")
    new = [name for name in wide.columns if name in wanted and name not in source.frame.columns]
    columns = wide.select("USUBJID", sequence, *new)
    joined = source.frame.join(columns, on=["USUBJID", sequence], how="left", maintain_order="left")
    return with_frame(source, joined, _without_parent(supplement, domain, lone))


def _without_parent(supplement: TextTable, domain: str, records: int) -> tuple[Finding, ...]:
    """What a transport file that was cut between two records leaves behind: supplements of records that are gone."""
    if not records:
        return ()
    found = warning(
        "supplement.without_record",
        supplement.name,
        found=f"supplements to {domain} records that are not there",
        expected="a record for each",
        next_move=f"{domain} may be cut short; compare its number of records with where it came from",
        rows=records,
    )
    return (found,)


def _labs(source: TextTable, texts: Mapping[str, TextTable], said: TableMapping) -> TextTable:
    done = without(source, "LBSTAT", ("NOT DONE",), "tests that were not done", "there is no value")
    return in_words(_of_treated(done, texts, said), "LBTESTCD")


def _vitals(source: TextTable, texts: Mapping[str, TextTable], said: TableMapping) -> TextTable:
    done = without(source, "VSSTAT", ("NOT DONE",), "measurements that were not done", "there is no value")
    return in_words(_of_treated(done, texts, said), "VSTESTCD")


def _procedures(source: TextTable, texts: Mapping[str, TextTable], said: TableMapping) -> TextTable:
    occurred = without(source, "PROCCUR", ("N",), "procedures that did not occur", "they are no interventions")
    return _of_treated(occurred, texts, said)


def _doses(source: TextTable, texts: Mapping[str, TextTable], said: TableMapping) -> TextTable:
    """Records of one administration. An interval of dosing is not one dose, and how many it holds EX does not say."""
    found = _of_treated(source, texts, said)
    status = pl.when(occurred(found.frame)).then(pl.lit("given")).otherwise(pl.lit("skipped"))
    made = with_frame(found, found.frame.with_columns(status.alias("STATUS")))
    why = "how many doses an interval holds is not known; it is read into the table cycle, by its start and end"
    return kept(made, is_one_dose(found.frame, "EXSTDTC", "EXENDTC"), "exposure records of an interval of dosing", why)


def _intervals(source: TextTable, texts: Mapping[str, TextTable], said: TableMapping) -> TextTable:
    """Records of an interval of dosing, as cycles of the patient's course: the finest thing that they tell."""
    found = _of_treated(source, texts, said)
    interval = ~is_one_dose(found.frame, "EXSTDTC", "EXENDTC") & occurred(found.frame)
    return kept(found, interval, "exposure records of a single dose", "they are read into the table dose")


def _responses(source: TextTable, texts: Mapping[str, TextTable], said: TableMapping) -> TextTable:
    """One row a subject: the record of best response, else the best of the overall responses, CR > PR > SD > PD > NE.

    Where several evaluators assessed, the investigator counts. The best of a sequence is not confirmed.
    """
    found = _of_treated(source, texts, said)
    if "RSEVAL" in found.frame.columns and (found.frame["RSEVAL"] == "INVESTIGATOR").any():
        other = "assessments of other evaluators"
        found = kept(found, pl.col("RSEVAL") == "INVESTIGATOR", other, "those of the investigator count")
    best = found.frame.filter(pl.col("RSTESTCD").is_in(("BESTRESP", "BOR")))
    chosen = best if best.height else found.frame.filter(pl.col("RSTESTCD") == "OVRLRESP")
    rank = pl.col("RSSTRESC").replace_strict({word: place for place, word in enumerate(RESPONSES)}, default=99)
    ordered = chosen.with_columns(rank.alias("rank")).sort("USUBJID", "rank", "source_row")
    one = ordered.unique("USUBJID", keep="first", maintain_order=True)
    why = "a subject has one best response; assessments are not read one by one"
    rest = left_out(found, found.frame.height - one.height, "other response records", why)
    derived = () if best.height or one.is_empty() else (_best_of_sequence(found.name, one.height),)
    return with_frame(found, one.drop("rank").sort("source_row"), (*rest, *derived))


def _best_of_sequence(name: str, subjects: int) -> Finding:
    return note(
        "response.best_of_sequence",
        name,
        found="no records of best response",
        expected="BESTRESP or BOR in RSTESTCD",
        next_move="the best of the overall responses was taken, in the order CR, PR, SD, PD, NE, without confirmation",
        rows=subjects,
    )


def _follow_up(source: TextTable, texts: Mapping[str, TextTable], said: TableMapping) -> TextTable:
    """Last contact from the latest disposition date where DM does not say it; cause of death from DD.

    DTHFL is Y or empty (SDTMIG 3.3, 5.2): empty means not known to have died. A death in DS counts as well.
    """
    found = _treated(source, texts, said)
    frame = found.frame
    died = pl.col("DTHFL") == "Y" if "DTHFL" in frame.columns else pl.lit(None, pl.Boolean)
    if (ds := texts.get("DS")) is not None and "DSSTDTC" in ds.frame.columns:
        says_dead = pl.col("DSDECOD") == "DEATH" if "DSDECOD" in ds.frame.columns else pl.lit(value=False)
        last = ds.frame.group_by("USUBJID").agg(
            pl.col("DSSTDTC").max().alias("DSLAST"), says_dead.any().alias("DSDIED")
        )
        frame = frame.join(last, on="USUBJID", how="left", maintain_order="left")
        died = died.fill_null(value=False) | pl.col("DSDIED")
    if (dd := texts.get("DD")) is not None and {"DDTESTCD", "DDORRES"} <= set(dd.frame.columns):
        cause = dd.frame.filter(pl.col("DDTESTCD") == "PRCDTH").unique("USUBJID", keep="first", maintain_order=True)
        frame = frame.join(cause.select("USUBJID", "DDORRES"), on="USUBJID", how="left", maintain_order="left")
    told = pl.when(died.fill_null(value=False)).then(pl.lit("yes")).otherwise(pl.lit("no"))
    return with_frame(found, frame.with_columns(told.alias("DIED")))


ACCRUAL = ("RFXSTDTC", "RFSTDTC")

DOMAINS: Mapping[str, tuple[Domain, ...]] = {
    "patient": (
        Domain(
            ("DM",),
            {
                "patient_id": ("USUBJID",), "accrual": ACCRUAL, "site": ("SITEID",), "sex": ("SEX",), "age": ("AGE",),
                "arm": ("ACTARM", "ARM"),
            },
            _patients,
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
    "cycle": (
        Domain(("EX",), {"patient_id": ("USUBJID",), "start": ("EXSTDTC",), "end": ("EXENDTC",)}, _intervals,
               absent_if_empty=True),
    ),
    "dose": (
        Domain(
            ("EX",),
            {
                "patient_id": ("USUBJID",), "status": ("STATUS",), "started": ("EXSTDTC",), "amount": ("EXDOSE",),
                "amount_unit": ("EXDOSU",), "reason": ("EXREASOC", "EXADJ"),
            },
            _doses,
            absent_if_empty=True,
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
            by_row=("term",),
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
            _procedures,
            by_row=("intervention",),
        ),
    ),
    "response": (
        Domain(
            ("RS",),
            {"patient_id": ("USUBJID",), "criteria": ("RSCAT",), "best_response": ("RSSTRESC",),
             "last_assessed": ("RSDTC",)},
            _responses,
            absent_if_empty=True,
        ),
    ),
    "follow_up": (
        Domain(
            ("DM",),
            {
                "patient_id": ("USUBJID",), "last_contact": ("RFPENDTC", "DSLAST", "RFENDTC"), "died": ("DIED",),
                "death": ("DTHDTC",), "cause": ("DDORRES",),
            },
            _follow_up,
        ),
    ),
}  # fmt: skip
