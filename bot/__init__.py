"""Veiviser: a guide through Norway's introduction programme in the participant's own language."""
