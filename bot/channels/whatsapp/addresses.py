"""Who a message is from, where WhatsApp knows a person by telephone number and by user id.

Who takes a username later is named by the user id alone (Meta, Business-scoped user IDs, 2026). As long as messages carry both, both are
noted, so that the conversation, its plan and its case go on.
"""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

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
    known = select(OtherAddress.account).where(OtherAddress.channel == CHANNEL, OtherAddress.other == sender)
    return session.scalar(known) or sender


def moved(session: Session, old: str, new: str) -> None:
    """What stood for the old account stands for the new one; the old number may become another person's."""
    theirs = (OtherAddress.channel == CHANNEL, OtherAddress.account == old)
    session.execute(update(OtherAddress).where(*theirs).values(account=new), execution_options=NO_SYNC)
