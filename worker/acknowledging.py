"""How a worker says that a message is done with."""

from contextlib import suppress

from celery.worker.request import Request


class SureRequest(Request):
    """Says so once more if the connection at hand has died.

    While a job is worked on, nobody uses the connection, so that it is only noticed then; and a worker whose
    word is lost would wait for it, and take no other message. (`broker_transport_options` can have redis-py
    connect anew by itself, but then the poller listens to a connection that is gone.)
    """

    def acknowledge(self) -> None:
        """Tell the broker."""
        if self.acknowledged:  # type: ignore[has-type]
            return
        with suppress(*self.connection_errors):
            self.message.ack()
            self.acknowledged = True
            return
        super().acknowledge()
