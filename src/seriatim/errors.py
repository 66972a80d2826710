"""What can a user mend? One class per thing to do about it, each with its exit code."""


class SeriatimError(Exception):
    """Base of everything that is shown to the user as a sentence, without a traceback."""

    exit_code = 1


class Misuse(SeriatimError):
    """A wrong argument or a request that has no meaning: change the call."""

    exit_code = 2


class DataSetAside(SeriatimError):
    """Records were set aside and the plan does not allow it: mend the data or allow it in the plan."""

    exit_code = 3


class UnreadableSource(SeriatimError):
    """The source cannot be opened or is not what its name says: give another file."""

    exit_code = 4


class InvalidDocument(SeriatimError):
    """A plan, mapping or other declared file has faults: mend the lines that the message names."""

    exit_code = 5


class Refused(SeriatimError):
    """The answer would be wrong or would disclose a patient, so it is not given: ask another question."""

    exit_code = 6
