"""Programs that use the dataset as anybody would."""
