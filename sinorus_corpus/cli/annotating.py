"""Commands of the annotation page: annotate, receive."""
