"""Is a long run of patients without the event more than the luck of the order?"""

from __future__ import annotations

from math import comb, exp, fsum, log1p

from seriatim.methods.kernels.counts import as_counts, require
from seriatim.methods.kernels.tail_floor import floored
from seriatim.methods.values import PValue


def final_run(n: int, run: int, earlier_events: int) -> PValue:
    """Return the P of a final event-free run at least this long, given how many events came before it.

    If the order of the patients says nothing, each choice of places for the events is as likely as any other:
    P is the share of choices with every event before the run. That the run ends at the last event by definition
    is already accounted for; that it was picked among all runs is not (see `longest_run_anywhere`).
    ValueError where the events do not fit before the run.

    No deaths in the final 809 of 1241 patients, and three before:

    >>> print(f"{final_run(1241, 809, 3).value:.3f}")
    0.042
    """
    _require_fit(n, run, earlier_events)
    # C(n - run, k) / C(n, k) = C(n - k, run) / C(n, run); the shorter product of the two is taken.
    factors, removed = sorted((run, earlier_events))
    value, flags, warning = floored(exp(fsum(log1p(-removed / (n - i)) for i in range(factors))))
    convention = "one-sided: final run at least as long, events in exchangeable order"
    return PValue(value, "permutation law of the final run", convention, sides=1, flags=flags, warning=warning)


def longest_run_anywhere(n: int, run: int, events: int) -> PValue:
    """Return the P that somewhere in the series there is an event-free run at least this long.

    This is the P to use where the run was chosen by looking. Exact, by inclusion and exclusion over the gaps
    between events; (events + 1) times the final run's P is the same number only where no two such runs fit.
    ValueError where the events do not fit beside the run.

    >>> print(f"{longest_run_anywhere(1241, 809, 3).value:.3f}")
    0.168
    """
    _require_fit(n, run, events)
    convention = "one-sided: longest run at least as long, anywhere, events in exchangeable order"
    value, flags, warning = floored(_chance_of_a_gap(n, run, events))
    return PValue(value, "permutation law of the longest run", convention, sides=1, flags=flags, warning=warning)


def _require_fit(n: int, run: int, events: int) -> None:
    as_counts([run, events], n)
    require(run >= 1, "a run has at least one patient", run)
    require(run + events <= n, f"{events} events and a run do not fit into {n} patients", run)


def _chance_of_a_gap(n: int, run: int, events: int) -> float:
    gaps = events + 1
    if n - events > gaps * (run - 1):
        return 1.0
    # Whole numbers, because the alternating terms cancel; Python divides them with correct rounding at the end.
    counted, j = 0, 1
    # Bonferroni: what is left out is smaller than the first term left out.
    while (term := comb(gaps, j) * comb(max(0, n - j * run), events)) * 10**18 > counted:
        counted += term if j % 2 else -term
        j += 1
    return counted / comb(n, events)
