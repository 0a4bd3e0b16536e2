"""Practice for the tests: which item comes, what an answer changes, how far somebody is. The rules stand in RULES.md."""
