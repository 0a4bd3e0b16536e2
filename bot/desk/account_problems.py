"""What can stand in the way of a change of an account. Nothing was changed then."""

from __future__ import annotations

from bot.desk.problems import DeskProblem


class LoginUnusable(DeskProblem):
    """A login is 3 to 120 characters without spaces and quotation marks."""

    key = "login_unusable"


class LoginTaken(DeskProblem):
    """There is an account with this `login`, perhaps a disabled one."""

    key = "login_taken"


class NameUnusable(DeskProblem):
    """A name is 1 to `limit` characters."""

    key = "name_unusable"


class ChoiceUnknown(DeskProblem):
    """`value` is no role, municipality or language here."""

    key = "choice_unknown"


class PlaceMissing(DeskProblem):
    """Advisors and teachers work for a municipality; the account names none."""

    key = "place_missing"


class NoSuchAccount(DeskProblem):
    """There is no such account."""

    key = "no_such_account"


class OwnAccount(DeskProblem):
    """Nobody disables themselves or resets their own password here."""

    key = "own_account"


class DemoAccount(DeskProblem):
    """An invented account stays as the sign-in page shows it."""

    key = "demo_account"


class WrongPassword(DeskProblem):
    """The old password is not right."""

    key = "wrong_password"


class SamePassword(DeskProblem):
    """The new password is the old one."""

    key = "same_password"


class CodesNeeded(DeskProblem):
    """This installation asks everybody for a code: it can be set up anew, not taken away."""

    key = "codes_needed"
