"""How do ADaM analysis data sets become a series? ADSL, ADAE, ADLB, ADRS, ADTTE and ADEX, as collected where given."""

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
    read_domains,
    rows_of,
    severity_is_no_grade,
    with_frame,
)
from seriatim.readers._datasets import datasets_in
from seriatim.readers._findings import note, warning
from seriatim.readers._mapping import SourceMapping, TableMapping, refuse_idle_keys
from seriatim.readers._text_table import TextTable
from seriatim.series.raw import RawSource

NAME = "adam"
DESCRIPTION = "a folder of ADaM data sets (ADSL with ADAE, ADLB, ADRS, ADTTE, ADEX) as XPT, Dataset-JSON or Parquet"

# The parameters by which sponsors name best overall response, in the order in which one is looked for.
BEST_RESPONSE = ("BOR", "CBOR", "BESRSPI", "BESRSP", "INVET")


def recognises(path: Path, _: SourceMapping | None = None) -> bool:
    """A folder with ADSL, or one whose files the mapping names (then it says `reader: adam`)."""
    return path.is_dir() and "ADSL" in {file.stem.upper() for file in datasets_in(path).values()}


def read(path: Path, mapping: SourceMapping | None = None) -> RawSource:
    """Every table that the analysis data sets can fill, as text."""
    mapping = mapping or SourceMapping()
    refuse_idle_keys(mapping, NAME, ("sheet", "header_row"))
    return read_domains(path, mapping, NAME, DOMAINS, beside=("ADTTE",))


def _treated(source: TextTable, _: Mapping[str, TextTable], __: TableMapping) -> TextTable:
    """The safety population where ADSL flags it, otherwise those with a treatment start."""
    flagged = "SAFFL" in source.frame.columns
    what = "subjects outside the safety population" if flagged else "subjects without a treatment start"
    return kept(source, _is_patient(source.frame), what, "they were not treated")


def _is_patient(adsl: pl.DataFrame) -> pl.Expr:
    if "SAFFL" in adsl.columns:
        return pl.col("SAFFL") == "Y"
    start = first_of(adsl, ACCRUAL)
    return pl.col(start).is_not_null() if start else pl.lit(value=False)


def _patients(source: TextTable, texts: Mapping[str, TextTable], said: TableMapping) -> TextTable:
    found = in_years(_treated(source, texts, said))
    found = as_known(found, "ACCRUAL", ("TRTSDTM", "TRTSDT"), "TRTSDTF", "TRTSTMF")
    names = next((pair for pair in ARMS if set(pair) <= set(source.frame.columns)), None)
    return arms(found, *names, said) if names else found


def as_known(source: TextTable, made: str, names: tuple[str, ...], day_flag: str, time_flag: str) -> TextTable:
    """A date as far as it was known: what the imputation flags call imputed is taken off again (ADaMIG 1.3, 3.3.3)."""
    frame = source.frame
    there = [name for name in names if name in frame.columns]
    if not there:
        return source
    day, time = (pl.col(flag) if flag in frame.columns else pl.lit(None, pl.String) for flag in (day_flag, time_flag))
    given = pl.coalesce(there)
    lengths = {"D": len("1988-03"), "M": len("1988"), "Y": 0}
    times = {"H": len("1988-03-01"), "M": len("1988-03-01T08"), "S": len("1988-03-01T08:00")}
    length = pl.coalesce(
        day.replace_strict(lengths, default=None, return_dtype=pl.Int64),
        time.replace_strict(times, default=None, return_dtype=pl.Int64),
    )
    known = pl.when(length.is_null()).then(given).otherwise(given.str.head(pl.coalesce(length, 0)))
    result = frame.with_columns(pl.when(known != "").then(known).alias(made))
    shortened = result.filter(pl.col(made).ne_missing(given)).height
    return with_frame(source, result, (_imputed(source.name, there[0], shortened),) if shortened else ())


def _imputed(name: str, column: str, rows: int) -> Finding:
    return note(
        "date.imputed",
        name,
        column=column,
        found="dates of which a part was imputed",
        expected="dates as collected",
        next_move="the imputed part was taken off again, by the imputation flags",
        rows=rows,
    )


def _of_treated(source: TextTable, texts: Mapping[str, TextTable], _: TableMapping) -> TextTable:
    """Records of the subjects that are patients here; ADaM data sets often carry everybody randomised."""
    adsl = rows_of(texts, "ADSL")
    if adsl is None:
        return source
    patients = adsl.filter(_is_patient(adsl))["USUBJID"].to_list()
    where = "outside the safety population" if "SAFFL" in adsl.columns else "of subjects without a treatment start"
    return kept(source, pl.col("USUBJID").is_in(patients), f"records {where}", "they are no patients of the series")


