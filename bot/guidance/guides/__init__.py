"""Guides: a few questions in a row, that can be left, taken up again, corrected and interrupted. What they ask stands in data/guides."""
