"""What is assumed about 1,241 patients given high-dose interleukin-2, beside what the 1998 abstract prints?

From the abstract (Cancer 1998;83:797-805): the number of patients; the share of the first 155 and of the last
patients with line sepsis, diarrhoea, hypotension (grade 3 or 4), neuropsychiatric toxicity, cardiac ischaemia
(grade 4) and intubation; the median number of doses in the first cycle of both (13, 7); no treatment-related death
among the last 809; laboratory toxicity easing; weight gain and response unchanged. Hazards, intercepts of stopping
and the like are set so that a simulated series centres on these (see `calibrate`).

From other reports of the time: response by disease, regimen, size of a course (sources in
docs/explanation/simulated-series.md). **All else is invented**: the six groups between first and last, every date,
the practice changes, case mix, laboratory values, survival, lower grades, other terms, flaws of the record.
"""

from __future__ import annotations

from datetime import date

from seriatim.simulation.scenario import Change, Deaths, Disease, Dosing, Flaws, LabTest, Scenario, Toxicity

# Percentages of patients, first and last group as printed in the abstract, those between invented.
# The log odds below were found from these by `calibrate`.
TARGET_PERCENT: dict[str, tuple[float, ...]] = {
    "line sepsis": (18, 15, 12, 9.5, 7.5, 6, 5, 4),
    "diarrhea": (92, 84, 70, 54, 39, 27, 18, 12),
    "neuropsychiatric toxicity": (19, 17, 15, 13, 11.5, 10, 9, 8),
    "hypotension": (81, 75, 68, 59, 51, 43, 36, 31),
    "cardiac ischemia": (3, 2.3, 1.7, 1.2, 0.8, 0.4, 0.2, 0),
    "intubation": (12, 10, 8, 6.5, 5.3, 4.4, 3.6, 3),
}
TARGET_MEDIAN_DOSES = (13, 12, 11, 10, 9, 8, 8, 7)

_LINE_SEPSIS = Toxicity(
    name="line sepsis",
    terms=("line sepsis",),
    term_shares=(1.0,),
    grades=(3, 4),
    grade_shares=(0.85, 0.15),
    milder=(2,),
    log_odds=(-5.67, -5.78, -5.96, -6.12, -6.21, -6.36, -6.46, -6.51),
    stops_cycle=(1.0,) * 8,
    ends_treatment=0.3,
)
_DIARRHEA = Toxicity(
    name="diarrhea",
    terms=("diarrhea",),
    term_shares=(1.0,),
    grades=(3, 4),
    grade_shares=(0.9, 0.1),
    milder=(1, 2),
    log_odds=(-2.48, -2.9, -3.41, -3.88, -4.25, -4.63, -5.05, -5.38),
    stops_cycle=(0.06, 0.08, 0.12, 0.18, 0.26, 0.35, 0.45, 0.55),
    ends_treatment=0.0,
)
_NEUROPSYCHIATRIC = Toxicity(
    name="neuropsychiatric toxicity",
    terms=("neuropsychiatric toxicity",),
    term_shares=(1.0,),
    grades=(4,),
    grade_shares=(1.0,),
    milder=(1, 2, 3),
    log_odds=(-5.63, -5.64, -5.71, -5.79, -5.78, -5.82, -5.83, -5.85),
    stops_cycle=(1.0,) * 8,
    ends_treatment=0.4,
)
_HYPOTENSION = Toxicity(
    name="hypotension",
    terms=("hypotension",),
    term_shares=(1.0,),
    grades=(3, 4),
    grade_shares=(0.88, 0.12),
    milder=(1, 2),
    log_odds=(-3.13, -3.3, -3.5, -3.74, -3.87, -4.03, -4.22, -4.3),
    stops_cycle=(0.10, 0.14, 0.22, 0.32, 0.45, 0.58, 0.70, 0.80),
    ends_treatment=0.0,
)
_ISCHEMIA = Toxicity(
    name="cardiac ischemia",
    terms=("cardiac ischemia", "myocardial infarction"),
    term_shares=(0.4, 0.6),
    grades=(4,),
    grade_shares=(1.0,),
    milder=(1, 2, 3),
    # None in the last group: the abstract prints 0 % there.
    log_odds=(-7.55, -7.76, -8.0, -8.26, -8.51, -9.06, -9.71, float("-inf")),
    stops_cycle=(1.0,) * 8,
    ends_treatment=1.0,
)
_INTUBATION = Toxicity(
    name="intubation",
    terms=(),
    term_shares=(),
    grades=(),
    grade_shares=(),
    milder=(),
    log_odds=(-6.12, -6.21, -6.39, -6.55, -6.61, -6.68, -6.77, -6.79),
    stops_cycle=(1.0,) * 8,
    ends_treatment=0.7,
)

_MELANOMA = Disease(
    name="melanoma",
    share=(0.42, 0.43, 0.44, 0.45, 0.46, 0.47, 0.48, 0.49),
    complete=0.065,
    partial=0.095,
    stable=0.17,
    not_evaluable=0.03,
    lasting_complete=0.75,
    median_survival_months=11.0,
)
_RENAL = Disease(
    name="renal cell carcinoma",
    share=(0.40, 0.41, 0.42, 0.43, 0.43, 0.43, 0.44, 0.44),
    complete=0.08,
    partial=0.12,
    stable=0.25,
    not_evaluable=0.03,
    lasting_complete=0.75,
    median_survival_months=15.0,
)
_OTHER = Disease(
    name="other",
    share=(0.18, 0.16, 0.14, 0.12, 0.11, 0.10, 0.08, 0.07),
    complete=0.015,
    partial=0.065,
    stable=0.17,
    not_evaluable=0.04,
    lasting_complete=0.5,
    median_survival_months=9.0,
)