def _events(source: TextTable, texts: Mapping[str, TextTable], said: TableMapping) -> TextTable:
    """Only records that name an event: some ADAE have a row for each subject without one."""
    term = first_of(source.frame, TERM)
    named = pl.col(term).is_not_null() if term else pl.lit(value=False)
    found = kept(source, named, "records without a term", "they say that there was no event")
    found = as_known(found, "ONSET", ("ASTDTM", "ASTDT"), "ASTDTF", "ASTTMF")
    found = as_known(found, "END", ("AENDTM", "AENDT"), "AENDTF", "AENTMF")
    return severity_is_no_grade(_of_treated(found, texts, said), ("AETOXGR", "ATOXGR"), "AESEV")


def _labs(source: TextTable, texts: Mapping[str, TextTable], said: TableMapping) -> TextTable:
    """Results as collected where the data set keeps them, otherwise analysis values: one of the two for all records."""
    found = source
    if "DTYPE" in source.frame.columns:
        found = kept(source, pl.col("DTYPE").is_null(), "derived records (DTYPE)", "only collected values are read")
    test = first_of(found.frame, TEST) or "PARAMCD"
    found = _once(_of_treated(found, texts, said), test)
    collected = "LBORRES" in found.frame.columns and found.frame["LBORRES"].null_count() < found.frame.height
    return in_words(_as_collected(found) if collected else _as_analysed(found), test)


def _once(source: TextTable, test: str) -> TextTable:
    """A value that stands again under another visit of the analysis (End of Treatment) was measured once."""
    key = ["USUBJID", test, "LBSEQ"]
    if not set(key) <= set(source.frame.columns):
        return source
    numbered = pl.col("LBSEQ").is_not_null()
    one = source.frame.filter(~numbered | pl.struct(key).is_first_distinct())
    why = "each collected record (LBSEQ) is read once"
    return with_frame(source, one, left_out(source, source.frame.height - one.height, "repeated records", why))


def _as_collected(source: TextTable) -> TextTable:
    return _renamed(source, LAB_COLLECTED)


def _as_analysed(source: TextTable) -> TextTable:
    """Analysis values; the unit stands in the name of the parameter where it has no variable of its own."""
    found = _renamed(source, LAB_ANALYSED)
    frame = found.frame
    if "UNIT" not in frame.columns and "PARAM" in frame.columns:
        frame = frame.with_columns(pl.col("PARAM").str.extract(r"\(([^()]+)\)\s*$").alias("UNIT"))
    read = note(
        "lab.analysis_values",
        source.name,
        found="no results as collected",
        expected="LBORRES",
        next_move="analysis values (AVAL) were read, in the unit of the analysis",
    )
    return with_frame(found, frame, (read,))


def _renamed(source: TextTable, variables: Mapping[str, tuple[str, ...]]) -> TextTable:
    firsts = {made: first_of(source.frame, names) for made, names in variables.items()}
    made = [pl.col(name).alias(column) for column, name in firsts.items() if name is not None]
    return with_frame(source, source.frame.with_columns(made))


def _responses(source: TextTable, texts: Mapping[str, TextTable], said: TableMapping) -> TextTable:
    """The records of one parameter: that of the mapping, else the first known name of best overall response."""
    there = source.frame["PARAMCD"].unique().to_list() if "PARAMCD" in source.frame.columns else []
    parameter = said.parameter or next((name for name in BEST_RESPONSE if name in there), None)
    if parameter is None:
        empty = source.frame.clear()
        looked = f"no parameter of {', '.join(BEST_RESPONSE)}"
        why = "name the parameter in the mapping under tables: response: parameter:"
        return with_frame(source, empty, left_out(source, source.frame.height, looked, why))
    chosen = kept(source, pl.col("PARAMCD") == parameter, f"other parameters than {parameter}", "not best response")
    confirmed = pl.when(pl.lit(parameter in CONFIRMED) & pl.col("AVALC").is_in(("CR", "PR"))).then(pl.lit("yes"))
    return _of_treated(with_frame(chosen, chosen.frame.with_columns(confirmed.alias("CONFIRMED"))), texts, said)


def _doses(source: TextTable, texts: Mapping[str, TextTable], said: TableMapping) -> TextTable:
    """Records of one administration, of the parameter DOSE where there are parameters."""
    found = _exposure(source, texts, said)
    why = "how many doses an interval holds is not known; it is read into the table cycle, by its start and end"
    return kept(found, is_one_dose(found.frame, "START", "STOP"), "records of an interval of dosing", why)


def _intervals(source: TextTable, texts: Mapping[str, TextTable], said: TableMapping) -> TextTable:
    """Records of an interval of dosing, as cycles of the patient's course: the finest thing that they tell."""
    found = _exposure(source, texts, said)
    interval = ~is_one_dose(found.frame, "START", "STOP")
    return kept(found, interval, "exposure records of a single dose", "they are read into the table dose")


