"""Taking in large bodies: received to a file within a deadline, parsed without being held in memory.

A request with 64 MiB of audio would otherwise take several times as much memory: as bytes, as text, decoded.
"""

from api.intake.json_body import LongText, parse_json
from api.intake.receiving import receive

__all__ = ["LongText", "parse_json", "receive"]
