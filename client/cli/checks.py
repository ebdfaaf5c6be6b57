"""What `rollcall doctor` looks at, each part with what was found and how to mend it."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from importlib.metadata import version

from client.addresses import is_on_this_machine, same_place
from client.cli.settings import Settings
from client.errors import Forbidden, InvalidApiKey, NotFound, RollcallError
from client.health import Readiness
from client.resources import Service
from client.service import RollcallClient

PATIENCE_SECONDS = 10
MOST_CLOCK_SECONDS = 30.0
LEAST_FREE_BYTES = 1_000_000_000
READABLE_BY_OTHERS = 0o077
PARTS = {
    "database": "The service's database does not answer; see its log, and ROLLCALL_DATABASE_URL.",
    "redis": "The service's Redis does not answer; see its log, and ROLLCALL_REDIS_URL.",
    "worker": "No worker with a loaded model takes jobs: one that starts needs seconds; else see its log.",
}


class Verdict(StrEnum):
    """How a part is."""

    GOOD = "good"
    ODD = "odd"
    BAD = "bad"


@dataclass(frozen=True)
class Check:
    """A part, what was found, and what to do where it is not good."""

    what: str
    verdict: Verdict
    found: str
    remedy: str = ""


def check_everything(settings: Settings) -> list[Check]:
    """Every part, up to the first without which the others cannot be looked at."""
    return list(_checks(settings))


def _checks(settings: Settings) -> Iterator[Check]:
    client = RollcallClient(
        settings.url,
        settings.api_key,
        timeout_seconds=min(PATIENCE_SECONDS, settings.timeout_seconds),
        attempts=1,
    )
    yield _configuration(settings)
    readiness = _readiness(client)
    if isinstance(readiness, RollcallError):
        yield _unreachable(settings, readiness)
        return
    yield _address(settings)
    yield from _parts(readiness)
    service = _service(client)
    yield _key(settings, service)
    if isinstance(service, Service):
        yield from _of_service(service)
        yield _enrolled(client)
    if settings.local and same_place(settings.local.url, settings.url):
        yield _disk(settings)


def _configuration(settings: Settings) -> Check:
    path = settings.config_file
    if not path.is_file():
        return Check("configuration", Verdict.GOOD, f"none at {path}; none is needed")
    if "api_key" in path.read_text(encoding="utf-8") and path.stat().st_mode & READABLE_BY_OTHERS:
        return Check("configuration", Verdict.ODD, f"others may read {path}", f"chmod 600 {path}")
    return Check("configuration", Verdict.GOOD, str(path))


def _readiness(client: RollcallClient) -> Readiness | RollcallError:
    try:
        return client.readiness()
    except RollcallError as error:
        return error


def _unreachable(settings: Settings, error: RollcallError) -> Check:
    remedy = f"The address is from {settings.url_source}. Give another with --url or ROLLCALL_URL"
    if is_on_this_machine(settings.url):
        remedy += ", or start the service on this machine: make run"
    return Check("address", Verdict.BAD, str(error), f"{remedy}.")


def _address(settings: Settings) -> Check:
    found = f"{settings.url} answers (from {settings.url_source})"
    if settings.url.lower().startswith("http://") and not is_on_this_machine(settings.url):
        return Check("address", Verdict.ODD, found, "Key and recordings go unencrypted; use https.")
    return Check("address", Verdict.GOOD, found)


def _parts(readiness: Readiness) -> Iterator[Check]:
    for name, answers in readiness.checks.items():
        if answers:
            yield Check(name, Verdict.GOOD, "answers")
        else:
            yield Check(name, Verdict.BAD, "does not answer", PARTS.get(name, "See the service's log."))


def _service(client: RollcallClient) -> Service | RollcallError:
    try:
        return client.about()
    except RollcallError as error:
        return error


def _key(settings: Settings, service: Service | RollcallError) -> Check:
    source = f"from {settings.key_source}"
    if not settings.api_key:
        remedy = f"Give it with --api-key or ROLLCALL_API_KEY, or put it into {settings.config_file}."
        return Check("key", Verdict.BAD, f"there is none for {settings.url}", remedy)
    if isinstance(service, InvalidApiKey):
        return Check("key", Verdict.BAD, f"{service} ({source})", "Ask the service's operator for a new one.")
    if isinstance(service, Forbidden):
        return Check("key", Verdict.ODD, f"{service} ({source})", "It does for what it is meant for.")
    if isinstance(service, NotFound):
        return Check("key", Verdict.ODD, "the service is older than this command", "Upgrade the service.")
    if isinstance(service, RollcallError):
        return Check("key", Verdict.BAD, str(service), "See the service's log.")
    return Check("key", Verdict.GOOD, f"is valid ({source})")


def _of_service(service: Service) -> Iterator[Check]:
    workers = service.workers
    if workers is not None:
        verdict = Verdict.GOOD if workers.seen else Verdict.BAD
        found = f"{workers.seen} seen, {workers.idle} idle"
        yield Check("workers", verdict, found, "" if workers.seen else PARTS["worker"])
        models = ", ".join(workers.models)
        if len(workers.models) > 1:
            yield Check("model", Verdict.ODD, models, "Voices of one model are unknown to another; use one.")
        elif models:
            yield Check("model", Verdict.GOOD, models)
    yield _clock(service)
    own = version("rollcall")
    same = service.version == own
    remedy = "" if same else "Use the same version of both."
    found = f"service {service.version}, command {own}"
    yield Check("version", Verdict.GOOD if same else Verdict.ODD, found, remedy)


def _clock(service: Service) -> Check:
    seconds = abs((datetime.now(UTC) - service.time).total_seconds())
    if seconds <= MOST_CLOCK_SECONDS:
        return Check("clock", Verdict.GOOD, "the service's and this machine's agree")
    remedy = "Webhooks are refused as too old or too new; set the clock of the one that is wrong (NTP)."
    return Check("clock", Verdict.ODD, f"the service's differs by {seconds:.0f} s", remedy)


def _enrolled(client: RollcallClient) -> Check:
    try:
        anybody = any(speaker.enrollment_complete for speaker in client.speakers.list())
    except RollcallError as error:
        return Check("speakers", Verdict.ODD, str(error), "See the service's log.")
    if anybody:
        return Check("speakers", Verdict.GOOD, "somebody is enrolled")
    return Check("speakers", Verdict.ODD, "nobody is enrolled", "rollcall enroll alice alice.wav")


def _disk(settings: Settings) -> Check:
    folder = settings.local.folder if settings.local else settings.config_file.parent
    free_bytes = shutil.disk_usage(folder).free
    found = f"{free_bytes / 1e9:.1f} GB free where the service keeps its data"
    if free_bytes < LEAST_FREE_BYTES:
        return Check("disk", Verdict.BAD, found, f"Make room on the disk of {folder}.")
    return Check("disk", Verdict.GOOD, found)
