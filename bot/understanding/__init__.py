"""Rasa graph components: what a message is written in, what it asks, and what it names."""
