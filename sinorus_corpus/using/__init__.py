"""What people do with loaded documents: labels for a tokenizer, spaCy, CoNLL, flat frames. No loading may live here.

`align.py` works on offsets alone; `flat.py` and `formats.py` on the rows of the config `documents`, which `rows.py` takes from
whatever `load_dataset` gave. Each says what it could not place.
"""
