"""Commands that exchange labels with other tools: export, import."""
