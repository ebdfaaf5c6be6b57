"""Structured logs: a static event name and ids, never a key, a url's query, audio or a voiceprint."""

import logging
import sys
import threading
from typing import Any

import structlog

from shared.redaction import redact_event

log = structlog.get_logger("rollcall")

HTTP_REQUEST_ID = "http_request_id"
"""Name of a request's id in the log; a job's id is request_id in dialect 1, and something else."""

_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]


def configure_logging(level: str) -> None:
    """Send structlog and the libraries' logs to stderr in one format, and what nobody catches as well."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(make_formatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # Celery's own word on each task repeats ours, and the sweep would fill the log.
    for name in ("celery.worker.strategy", "celery.app.trace", "celery.beat"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # httpx and urllib3 log addresses with their queries, which may hold keys.
    for name in ("urllib3", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.ERROR)
    # They show whole requests, signatures and session tokens with them.
    for name in ("botocore", "aiobotocore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    sys.excepthook = _log_uncaught
    threading.excepthook = lambda ended: _log_uncaught(ended.exc_type, ended.exc_value, ended.exc_traceback)


def bound_to_log(name: str) -> str | None:
    """What this request's or job's lines of the log have under a name."""
    value = structlog.contextvars.get_contextvars().get(name)
    return None if value is None else str(value)


def make_formatter() -> logging.Formatter:
    """One line of names and values for each record, whoever wrote it. Secrets are masked last of all."""
    return structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            redact_event,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        foreign_pre_chain=[*_SHARED, structlog.stdlib.add_logger_name],
    )


def _log_uncaught(kind: type[BaseException], error: BaseException | None, trace: Any) -> None:
    # Python would print it as it is, with whatever url or key its text has.
    if issubclass(kind, SystemExit):
        return
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error or kind(), trace)
        return
    log.critical("uncaught", exc_info=error)
