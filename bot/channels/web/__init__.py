"""The web chat: a page, a JSON interface, and their limits."""
