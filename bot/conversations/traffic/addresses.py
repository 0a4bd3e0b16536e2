"""Where people find us on a messenger: learnt from the messenger once it is connected, told on the page with a one-time code."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversations.traffic.upserts import insert_into
from bot.storage.traffic_tables import ChannelState


def note_address(session: Session, channel: str, address: str) -> None:
    """`address`: what a code is put behind, such as https://t.me/<bot>?start=."""
    new = insert_into(session, ChannelState).values(channel=channel, address=address)
    session.execute(new.on_conflict_do_update(index_elements=["channel"], set_={"address": address}))


def addresses(session: Session, code: str) -> dict[str, str]:
    """The address that brings a code into a chat, by messenger."""
    known = select(ChannelState.channel, ChannelState.address).where(ChannelState.address.is_not(None)).order_by(ChannelState.channel)
    return {channel: f"{address}{code}" for channel, address in session.execute(known)}
