"""The workers' entry point: ``celery -A worker.main worker -Q …`` and ``celery -A worker.main beat``."""

import os
import warnings
from typing import Any

from celery import signals
from celery.platforms import SecurityWarning

from shared.logging import configure_logging
from shared.metrics import Metrics, folder_of
from shared.services import make_services
from shared.settings import load_settings
from shared.tracing import make_tracer
from worker.tasks import register_tasks

# Celery warns root because of pickled messages; ours are JSON only.
warnings.filterwarnings("ignore", category=SecurityWarning)

# Of a delivery worker's threads, and some to spare. A model worker's child never opens more than two: one for
# its job, one for the heartbeat. Beat opens none.
CONNECTIONS = 32

settings = load_settings()
configure_logging(settings.log_level)
# A pool's children are forked from this process and count in its folder.
metrics = Metrics(folder_of(os.getpid()))
services = make_services(settings, metrics, make_tracer(settings, "worker"), connections=CONNECTIONS)
celery = services.celery
register_tasks(celery, services)


@signals.setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """A listener here makes Celery leave the logging as it is."""
