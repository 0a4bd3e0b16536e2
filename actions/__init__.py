"""What the assistant does beside answering: one file per action, each read, do, say."""
