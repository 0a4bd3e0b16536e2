"""Tests that run in Rasa's environment, where scikit-learn is; `test_in_rasa.py` starts them."""
