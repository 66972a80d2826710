"""How do SDTM domains become a series? DM, IE, EX, AE, LB, VS, DS, RS, PR, CM and their supplements, as collected."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from seriatim.findings import Finding
from seriatim.readers._cdisc import (
    Domain,
    arms,
    first_of,
    in_words,
    in_years,
    is_one_dose,
    kept,
    left_out,
    occurred,
    read_domains,
    rows_of,
    severity_is_no_grade,
    with_frame,
    without,
)
from seriatim.readers._datasets import datasets_in
from seriatim.readers._findings import note
from seriatim.readers._mapping import SourceMapping, TableMapping, refuse_idle_keys
from seriatim.readers._text_table import TextTable
from seriatim.series.raw import RawSource

NAME = "sdtm"
DESCRIPTION = (
    "a folder of SDTM domains (DM with AE, EX, LB, VS, DS, RS, PR, CM, IE, SUPP--) as XPT, Dataset-JSON or Parquet"
)

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
    return arms(in_years(_treated(source, texts, said)), "ACTARM", "ARM", said)


def _screened(source: TextTable, texts: Mapping[str, TextTable], said: TableMapping) -> TextTable:
    """Everybody in DM, and the criteria in IE that a candidate failed.

    The reason of those who were not treated is the criterion, else the arm, which says "Screen Failure".
    """
    if "IETESTCD" in source.frame.columns:
        return _criteria(source, texts, said)
    criteria = rows_of(texts, "IE")
    failed = criteria["USUBJID"].to_list() if criteria is not None else []
    reason = pl.col("ARM") if "ARM" in source.frame.columns else pl.lit(None, pl.String)
    treated = _is_treated(texts)
    made = source.frame.with_columns(
        pl.lit("enrolment").alias("CRITERION"),
        pl.when(treated).then(pl.lit("yes")).otherwise(pl.lit("no")).alias("TREATED"),
        pl.when(~treated & ~pl.col("USUBJID").is_in(failed)).then(reason).alias("REASON"),
    )
    return with_frame(source, made)


def _criteria(source: TextTable, texts: Mapping[str, TextTable], _: TableMapping) -> TextTable:
    """IE has the criteria that a candidate failed: an inclusion criterion answered N, an exclusion criterion Y."""
    frame = source.frame
    category, answer = (
        pl.col(name) if name in frame.columns else pl.lit(None, pl.String) for name in ("IECAT", "IEORRES")
    )
    treated = _is_treated(texts)
    turned = answer.replace({"Y": "N", "N": "Y"})
    made = frame.with_columns(
        pl.col("IETESTCD").alias("CRITERION"),
        pl.when(category == "EXCLUSION").then(turned).otherwise(answer).alias("MET"),
        pl.when(treated).then(pl.lit("yes")).otherwise(pl.lit("no")).alias("TREATED"),
        pl.when(~treated).then(pl.coalesce(name for name in ("IETEST", "IETESTCD") if name in frame.columns))
        .alias("REASON"),
    )  # fmt: skip
    return with_frame(source, made)


def _is_treated(texts: Mapping[str, TextTable]) -> pl.Expr:
    return pl.col("USUBJID").is_in(_treated_subjects(texts) or [])


def _events(source: TextTable, texts: Mapping[str, TextTable], said: TableMapping) -> TextTable:
    """Adverse events that occurred, with the treatment-emergent flag of SUPPAE where there is one."""
    asked = "events that were asked for and did not occur"
    found = without(source, "AEOCCUR", ("N",), asked, "they are no events")
    found = without(found, "AESTAT", ("NOT DONE",), "events that were not asked for", "they are no events")
    return severity_is_no_grade(_of_treated(found, texts, said), ("AETOXGR",), "AESEV")


def _of_treated(source: TextTable, texts: Mapping[str, TextTable], _: TableMapping) -> TextTable:
    """Records of treated subjects; those of screen failures are named and left out."""
    treated = _treated_subjects(texts)
    if treated is None:
        return source
    why = "they are no patients of the series"
    return kept(source, pl.col("USUBJID").is_in(treated), "records of subjects who were not treated", why)


def _treated_subjects(texts: Mapping[str, TextTable]) -> list[str] | None:
    subjects = rows_of(texts, "DM")
    if subjects is None or (start := first_of(subjects, ACCRUAL)) is None:
        return None
    return subjects.filter(pl.col(start).is_not_null())["USUBJID"].to_list()


def _labs(source: TextTable, texts: Mapping[str, TextTable], said: TableMapping) -> TextTable:
    done = without(source, "LBSTAT", ("NOT DONE",), "tests that were not done", "there is no value")
    return in_words(_of_treated(done, texts, said), "LBTESTCD")


def _vitals(source: TextTable, texts: Mapping[str, TextTable], said: TableMapping) -> TextTable:
    done = without(source, "VSSTAT", ("NOT DONE",), "measurements that were not done", "there is no value")
    return in_words(_of_treated(done, texts, said), "VSTESTCD")


def _interventions(source: TextTable, texts: Mapping[str, TextTable], said: TableMapping) -> TextTable:
    """Procedures that occurred; of the medications, vasopressors and those that the mapping names.

    A patient with any intervention counts as charted for all of them, and aspirin does not say that nobody was
    intubated.
    """
    if "CMTRT" not in source.frame.columns:
        found = without(source, "PROCCUR", ("N",), "procedures that did not occur", "they are no interventions")
        return _of_treated(found, texts, said)
    found = without(source, "CMOCCUR", ("N",), "medications that were not taken", "they are no interventions")
    why = "name a medication in the mapping under tables: intervention: codes: intervention: to read it"
    found = kept(found, _is_intervention(found.frame, said), "medications other than vasopressors", why)
    return _of_treated(found, texts, said)


def _is_intervention(frame: pl.DataFrame, said: TableMapping) -> pl.Expr:
    word = pl.coalesce(name for name in ("CMDECOD", "CMTRT") if name in frame.columns)
    route = pl.col("CMROUTE") if "CMROUTE" in frame.columns else pl.lit(None, pl.String)
    into_a_vein = route.is_null() | route.str.contains("(?i)intravenous|parenteral|^iv$")
    vasopressor = word.str.contains(rf"(?i)^({'|'.join(VASOPRESSORS)})( {SALT})?$") & into_a_vein
    return vasopressor | word.is_in(list(said.codes.get("intervention", {})))


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

    DTHFL is Y or empty (SDTMIG 3.3, 5.2): empty means not known to have died. A death in DS or a day of death counts as
    well. Further variables of DS that the mapping names come from the record of death, else from the last that has one.
    """
    found = _treated(source, texts, said)
    frame = found.frame
    died = pl.any_horizontal(
        pl.lit(value=False),
        *([(pl.col("DTHFL") == "Y").fill_null(value=False)] if "DTHFL" in frame.columns else []),
        *([pl.col("DTHDTC").is_not_null()] if "DTHDTC" in frame.columns else []),
    )
    if (ds := rows_of(texts, "DS")) is not None and "DSSTDTC" in ds.columns:
        frame = frame.join(_dispositions(ds, frame, said), on="USUBJID", how="left", maintain_order="left")
        died = died | pl.col("DSDIED").fill_null(value=False)
    if (dd := rows_of(texts, "DD")) is not None and {"DDTESTCD", "DDORRES"} <= set(dd.columns):
        cause = dd.filter(pl.col("DDTESTCD") == "PRCDTH").unique("USUBJID", keep="first", maintain_order=True)
        frame = frame.join(cause.select("USUBJID", "DDORRES"), on="USUBJID", how="left", maintain_order="left")
    told = pl.when(died).then(pl.lit("yes")).otherwise(pl.lit("no"))
    return with_frame(found, frame.with_columns(told.alias("DIED")))


