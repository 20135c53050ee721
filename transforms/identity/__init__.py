"""Who is who: one id per person over all sheets, each link with the sum of its evidence."""

from transforms.identity.resolution import resolve

__all__ = ["DecisionError", "resolve"]


class DecisionError(ValueError):
    """A line of identity.csv contradicts another, names nobody or changes nothing; the text says how to mend it."""
