"""The gateway's entry point: ``gunicorn api.main:app``."""

import os

from api.app import create_app
from shared.logging import configure_logging
from shared.metrics import Metrics, folder_of
from shared.services import make_services
from shared.settings import load_settings
from shared.tracing import make_tracer

settings = load_settings()
configure_logging(settings.log_level)
# However many workers gunicorn has, they count in their parent's folder.
metrics = Metrics(folder_of(os.getppid()))
tracer = make_tracer(settings, "gateway")
app = create_app(make_services(settings, metrics, tracer, connections=settings.gateway_threads))
