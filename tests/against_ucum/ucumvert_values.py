"""What does another implementation of UCUM make of the units of our subset? Prints `ucumvert.csv`.

Run where ucumvert is installed (0.3.2, MIT; with pint 0.25.3, BSD): `python ucumvert_values.py > ucumvert.csv`. The
package is no dependency, not even of the tests. Each unit is measured in base units of its kind; ucumvert works in
binary fractions, so 12 digits are right. Units of drugs are left out: to ucumvert they are plain numbers.
"""

from __future__ import annotations

import csv
import sys

UNITS = {
    "g": ("kg", "mg", "ug", "ng", "pg", "[lb_av]"),
    "m": ("cm", "mm", "um", "[in_i]"),
    "s": ("min", "h", "d", "wk", "a", "ms"),
    "m3": ("L", "l", "dL", "cL", "mL", "uL", "fL", "mm3", "cm3"),
    "m2": ("cm2", "mm2"),
    "mol": ("mmol", "umol", "nmol", "pmol"),
    "eq": ("meq",),
    "Pa": ("kPa", "mm[Hg]", "cm[H2O]"),
    "1": ("%", "10*3", "10*6", "10*9", "10^9"),
    "g/m3": ("mg/dL", "g/L", "mg/L", "ug/L", "ng/mL", "g/dL", "ug/mL"),
    "mol/m3": ("umol/L", "mmol/L", "nmol/L", "mol/L"),
    "eq/m3": ("meq/L",),
    "/m3": ("10*9/L", "10*3/uL", "/mm3", "10*3/mm3", "10*12/L", "/uL", "/L"),
    "s-1": ("/min", "/h", "/d"),
    "mol/s": ("kat", "U", "mU", "kU"),
    "mol/s/m3": ("U/L", "mU/mL"),
    "m3/s": ("mL/h", "L/min", "mL/min", "L/d"),
    "m3/g": ("mL/kg", "L/kg"),
    "m3/g/s": ("mL/kg/h", "mL.kg-1.h-1"),
    "g/g/s": ("ug/kg/min", "mg/kg/h", "mg/kg/d"),
    "g/m2": ("mg/m2", "g/m2", "kg/m2"),
    "g/g": ("mg/kg", "ug/kg", "mg/g"),
    "J": ("kJ",),
    "Cel": (),
}


def main() -> None:
    from ucumvert import PintUcumRegistry

    registry = PintUcumRegistry()
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(("unit", "base", "value"))
    for base, units in UNITS.items():
        for unit in units:
            value = registry.from_ucum(unit).to(registry.from_ucum(base)).magnitude
            out.writerow((unit, base, f"{float(value):.12g}"))


if __name__ == "__main__":
    main()
