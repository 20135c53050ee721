"""Who is who: one id per person over all sheets, each link with the sum of its evidence."""

from transforms.identity.decisions import DecisionError
from transforms.identity.resolution import resolve, told_apart

__all__ = ["DecisionError", "resolve", "told_apart"]
