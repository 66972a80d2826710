"""What follows for one dose from the rules? In plain lists of words and Kleene's three answers; slow, independent.

A rule is a dict: `id`, `then`, `condition` and `resume` as `rule_reference` reads them (or None), `group`, `once`, and
for a rule that counts a group ("group", n, name) as its condition. Answers are True, False or None for unknown.
"""

from __future__ import annotations

from tests.reference.rule_reference import truth

ACTIONS = ["give", "give_with_measures", "delay", "hold_dose", "stop_cycle", "stop_course", "never_again"]


def verdict(rules, record, *, open_holds, in_force, required, when_undecided):
    """Definite, possible, operational, the rules that hold, those that may, what is lacking, the holds left open."""
    answers = {rule["id"]: _answer(rule, rules, record) for rule in rules}
    left_open = {}
    for rule in rules:
        if rule["resume"] is not None:
            before = False if truth(rule["resume"], record) is True else open_holds.get(rule["id"], False)
            left_open[rule["id"]] = answers[rule["id"]] = _either([answers[rule["id"]], before])
    holds = [rule for rule in rules if answers[rule["id"]] is True]
    may = [rule for rule in rules if answers[rule["id"]] is None]
    definite = _worst([in_force, *(rule["then"] for rule in holds)])
    possible = _worst([definite, *(rule["then"] for rule in may)])
    lacking = [name for name in required if record.get(name) is None] if definite.startswith("give") else []
    decided = definite == possible and not lacking
    operational = definite if decided else _worst([definite, when_undecided])
    return {
        "definite": definite,
        "possible": possible,
        "operational": operational,
        "holds": [rule["id"] for rule in holds],
        "may": [rule["id"] for rule in may],
        "lacking": lacking,
        "open": left_open,
    }


def _answer(rule, rules, record):
    if rule["condition"][0] != "group":
        return truth(rule["condition"], record)
    _, n, name = rule["condition"]
    together = {}
    for other in rules:
        if other["group"] == name:
            together.setdefault(other["once"] or ("alone", other["id"]), []).append(truth(other["condition"], record))
    counted = [_either(answers) for answers in together.values()]
    certain, at_most = counted.count(True), len(counted) - counted.count(False)
    return True if certain >= n else (None if at_most >= n else False)


def _either(answers):
    if True in answers:
        return True
    return None if None in answers else False


def _worst(actions):
    return ACTIONS[max(ACTIONS.index(action) for action in actions)]
