"""From a message in to the messages out: language policy, reception, and the history of both."""
