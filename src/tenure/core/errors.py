"""Errors whose text is a sentence for the person who can mend it."""


class TenureError(Exception):
    """Something a person can mend; the message says what, where and what to do."""


class NotAllowed(TenureError):
    """The actor's role does not permit the action."""


class InvalidDefinition(TenureError):
    """A definition does not hold together. `problems` has a sentence for each fault."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems
