"""The gateway's entry point: ``gunicorn api.main:app``."""

from api.app import create_app
from shared.logging import configure_logging
from shared.services import make_services
from shared.settings import load_settings

settings = load_settings()
configure_logging(settings.log_level)
app = create_app(make_services(settings))
