"""Reads participants and plans from CSV and XLSX files: all of them or nothing, and the same files twice change nothing."""

from __future__ import annotations

from bot.plans.importing.run import ImportStopped, import_files

__all__ = ["ImportStopped", "import_files"]
