"""What gateway and workers count agrees with what was done."""

import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import psutil
import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from deploy.demo.conversation import Conversation
from deploy.local.background import BackgroundStack
from shared.queue import JOB_QUEUES
from tests.end_to_end.v1 import NOISE, excerpt, gate_before, hook_answering, new_tenant, once, samples_of

pytestmark = pytest.mark.one_machine("it reads the ports and the token of the processes of `make run`")

Numbers = Counter[str]


@dataclass(frozen=True)
class Watched:
    """A service, and what was counted while a test's work was done."""

    stack: BackgroundStack
    port: int

    def numbers(self) -> Numbers:
        """Every series of gateway, model worker and delivery worker; what several tell is added up."""
        token = (self.stack.data_dir / "metrics_token").read_text()
        gateway = requests.get(
            f"{self.stack.url}/metrics", headers={"Authorization": f"Bearer {token}"}, timeout=10
        )
        texts = [gateway.text]
        texts += [requests.get(f"http://127.0.0.1:{self.port + n}/metrics", timeout=10).text for n in (0, 1)]
        found: Numbers = Counter()
        for text in texts:
            for family in text_string_to_metric_families(text):
                for sample in family.samples:
                    labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
                    found[f"{sample.name}{{{labels}}}" if labels else sample.name] += sample.value  # type: ignore[assignment]
        return found

    def counted(self, done: Callable[[], object], until: Callable[[Numbers], bool]) -> Numbers:
        """By how much the numbers grew while something was done, once they have grown as far as this."""
        before = self.numbers()
        done()

        def grown() -> Numbers:
            after = self.numbers()
            after.subtract(before)
            return after

        return once(grown, until)


@pytest.fixture(scope="module")
def watched(stack: BackgroundStack, metrics_port: int) -> Watched:
    return Watched(stack, metrics_port)


@pytest.fixture(scope="module")
def counted(watched: Watched, conversation: Conversation, voices: dict[str, bytes]) -> Numbers:
    """Two enrolments, an identification with a webhook, one job that fails, and one refused request."""
    tenant = new_tenant(watched.stack)

    def work() -> None:
        for name, voice in voices.items():
            tenant.enrolled(name, voice)
        with hook_answering(204) as hook:
            tenant.identified(excerpt(conversation, 6, 23), "all", webhook=hook.url)
            hook.wait()
        tenant.ended(tenant.doomed()["id"])
        tenant.get("/v1/jobs/none")

    return watched.counted(
        work, lambda grown: grown["rollcall_deliveries_finished_total{state=delivered}"] > 0
    )


@pytest.mark.parametrize(
    ("series", "number"),
    [
        ("rollcall_jobs_finished_total{kind=enroll,state=succeeded}", 2),
        ("rollcall_jobs_finished_total{kind=enroll,state=failed}", 1),
        ("rollcall_jobs_finished_total{kind=identify,state=succeeded}", 1),
        ("rollcall_job_failures_total{code=audio_unreadable}", 1),
        ("rollcall_audio_seconds_total{kind=identify}", 17),
        ("rollcall_job_real_time_factor_ratio_count{kind=identify}", 1),
        ("rollcall_job_stage_duration_seconds_count{stage=fetching}", 4),
        ("rollcall_job_stage_duration_seconds_count{stage=decoding}", 3),
        ("rollcall_job_stage_duration_seconds_count{stage=storing}", 3),
        ("rollcall_delivery_attempts_total{outcome=delivered}", 1),
        ("rollcall_rejections_total{code=job_not_found}", 1),
        ("rollcall_http_requests_total{method=POST,route=/v1/identifications,status=200}", 1),
    ],
)
def test_what_was_done_was_counted(counted: Numbers, series: str, number: float) -> None:
    assert counted[series] == pytest.approx(number)


def test_the_stages_of_a_job_are_no_longer_than_the_job(counted: Numbers) -> None:
    stages = ("listening", "clustering", "matching")
    seconds = sum(counted[f"rollcall_job_stage_duration_seconds_sum{{stage={stage}}}"] for stage in stages)
    assert 0 < seconds < counted["rollcall_job_duration_seconds_sum{kind=identify}"]


def test_the_models_memory_is_told(watched: Watched) -> None:
    numbers = watched.numbers()
    models, whole = "rollcall_model_memory_bytes{device=cpu}", "rollcall_worker_resident_memory_bytes"
    assert 50e6 < numbers[models] < numbers[whole] < 4e9


def test_a_worker_and_both_stores_are_seen(watched: Watched) -> None:
    numbers = watched.numbers()
    workers = sum(numbers[f"rollcall_workers{{state={state}}}"] for state in ("idle", "busy"))
    stores = [numbers[f"rollcall_store_up{{store={store}}}"] for store in ("database", "redis")]
    assert (workers, stores) == (1, [1, 1])


def test_the_sweep_was_a_moment_ago(watched: Watched) -> None:
    now = time.time()
    assert now - 60 < watched.numbers()["rollcall_sweep_completed_timestamp_seconds"] <= now


@pytest.fixture(scope="module")
def busy(watched: Watched) -> Numbers:
    """While the only worker is held by a recording that does not come, and another job waits behind it."""
    tenant = new_tenant(watched.stack)
    with gate_before(NOISE) as gate:
        held, waiting = (tenant.post(samples_of("nobody"), json={"url": gate.url}).json()["id"] for _ in "12")
        once(lambda: tenant.job(held), lambda job: job["status"] == "running")
        seen = watched.numbers()
    for job_id in (held, waiting):
        tenant.ended(job_id)
    return seen


def in_any_queue(numbers: Numbers, series: str) -> float:
    return sum(value for name, value in numbers.items() if name.startswith(series) and "deliver" not in name)


def test_a_job_that_is_worked_on_is_seen_as_running(busy: Numbers) -> None:
    running = sum(busy[f"rollcall_jobs{{queue={queue},state=running}}"] for queue in JOB_QUEUES)
    assert running == 1


def test_a_job_behind_it_is_seen_as_waiting_and_with_its_age(busy: Numbers) -> None:
    assert in_any_queue(busy, "rollcall_queue_waiting") == 1
    assert 0 < in_any_queue(busy, "rollcall_queue_oldest_age_seconds") < 60


def listening(process: psutil.Process) -> set[tuple[str, int]]:
    """Addresses that a process waits for connections at."""
    with suppress(psutil.NoSuchProcess):
        connections = process.net_connections("inet")
        return {tuple(one.laddr) for one in connections if one.status == psutil.CONN_LISTEN}
    return set()


def processes(watched: Watched) -> list[psutil.Process]:
    return [*psutil.Process(watched.stack.pid).children(recursive=True)]


def test_workers_ports_are_on_this_machine_only(watched: Watched) -> None:
    found = set().union(*map(listening, processes(watched)))
    assert {host for host, port in found if port in {watched.port, watched.port + 1}} == {"127.0.0.1"}


def test_a_process_that_works_on_recordings_listens_on_no_port(watched: Watched) -> None:
    (worker,) = [one for one in processes(watched) if (("127.0.0.1", watched.port) in listening(one))]
    children = worker.children(recursive=True)
    assert (bool(children), set().union(*map(listening, children))) == (True, set())


def test_no_name_and_no_key_is_told(watched: Watched, voices: dict[str, bytes]) -> None:
    told = " ".join(watched.numbers())
    assert [secret for secret in (*voices, watched.stack.api_key) if secret in told] == []
