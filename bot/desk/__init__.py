"""The desk: cases that need a person, who has them, and what is promised when."""
