"""Starts and trains what runs beside this process."""
