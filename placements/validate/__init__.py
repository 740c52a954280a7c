"""Do the tables make sense together? Rules that point at what a data officer should look at; no row is dropped here."""

from placements.validate.rules import RULES, Rule, check_rules

__all__ = ["RULES", "Rule", "check_rules"]
