"""Channels: an outside message into ours, ours into an outside one."""