def _exposure(source: TextTable, texts: Mapping[str, TextTable], said: TableMapping) -> TextTable:
    found = source
    if "PARAMCD" in source.frame.columns:
        parameter = said.parameter or "DOSE"
        why = "they are summaries over a study, or other readings of the same records"
        found = kept(source, pl.col("PARAMCD") == parameter, f"other parameters than {parameter}", why)
    found = as_known(found, "START", ("ASTDTM", "ASTDT"), "ASTDTF", "ASTTMF")
    found = as_known(found, "STOP", ("AENDTM", "AENDT"), "AENDTF", "AENTMF")
    return _of_treated(found, texts, said)


def _follow_up(source: TextTable, texts: Mapping[str, TextTable], said: TableMapping) -> TextTable:
    """Deaths from ADSL and from the overall survival of ADTTE: who died in either has died, on the day of ADSL.

    ADSL says what is known of the subject; survival is derived from it, often only up to a cut-off, so that a death
    after the day of censoring is no contradiction. An empty DTHFL means not known to have died.
    """
    found = as_known(_treated(source, texts, said), "DTHKNOWN", ("DTHDTM", "DTHDT"), "DTHDTF", "DTHTMF")
    frame = found.frame
    there = [name for name in ("DTHKNOWN", "DTHDTC") if name in frame.columns]
    day = pl.coalesce(there) if there else pl.lit(None, pl.String)
    flag = pl.col("DTHFL") if "DTHFL" in frame.columns else pl.lit(None, pl.String)
    otherwise = pl.lit("N") if "DTHFL" in frame.columns else pl.lit(None, pl.String)
    died = pl.coalesce(flag, pl.when(day.is_not_null()).then(pl.lit("Y")), otherwise)
    frame = frame.with_columns(died.alias("DIED"), day.alias("DEATH"))
    survival = _survival(texts, said)
    if survival is None:
        return with_frame(found, frame)
    both = frame.join(survival, on="USUBJID", how="left", maintain_order="left")
    return with_frame(found, _one_death(both), _contradictions(found.name, both))


def _survival(texts: Mapping[str, TextTable], said: TableMapping) -> pl.DataFrame | None:
    """One row a subject of overall survival: its day, whether it is a death, and the day of death."""
    times = rows_of(texts, "ADTTE")
    if times is None or not {"PARAMCD", "CNSR"} <= set(times.columns):
        return None
    day = first_of(times, ("ADTM", "ADT"))
    survival = times.filter(pl.col("PARAMCD") == (said.parameter or "OS"))
    if day is None or survival.is_empty():
        return None
    died = pl.when(pl.col("CNSR") == "0").then(pl.lit("Y")).when(pl.col("CNSR").is_not_null()).then(pl.lit("N"))
    return survival.select(
        "USUBJID", pl.col(day).alias("OSDAY"), died.alias("OSDIED"), pl.when(died == "Y").then(day).alias("OSDEATH")
    ).unique("USUBJID", keep="first", maintain_order=True)


def _one_death(both: pl.DataFrame) -> pl.DataFrame:
    """Dead if either says so; a patient who died after the day of censoring was last known alive until the death."""
    dead = (pl.col("DIED") == "Y").fill_null(value=False) | (pl.col("OSDIED") == "Y").fill_null(value=False)
    death = pl.coalesce("DEATH", "OSDEATH")
    later = dead & (death.str.head(10) > pl.col("OSDAY").str.head(10))
    return both.with_columns(
        pl.when(dead).then(pl.lit("Y")).otherwise(pl.coalesce("DIED", "OSDIED")).alias("DIED"),
        death.alias("DEATH"),
        pl.when(later).then(death).otherwise("OSDAY").alias("OSDAY"),
    )


def _contradictions(name: str, both: pl.DataFrame) -> list[Finding]:
    """Where ADSL and ADTTE cannot both be right."""
    said, censored, event = pl.col("DIED") == "Y", pl.col("OSDIED") == "N", pl.col("OSDIED") == "Y"
    day, seen = pl.col("DEATH").str.head(10), pl.col("OSDAY").str.head(10)
    kinds = (
        ("a death in ADSL of somebody whose survival is censored on that day or later, or undated",
         said & censored & (((day <= seen) & ~seen.str.starts_with(day)) | (day == seen) | day.is_null())),
        ("a death in ADTTE of somebody whom ADSL does not say to have died", event & ~said.fill_null(value=False)),
        ("another day of death in ADSL than in ADTTE", said & event & ~seen.str.starts_with(day)),
    )  # fmt: skip
    rows = [(what, both.filter(kind)["source_row"].to_list()) for what, kind in kinds]
    return [_contradiction(name, what, subjects) for what, subjects in rows if subjects]


