"""Which adverse event terms are recorded, in which system organ class, how often? Invented, common ones first."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from seriatim.simulation.columns import Numbers

# The groups of terms are those of the public CTCAE tables; the order, and so the frequency, is invented.
_GASTROINTESTINAL = "Gastrointestinal disorders"
_GENERAL = "General disorders and administration site conditions"
_NERVOUS = "Nervous system disorders"
_PSYCHIATRIC = "Psychiatric disorders"
_CARDIAC = "Cardiac disorders"
_INFECTIONS = "Infections and infestations"
_RESPIRATORY = "Respiratory, thoracic and mediastinal disorders"
_SKIN = "Skin and subcutaneous tissue disorders"
_INVESTIGATIONS = "Investigations"
_METABOLISM = "Metabolism and nutrition disorders"
_RENAL = "Renal and urinary disorders"
_VASCULAR = "Vascular disorders"
_BLOOD = "Blood and lymphatic system disorders"
_MUSCULOSKELETAL = "Musculoskeletal and connective tissue disorders"
_EYE = "Eye disorders"

SYSTEM_ORGAN_CLASS: Mapping[str, str] = MappingProxyType({
    "fever": _GENERAL,
    "chills": _GENERAL,
    "nausea": _GASTROINTESTINAL,
    "vomiting": _GASTROINTESTINAL,
    "diarrhea": _GASTROINTESTINAL,
    "hypotension": _VASCULAR,
    "oliguria": _RENAL,
    "fatigue": _GENERAL,
    "creatinine increased": _INVESTIGATIONS,
    "blood bilirubin increased": _INVESTIGATIONS,
    "platelet count decreased": _INVESTIGATIONS,
    "rash": _SKIN,
    "pruritus": _SKIN,
    "edema": _GENERAL,
    "weight gain": _INVESTIGATIONS,
    "dyspnea": _RESPIRATORY,
    "sinus tachycardia": _CARDIAC,
    "confusion": _PSYCHIATRIC,
    "anorexia": _METABOLISM,
    "mucositis oral": _GASTROINTESTINAL,
    "somnolence": _NERVOUS,
    "anemia": _BLOOD,
    "hypocalcemia": _METABOLISM,
    "hypomagnesemia": _METABOLISM,
    "hypoxia": _RESPIRATORY,
    "pleural effusion": _RESPIRATORY,
    "hallucinations": _PSYCHIATRIC,
    "atrial fibrillation": _CARDIAC,
    "headache": _NERVOUS,
    "myalgia": _MUSCULOSKELETAL,
    "line sepsis": _INFECTIONS,
    "dry skin": _SKIN,
    "insomnia": _PSYCHIATRIC,
    "metabolic acidosis": _METABOLISM,
    "neuropsychiatric toxicity": _PSYCHIATRIC,
    "ventricular arrhythmia": _CARDIAC,
    "blurred vision": _EYE,
    "cardiac ischemia": _CARDIAC,
    "coagulation disorder": _BLOOD,
    "myocardial infarction": _CARDIAC,
})  # fmt: skip

TERMS: tuple[str, ...] = tuple(SYSTEM_ORGAN_CLASS)


def background_shares() -> Numbers:
    """Zipf's law: the tenth term is a tenth as frequent as the first.

    >>> shares = background_shares()
    >>> len(shares), round(float(shares[0] / shares[9]))
    (40, 10)
    """
    weights = 1 / np.arange(1, len(TERMS) + 1)
    shares: Numbers = weights / weights.sum()
    return shares
