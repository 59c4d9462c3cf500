"""Standoff files: read strictly, written canonically, anchored to raw. Nothing about publishing may live here.

`strict_json.py` decodes a line, `standoff.py` types it by `schemas/layers/`, `canonical.py` writes it, `registry.py` reads the
entity registry, `anchor.py` turns quotes into offsets, `offsets.py` checks labels against the text and `scheme.py` against the
guidelines' mechanical rules.
"""
