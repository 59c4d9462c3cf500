"""Commands that compare readings: agree, score."""
