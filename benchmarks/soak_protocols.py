"""`make soak`: are verdicts over many generated protocols those of the plain reference, and no completion outside?

Minutes, and so no test; `tests/properties/test_decision_laws.py` asks the same of a few.
"""

from __future__ import annotations

import argparse
import sys
import time

from tests.properties.protocol_strategies import made
from tests.properties.rule_strategies import seeded
from tests.properties.test_decision_laws import compared, completions

RECORDS = 60


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--protocols", type=int, default=150)
    parser.add_argument("--completions", type=int, default=18_000)
    parser.add_argument("--seed", type=int, default=1998)
    chosen = parser.parse_args()
    rng = seeded(chosen.seed)
    started = time.perf_counter()
    verdicts = done = outside = 0
    for _ in range(chosen.protocols):
        one = made(rng)
        verdicts += sum(compared(rng, one) for _ in range(RECORDS // 4))  # stops at the first that differs
    print(f"{verdicts} verdicts of {chosen.protocols} protocols equal to the plain reference")
    while done < chosen.completions:
        one = made(rng, asks_known=False)
        found = [completions(rng, one) for _ in range(RECORDS)]
        done, outside = done + sum(n for n, _ in found), outside + sum(n for _, n in found)
    print(f"{done} completions of incomplete records: {outside} outside their interval")
    print(f"{time.perf_counter() - started:.0f} s")
    sys.exit(1 if outside else 0)


if __name__ == "__main__":
    main()
