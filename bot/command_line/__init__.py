"""The program `veiviser`: one file per command."""
