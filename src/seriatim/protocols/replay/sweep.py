"""What if a threshold had been another one? The protocol with the threshold moved wherever it stands."""

from __future__ import annotations

from dataclasses import dataclass, replace

from seriatim.errors import Misuse
from seriatim.protocols.bedside.known import in_ticks
from seriatim.protocols.protocol import Rule, TreatmentProtocol
from seriatim.rules.tree import Compare, Term, Tree, replaced


@dataclass(frozen=True)
class Sweep:
    """A threshold of one variable, as the protocol writes it, and what to put in its place.

    >>> Sweep("creatinine", "3 mg/dL", ("2 mg/dL", "2.5 mg/dL", "3.5 mg/dL")).to[0]
    '2 mg/dL'
    """

    variable: str
    threshold: str
    to: tuple[str, ...]


def moved(protocol: TreatmentProtocol, variable: str, threshold: str, to: str) -> TreatmentProtocol:
    """The protocol with every comparison of the variable with the threshold made with another value.

    The rules beside it move too: where one ends below 3 and the next begins at 3, both stand at the new value. Raises
    `Misuse` where no rule has the threshold.
    """
    if variable not in protocol.variables:
        raise Misuse(f"{protocol.name} has no variable {variable!r}; it has {', '.join(protocol.variables)}")
    found = in_ticks(threshold, protocol.variables[variable])
    wanted = in_ticks(to, protocol.variables[variable])
    hits: list[Compare] = []

    def change(part: Tree) -> Tree:
        if isinstance(part, Compare) and part.terms == (Term(variable),) and part.constant == found:
            hits.append(part)
            return replace(part, constant=wanted, text=part.text.replace(threshold, to))
        return part

    rules = tuple(
        Rule(r.declared, replaced(r.tree, change), None if r.resume is None else replaced(r.resume, change))
        for r in protocol.rules
    )
    if not hits:
        raise Misuse(
            f"{protocol.name}: no rule compares {variable} with {threshold}; name a threshold that stands there"
        )
    return replace(protocol, rules=rules)
