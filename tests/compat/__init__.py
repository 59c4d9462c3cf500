"""Loads the built dataset with several versions of `datasets` and compares labels and values with the Parquet files.

    python -m tests.compat dist/sinorus-corpus build/compat

Each folder in build/compat is an environment with the packages of the file of that name beside this module; `look.py` runs there.
"""
