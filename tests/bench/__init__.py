"""Figures, measured in one run against named baselines. Nothing here fails for being slow."""
