"""Participants and their plans: reading, changing, linking to a chat, import and export. Knows tables, not channels."""
