"""Who a message is from, where WhatsApp knows a person by telephone number and by user id.

Who takes a username later is named by the user id alone (Meta, Business-scoped user IDs, 2026). As long as messages carry both, both are
noted, so that the conversation, its plan and its case go on.
"""

from __future__ import annotations

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.conversations.history import conversation_of
from bot.conversations.traffic.lanes import NO_SYNC
from bot.conversations.traffic.upserts import insert_into
from bot.storage.traffic_tables import OtherAddress

CHANNEL = "whatsapp"


def note(session: Session, account: str, other: str) -> None:
    """A message of `account` also named this id."""
    if not other or other == account:
        return
    insert = insert_into(session, OtherAddress)
    new = insert.values(channel=CHANNEL, other=other, account=account)
    session.execute(new.on_conflict_do_update(index_elements=["channel", "other"], set_={"account": account}))


def account_of(session: Session, sender: str) -> str:
    """The account of the conversation a sender belongs to: the sender itself, unless it is known under another name."""
    return _known(session, sender) or sender


def settle(session: Session, sender: str, also: str) -> str:
    """As account_of, for a message of `sender` that names an id as well; what it tells is noted.

    Who first had an id alone keeps that conversation when they show their number. What a number stands for counts only as long as the
    same id comes with it: the number may have become another person's.
    """
    if not also or also == sender or not sender.isdigit():
        return account_of(session, sender)
    known, of_id = _known(session, sender), account_of(session, also)
    if known == of_id:
        return of_id
    if known is not None:
        _forget(session, sender)
    if conversation_of(session, CHANNEL, sender) is None and conversation_of(session, CHANNEL, of_id) is not None:
        note(session, of_id, sender)
        return of_id
    note(session, sender, also)
    return sender


def moved(session: Session, old: str, new: str) -> None:
    """What stood for the old account stands for the new one; the old number may become another person's."""
    theirs = (OtherAddress.channel == CHANNEL, OtherAddress.account == old)
    session.execute(update(OtherAddress).where(*theirs).values(account=new), execution_options=NO_SYNC)


def renamed(session: Session, old: str, new: str) -> None:
    """A name of somebody whose conversation has another account: the new one stands for it, unless it stands for something already."""
    account = _known(session, old)
    _forget(session, old)
    if account is not None and _known(session, new) is None and conversation_of(session, CHANNEL, new) is None:
        note(session, account, new)


def _known(session: Session, other: str) -> str | None:
    return session.scalar(select(OtherAddress.account).where(OtherAddress.channel == CHANNEL, OtherAddress.other == other))


def _forget(session: Session, other: str) -> None:
    name = (OtherAddress.channel == CHANNEL, OtherAddress.other == other)
    session.execute(delete(OtherAddress).where(*name), execution_options=NO_SYNC)
