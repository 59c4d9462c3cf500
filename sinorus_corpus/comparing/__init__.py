"""Compares readings that stand in files: two annotators, or a system's output and gold. No measure may live here.

`passes.py` finds what two annotators both read, `predictions.py` reads a system's output, `comparison.py` brings files and
measures together, `report.py` makes the terminal tables and the JSON.
"""

from __future__ import annotations

from sinorus_corpus.comparing.comparison import Comparison, agree, score
from sinorus_corpus.comparing.report import comparison_json, comparison_tables

__all__ = ["Comparison", "agree", "comparison_json", "comparison_tables", "score"]