def _dispositions(ds: pl.DataFrame, dm: pl.DataFrame, said: TableMapping) -> pl.DataFrame:
    """One row a subject: the last date, whether a record says death, and what the mapping names."""
    named = {name for name in said.columns.values() if name in ds.columns and name not in dm.columns}
    says_dead = pl.col("DSDECOD") == "DEATH" if "DSDECOD" in ds.columns else pl.lit(value=False)
    ordered = ds.with_columns(says_dead.alias("dead")).sort("dead", "DSSTDTC", "source_row", nulls_last=False)
    return ordered.group_by("USUBJID").agg(
        pl.col("DSSTDTC").max().alias("DSLAST"),
        pl.col("dead").any().alias("DSDIED"),
        *(pl.col(name).drop_nulls().last() for name in sorted(named)),
    )


ACCRUAL = ("RFXSTDTC", "RFSTDTC")

# ATC C01CA (adrenergic and dopaminergic agents), H01BA (vasopressin and its kin) and C01CX09, by their generic names.
# As whole words and into a vein: pseudoephedrine, or lidocaine with epinephrine, holds up no circulation.
VASOPRESSORS = (
    "norepinephrine", "noradrenaline", "epinephrine", "adrenaline", "dopamine", "dobutamine", "phenylephrine",
    "metaraminol", "ephedrine", "(arginine )?vasopressin", "argipressin", "terlipressin", "angiotensin ii",
)  # fmt: skip
SALT = "(hydrochloride|hcl|bitartrate|tartrate|hydrogen tartrate|acetate|sulfate)"

INTERVENTION: Mapping[str, tuple[str, ...]] = {
    "patient_id": ("USUBJID",), "intervention": ("PRDECOD", "PRTRT", "CMDECOD", "CMTRT"),
    "start": ("PRSTDTC", "CMSTDTC"), "end": ("PRENDTC", "CMENDTC"), "rate": ("CMDOSE",), "rate_unit": ("CMDOSU",),
}  # fmt: skip

DOMAINS: Mapping[str, tuple[Domain, ...]] = {
    "patient": (
        Domain(
            ("DM",),
            {
                "patient_id": ("USUBJID",), "accrual": ACCRUAL, "site": ("SITEID",), "sex": ("SEX",), "age": ("AGE",),
                "arm": ("ACTARM", "ARM"),
            },
            _patients,
            by_row=("arm",),
        ),
    ),
    "screening": (
        Domain(
            ("DM",),
            {
                "candidate_id": ("USUBJID",), "screened": ("RFICDTC", "DMDTC", "IEDTC"), "criterion": ("CRITERION",),
                "met": ("MET",), "treated": ("TREATED",), "reason": ("REASON",),
            },
            _screened,
            with_it=("IE",),
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
        Domain(("PR",), INTERVENTION, _interventions, by_row=("intervention",), with_it=("CM",)),
        Domain(("CM",), INTERVENTION, _interventions, by_row=("intervention",), absent_if_empty=True),
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
