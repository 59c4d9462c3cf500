"""Copies of a withheld article that differ from the one its labels were made on. Nothing is fetched, and no text is kept here.

`normal_form.py` says what two copies have in common whatever a browser did to them; `fingerprints.py` makes the digests that ship
instead of the text; `mapping.py` finds their places in another copy, and `transfer.py` moves the labels there.
"""