def _contradiction(name: str, what: str, rows: list[int]) -> Finding:
    return warning(
        "death.contradicts",
        name,
        row=rows[0],
        found=what,
        expected="one death in both",
        next_move="a death in either counts, on the day of ADSL where it has one; correct the other",
        rows=len(rows),
    )


# Parameters that count a response only when a second assessment confirmed it.
CONFIRMED = ("CBOR", "BESRSPI")

# Value, unit and limits belong together: as collected, or as analysed, never a value of one with a limit of the other.
LAB_COLLECTED: Mapping[str, tuple[str, ...]] = {
    "VALUE": ("LBORRES",), "UNIT": ("LBORRESU",), "LOWER": ("LBORNRLO",), "UPPER": ("LBORNRHI",),
}  # fmt: skip
LAB_ANALYSED: Mapping[str, tuple[str, ...]] = {
    "VALUE": ("AVAL",), "UNIT": ("AVALU", "LBSTRESU"), "LOWER": ("ANRLO", "A1LO"), "UPPER": ("ANRHI", "A1HI"),
}  # fmt: skip

ACCRUAL = ("TRTSDTM", "TRTSDT", "TRT01SDTM", "RFXSTDTC", "RFSTDTC")
ARMS = (("TRT01A", "TRT01P"), ("ACTARM", "ARM"))  # actual and planned
TERM = ("AEDECOD", "AETERM")
TEST = ("LBTESTCD", "PARAMCD")

DOMAINS: Mapping[str, tuple[Domain, ...]] = {
    "patient": (
        Domain(
            ("ADSL",),
            {
                "patient_id": ("USUBJID",), "accrual": ("ACCRUAL", *ACCRUAL[2:]), "site": ("SITEID",), "sex": ("SEX",),
                "age": ("AGE", "AAGE"), "performance_status": ("ECOGBL", "BECOG"),
                "arm": ("TRT01A", "ACTARM", "TRT01P", "ARM"),
            },
            _patients,
            by_row=("accrual", "arm"),
        ),
    ),
    "adverse_event": (
        Domain(
            ("ADAE",),
            {
                "patient_id": ("USUBJID",), "term": TERM, "system_organ_class": ("AEBODSYS", "AESOC"),
                "grade": ("ATOXGR", "AETOXGR"), "onset": ("AESTDTC", "ONSET"),
                "end": ("AEENDTC", "END"), "relatedness": ("AREL", "AEREL"), "serious": ("AESER",),
                "action_on_dosing": ("AEACN",), "treatment_emergent": ("TRTEMFL",),
            },
            _events,
            by_row=("term", "onset", "end", "grade", "relatedness"),
        ),
    ),
    "lab_result": (
        Domain(
            ("ADLB", "ADLBC", "ADLBH"),
            {
                "patient_id": ("USUBJID",), "test": TEST, "value": ("VALUE",), "value_unit": ("UNIT",),
                "lower_limit": ("LOWER",), "upper_limit": ("UPPER",), "collected": ("LBDTC", "ADTM", "ADT"),
            },
            _labs,
            by_row=("collected",),
        ),
    ),
    "response": (
        Domain(
            ("ADRS",),
            {"patient_id": ("USUBJID",), "best_response": ("AVALC",), "last_assessed": ("ADTM", "ADT", "RSDTC"),
             "confirmed": ("CONFIRMED",)},
            _responses,
            absent_if_empty=True,
        ),
    ),
    "cycle": (
        Domain(
            ("ADEX",),
            {"patient_id": ("USUBJID",), "start": ("EXSTDTC", "START"), "end": ("EXENDTC", "STOP")},
            _intervals,
            by_row=("start", "end"),
            absent_if_empty=True,
        ),
    ),
    "dose": (
        Domain(
            ("ADEX",),
            {
                "patient_id": ("USUBJID",), "started": ("EXSTDTC", "START"), "amount": ("EXDOSE", "AVAL"),
                "amount_unit": ("EXDOSU", "AVALU"),
            },
            _doses,
            {"status": "given"},
            by_row=("started",),
            absent_if_empty=True,
        ),
    ),
    "follow_up": (
        Domain(
            ("ADSL",),
            {
                "patient_id": ("USUBJID",),
                "last_contact": ("OSDAY", "LSTALVDT", "EOSDT", "RFPENDTC", "RFENDTC", "TRTEDT"),
                "died": ("DIED",), "death": ("DEATH",), "cause": ("DTHCAUS",),
            },
            _follow_up,
            by_row=("last_contact",),
        ),
    ),
}  # fmt: skip
