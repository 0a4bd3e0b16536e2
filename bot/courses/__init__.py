"""Course groups (utdanningsvalg): courses, roster, sessions, posts, polls, the question box, absences, talks, practice, self-assessment."""
