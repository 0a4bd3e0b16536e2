"""Tables, migrations and sessions. Tables only hold; nothing here talks to anyone."""
