"""A worker's own port for Prometheus: opened by the parent of its processes, and held by no other."""

from wsgiref.simple_server import WSGIServer

from celery import signals
from prometheus_client import CollectorRegistry, start_http_server

from shared.logging import log
from shared.services import Services


def register_metrics_port(services: Services) -> None:
    """Have a worker that starts open its port, if it is to have one."""
    settings = services.settings
    if not settings.metrics_port:
        return
    opened: list[WSGIServer] = []

    @signals.worker_ready.connect(weak=False)
    def open_port(**_: object) -> None:
        registry = CollectorRegistry()
        registry.register(services.metrics.collector)
        try:
            server, _thread = start_http_server(settings.metrics_port, settings.metrics_host, registry)
        except OSError as error:
            # Better a worker that nobody counts than none.
            log.error("metrics_port_not_opened", port=settings.metrics_port, error=error.strerror)
        else:
            opened.append(server)

    @signals.worker_process_init.connect(weak=False)
    def close_inherited(**_: object) -> None:
        # A child that is started later is forked with it, and works on what strangers send.
        for server in opened:
            server.socket.close()
