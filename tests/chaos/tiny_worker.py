"""The workers' entry point with the stand-in for models: all but the engine is the real thing."""

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
from tests.chaos.tiny_engine import load_tiny_engine
from worker.tasks import register_tasks

warnings.filterwarnings("ignore", category=SecurityWarning)

settings = load_settings(env_file=None)
configure_logging(settings.log_level)
# A pool's children are forked from this process and count in its folder.
metrics = Metrics(folder_of(os.getpid()))
services = make_services(settings, metrics, make_tracer(settings, "worker"))
celery = services.celery
register_tasks(celery, services, load_tiny_engine)


@signals.setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """A listener here makes Celery leave the logging as it is."""
