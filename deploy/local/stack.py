"""Everything of ``make run``, in the order in which it starts."""

import os
import shlex
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from honcho.manager import Manager

from deploy.local.checks import exclusive_data_dir, require_free_port, require_models
from deploy.local.embedded_redis import embedded_redis
from deploy.local.flower import LocalFlower, local_flower
from deploy.local.greeting import gateway_url, greet_when_ready, keep_address
from deploy.processes.commands import COMMANDS, SERVICE, flower_command
from deploy.processes.preparation import prepare_ledger
from shared.services import make_services
from shared.settings import Settings
from shared.settings.environment import environment_with

KILLED_AFTER_SECONDS = 8
STOPPED_BY_USER = (130, 143)


def run_stack(settings: Settings) -> int:
    """Start everything and wait for the end; the exit status. Raises CannotStart."""
    with exclusive_data_dir(settings.data_dir), _stop_signals():
        require_free_port(settings.http_host, settings.http_port, "ROLLCALL_HTTP_PORT")
        flower = local_flower(settings)
        require_models(settings)
        redis = (
            nullcontext(settings.redis_url)
            if settings.redis_url
            else embedded_redis(settings.data_dir.resolve() / "redis")
        )
        with redis as redis_url:
            started = settings.model_copy(update={"redis_url": redis_url})
            key = prepare_ledger(make_services(started))
            keep_address(settings)
            return _supervise(started, key, flower)


@contextmanager
def _stop_signals() -> Iterator[None]:
    """Let SIGTERM end the start like Ctrl-C does, so that what was started is stopped again."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    except KeyboardInterrupt:
        raise SystemExit(STOPPED_BY_USER[0]) from None
    finally:
        signal.signal(signal.SIGTERM, before)


def _supervise(settings: Settings, key: str, flower: LocalFlower | None) -> int:
    manager = Manager()
    for name in SERVICE:
        manager.add_process(name, _leashed(_kept(COMMANDS[name](settings))), env=_environment(settings, name))
    if flower:
        environment = _environment(settings, "flower") | flower.variables
        manager.add_process("flower", _leashed(flower_command(settings)), env=environment)
    print(f"Rollcall starts on {gateway_url(settings)}; the worker loads its models.", flush=True)
    threading.Thread(target=greet_when_ready, args=(settings, key, flower), daemon=True).start()
    manager.loop()
    if manager.returncode in STOPPED_BY_USER:
        return 0
    print(
        "Rollcall stopped, because one of its processes ended by itself; the lines above say which, and why. "
        "Nothing is lost: `make run` goes on with the same data.",
        file=sys.stderr,
    )
    return 1


def _environment(settings: Settings, name: str) -> dict[str, str]:
    """What a process is told. Two workers cannot open the same port on one machine."""
    port = settings.metrics_port
    return environment_with(
        ROLLCALL_REDIS_URL=settings.redis_url,
        ROLLCALL_DATA_DIR=str(settings.data_dir.resolve()),
        ROLLCALL_METRICS_PORT=str(port + 1 if port and name == "deliver" else port),
        PYTHONUNBUFFERED="1",
    )


def _kept(command: list[str]) -> list[str]:
    """Started again when it ends by itself."""
    return [sys.executable, "-m", "deploy.local.kept", shlex.join(command)]


def _leashed(command: list[str]) -> str:
    """The shell line of a process that ends with the launcher, also when that is killed.

    A watcher in the process's own group ends the group, in good order if it can, and with it the manager's
    monitor, which would wait for ever for somebody to read the log. When the process leaves, so does it, and
    so does whatever a process left behind that was killed.
    """
    watcher = (
        f"trap '' TERM; gone() {{ kill -0 $$ && return 1; kill -TERM -$$; }}; "
        f"while kill -0 {os.getpid()}; do gone && exit; sleep 1; done; "
        f"gone && exit; kill -TERM -$$; kill -KILL $PPID; sleep {KILLED_AFTER_SECONDS}; kill -KILL -$$"
    )
    return f"({watcher}) </dev/null >/dev/null 2>&1 & exec {shlex.join(command)}"
