"""What each guide knows beyond its questions: what the plan answers already, what still matters, and what the answers come to."""
