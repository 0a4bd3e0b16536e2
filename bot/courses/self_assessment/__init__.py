"""The self-assessment: what somebody can, is like, finds important, how they learn, what they like to do. Theirs until they share it."""
