"""Which units are allowed for which measured value, and which spellings are the same unit?"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# UCUM-like words as wards print them -> the spellings taken for the same unit without conversion.
SAME_UNIT: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "kg": ("kg", "kilogram", "kilograms"),
        "lb": ("lb", "lbs", "pound", "pounds"),
        "IU": ("iu", "[iu]"),
        "MIU": ("miu", "million iu", "10^6 iu"),
        "IU/kg": ("iu/kg", "[iu]/kg"),
        "mg": ("mg",),
        "mg/kg": ("mg/kg",),
        "mg/dL": ("mg/dl",),
        "umol/L": ("umol/l", "µmol/l", "μmol/l", "micromol/l"),
        "10^9/L": (
            "10^9/l",
            "10*9/l",
            "giga/l",
            "gi/l",
            "10^3/mm3",
            "10^3/ul",
            "10*3/ul",
            "10^3/µl",
            "thou/ul",
        ),
        "/mm3": ("/mm3", "cells/mm3", "/ul"),
        "ug/kg/min": ("ug/kg/min", "mcg/kg/min", "µg/kg/min"),
        "mL": ("ml",),
        "C": ("c", "°c", "cel"),
        "mmHg": ("mmhg", "mm[hg]"),
        "cm": ("cm",),
        "in": ("in", "inch", "inches"),
    }
)

# Exact conversions of weights only: a weight is a ratio of masses, no clinical cut-point hangs on its unit.
# 1 lb = 0.45359237 kg exactly (international pound, 1959).
KILOGRAMS_PER = MappingProxyType({"kg": ("1", "1"), "lb": ("45359237", "100000000")})
