"""Which coded answers does a series allow, and how do CDISC and the ward spell them?"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# Each list: our word -> the spellings that are taken for it without a mapping file (compared in lower case).
# Sources: CDISC Controlled Terminology code lists named beside each list.


def _list(**spellings: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({word: (word, *others) for word, others in spellings.items()})


CODE_LISTS: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        # NY (C66742)
        "yes_no": _list(yes=("y", "true", "1"), no=("n", "false", "0")),
        # SEX (C66731)
        "sex": _list(female=("f",), male=("m",), unknown=("u", "undifferentiated")),
        # status of one planned dose; EXOCCUR / EXREASND carry it in CDISC
        "dose_status": _list(
            given=("complete",), partial=(), held=("withheld",), skipped=("missed",), refused=(), planned=()
        ),
        # AEREL as collected (not a CDISC code list; sponsor words)
        "relatedness": _list(
            related=("y", "yes", "possible", "probable", "possibly", "probably", "definite", "definitely",
                     "possibly related", "probably related", "definitely related", "highly probable"),
            not_related=("n", "no", "none", "unlikely", "remote", "not related", "unrelated", "doubtful"),
            unknown=("u", "unk", "not assessable"),
        ),
        # ACN (C66767)
        "action_on_dosing": _list(
            none=("dose not changed", "not applicable"), held=("dose interrupted", "drug interrupted"),
            reduced=("dose reduced", "dose rate reduced"), withdrawn=("drug withdrawn", "stopped"),
            unknown=("not evaluable",),
        ),
        # why a cycle ended; the ward's words
        "stop_reason": _list(
            completed=("protocol cap", "planned doses given"), toxicity=("adverse event",), progression=(),
            patient_choice=("withdrawal by subject", "refused"), death=(), other=(), unknown=(),
        ),
        # ONCRSR (C96785), RECIST words
        "best_response": _list(
            CR=("cr", "complete response"), PR=("pr", "partial response"), SD=("sd", "stable disease"),
            PD=("pd", "progressive disease"), NE=("ne", "not evaluable", "inevaluable", "not assessed"),
        ),
        # the three things the 1998 paper credits
        "practice_domain": _list(screen=("screening",), conditions=("optimise",), terminate=("termination", "stop")),
        "intervention_reason": _list(airway=("airway protection",), lung=("respiratory", "pulmonary"), other=()),
    }
)  # fmt: skip
