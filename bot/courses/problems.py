"""What can stand in the way of a teacher. Each carries a key that the console has a sentence for (`problem_<key>`), and its values."""

from __future__ import annotations

from bot.desk.problems import DeskProblem, NoSuchCase


class NoSuchCourse(NoSuchCase):
    """There is no such course, member, session, post ..., or it is not for this person to see."""

    key = "no_such_course"


class CourseClosed(DeskProblem):
    """The course is over; it can be read, not changed."""

    key = "course_closed"


class CourseProblem(DeskProblem):
    """Any other: its own key is given."""

    key = "course"

    def __init__(self, key: str, **values: str) -> None:
        self.key = key  # before the words of the exception, which name it
        super().__init__(**values)
