"""What comes in and goes out over messengers: stored first, worked on one chat at a time, sent once."""
