"""From a built dataset to a published version: the gate, the difference to another version, the release itself.

No rule about the corpus may live here: those are checked before anything is built.
"""
