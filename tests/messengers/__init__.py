"""Whole conversations over messengers, against the whole installation."""
