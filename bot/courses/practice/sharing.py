"""What a teacher may see of somebody's practice: numbers by subject and skill, by the person's consent and until it is taken back."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.content.practice import SKILLS, practice_items
from bot.courses.consent import can_be_taken_back
from bot.courses.membership import chats_of_member
from bot.courses.parts import Courses
from bot.courses.practice.keeping import read_memory
from bot.courses.practice.memory import bank_of
from bot.courses.practice.progress import Progress, progress_of
from bot.storage.course_tables import CourseMember


def progress_for_teacher(courses: Courses, session: Session, member: CourseMember) -> list[Progress] | None:
    """The subjects a member has practised; None without consent, and when it could no longer be taken back."""
    if member.shares_progress_at is None or not can_be_taken_back(session, member):
        return None
    memory, items = read_memory(session, chats_of_member(session, member)), practice_items(courses.library.data)
    found = (progress_of(bank_of(subject, items.values()), memory) for subject in SKILLS)
    return [progress for progress in found if progress.items.seen]