IL2_1998 = Scenario(
    name="il2-1998",
    description="high-dose bolus interleukin-2, 720,000 IU/kg every 8 h, around the abstract of Cancer 1998;83:797-805",
    # The abstract says 12 years; these dates are invented.
    first_accrual=date(1985, 9, 3),
    last_accrual=date(1997, 8, 29),
    data_cut=date(1997, 12, 31),
    zone="America/New_York",
    toxicities=(_LINE_SEPSIS, _DIARRHEA, _NEUROPSYCHIATRIC, _HYPOTENSION, _ISCHEMIA, _INTUBATION),
    dose_slope=0.08,
    risk_factors={"performance_status": 0.35, "age": 0.25},
    impaired=(0.38, 0.36, 0.34, 0.31, 0.28, 0.25, 0.23, 0.22),
    older=(0.22, 0.21, 0.20, 0.19, 0.18, 0.17, 0.16, 0.16),
    diseases=(_MELANOMA, _RENAL, _OTHER),
    # 1,241 are more than all patients given interleukin-2 alone there, so the series must hold combinations.
    concomitant={
        "none": (0.35, 0.35, 0.45, 0.50, 0.50, 0.45, 0.40, 0.40),
        "LAK cells": (0.50, 0.40, 0.20, 0.05, 0.0, 0.0, 0.0, 0.0),
        "TIL": (0.05, 0.15, 0.20, 0.25, 0.25, 0.20, 0.15, 0.15),
        "other cytokine": (0.10, 0.10, 0.15, 0.15, 0.10, 0.05, 0.05, 0.0),
        "vaccine": (0.0, 0.0, 0.0, 0.05, 0.15, 0.30, 0.40, 0.45),
    },
    dosing=Dosing(
        iu_per_kg=720_000,
        interval_minutes=8 * 60,
        most_doses=(15, 15, 15, 15, 14, 14, 12, 12),
        stop_log_odds=(-6.39, -4.74, -4.29, -3.93, -3.64, -3.31, -3.29, -2.98),
        stop_slope=0.15,
        hold=(0.02, 0.025, 0.03, 0.035, 0.04, 0.045, 0.05, 0.05),
        hold_after_toxicity=0.25,
        skip=0.004,
        refuse=0.002,
        partial=0.003,
        second_cycle=0.93,
        next_course=0.75,
        most_courses=3,
    ),
    deaths=Deaths(chance=0.02, last_case=432, of_cases=1241),
    labs=(
        LabTest(
            name="creatinine",
            unit="mg/dL",
            decimals=1,
            lower_limit=5,
            upper_limit=14,
            median=10.0,
            spread=0.18,
            drift=(0.26, 0.25, 0.24, 0.22, 0.21, 0.20, 0.19, 0.18),
            drift_spread=0.12,
        ),
        LabTest(
            name="bilirubin",
            unit="mg/dL",
            decimals=1,
            lower_limit=1,
            upper_limit=12,
            median=6.0,
            spread=0.30,
            drift=(0.34, 0.33, 0.32, 0.30, 0.28, 0.27, 0.26, 0.25),
            drift_spread=0.16,
        ),
        LabTest(
            name="platelets",
            unit="10^9/L",
            decimals=0,
            lower_limit=150,
            upper_limit=400,
            median=255.0,
            spread=0.25,
            drift=(-0.27, -0.26, -0.25, -0.24, -0.22, -0.21, -0.20, -0.19),
            drift_spread=0.12,
        ),
    ),
    weight_gain_percent=7.5,
    candidates_excluded=(0.08, 0.10, 0.13, 0.17, 0.21, 0.25, 0.28, 0.30),
    changes=(
        Change(date(1987, 3, 2), "screen", "simulated: exercise stress test for patients over 50"),
        Change(date(1988, 1, 4), "conditions", "simulated: antibiotic cover while a central line is in place"),
        Change(date(1989, 4, 3), "terminate", "simulated: stop on any change of mental status that lasts 2 h"),
        Change(date(1990, 2, 5), "screen", "simulated: lung function tests before the first course"),
        Change(date(1991, 6, 3), "conditions", "simulated: 5-HT3 antagonist and loperamide from the first dose"),
        Change(date(1992, 9, 7), "terminate", "simulated: three relative or one absolute criterion stop a cycle"),
        Change(date(1994, 5, 2), "screen", "simulated: magnetic resonance imaging of the brain before treatment"),
        Change(date(1995, 3, 6), "terminate", "simulated: at most 12 doses a cycle"),
    ),
    flaws=Flaws(
        ungraded=0.01,
        day_only=0.015,
        month_only=0.005,
        not_assessed={
            "cardiac ischemia": (0.06, 0.05, 0.04, 0.03, 0.02, 0.02, 0.01, 0.01),
            "neuropsychiatric toxicity": (0.02, 0.02, 0.015, 0.01, 0.01, 0.01, 0.01, 0.01),
        },
    ),
)  # fmt: skip
