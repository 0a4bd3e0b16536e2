"""The sentence encoder: its packed file, its pieces, and how its upper layers learn our topics. Runs in Rasa's environment."""
