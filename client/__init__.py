"""A client of the service: talks only HTTP."""

from client.service import Refused, RollcallClient, Segment, Speaker

__all__ = ["Refused", "RollcallClient", "Segment", "Speaker"]
