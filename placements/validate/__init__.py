"""Do the tables make sense together? Rules that point at what a data officer should look at; no row is dropped here."""

from placements.validate.evidence import Evidence
from placements.validate.listing import rules_page
from placements.validate.rule import SEVERITIES, Rule
from placements.validate.rules import RULES, check_rules, rows_of

__all__ = ["RULES", "SEVERITIES", "Evidence", "Rule", "check_rules", "rows_of", "rules_page"]
