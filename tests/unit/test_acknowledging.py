"""Saying that a message is done with, over a connection that may have died meanwhile."""

from typing import Any

import pytest
from kombu.message import Message

from worker.acknowledging import SureRequest


class Channel:
    """Loses so many words before one comes through."""

    no_ack_consumers = None

    def __init__(self, lost: int) -> None:
        self.lost = lost
        self.acknowledged: list[str] = []

    def basic_ack(self, delivery_tag: str, multiple: bool = False) -> None:  # noqa: ARG002
        if self.lost:
            self.lost -= 1
            raise ConnectionError("Broken pipe")
        self.acknowledged.append(delivery_tag)


def request_over(channel: Channel) -> SureRequest:
    """A request as a worker makes it, as far as its acknowledgement goes."""
    over: Any = channel
    message = Message(channel=over, delivery_tag="tag")
    request = SureRequest.__new__(SureRequest)
    request._message, request._connection_errors = message, (ConnectionError,)
    request._on_ack = message.ack_log_error
    return request


def test_a_word_that_was_lost_is_said_again() -> None:
    channel = Channel(lost=1)
    request_over(channel).acknowledge()
    assert channel.acknowledged == ["tag"]


def test_a_broker_that_is_away_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    request_over(Channel(lost=2)).acknowledge()
    assert "Couldn't ack" in caplog.text


def test_a_message_is_acknowledged_once() -> None:
    channel = Channel(lost=0)
    request = request_over(channel)
    request.acknowledge()
    request.acknowledge()
    assert channel.acknowledged == ["tag"]
