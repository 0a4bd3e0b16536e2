"""Reads sentences through the trained model without a server: JSON lines in, JSON lines out. For the command line's `ask` and
`evaluate`, which live in the other Python environment.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys

from bot.rasa_server import leave_tensorflow_out


async def parse_all(model: str) -> None:
    """For each line {"text": ...} on standard input, one line with intent, ranking, language, entities and safety_net."""
    from rasa.core.agent import Agent

    agent = Agent.load(model)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        parsed = await agent.parse_message(json.loads(line)["text"])
        answer = {
            "intent": parsed["intent"],
            "ranking": parsed.get("intent_ranking", [])[:5],
            "language": parsed.get("language"),
            "entities": [{"entity": e["entity"], "value": e["value"]} for e in parsed.get("entities", [])],
            "safety_net": bool(parsed.get("safety_net")),
        }
        print(json.dumps(answer, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    if "--with-tensorflow" not in sys.argv:
        leave_tensorflow_out()
    asyncio.run(parse_all(sys.argv[1]))
