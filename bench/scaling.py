"""Throughput of two workers beside one, each with a processor core of its own."""

import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.engine_scaling import engine_rate
from bench.report import Section
from client import RollcallClient
from deploy.demo.conversation import cut_out, own_turns, packaged_conversation
from deploy.demo.service import COMPLETE_SECONDS
from deploy.processes.commands import COMMANDS
from tests.chaos.fleet import Fleet, running_fleet
from tests.chaos.inbox import Inbox, open_inbox

CONVERSATIONS, ALONE = 100, 40
# One, two, two, one: what drifts while it is measured weighs on both alike.
ORDER = (1, 2, 2, 1)
PROMISED_TIMES = 1.9
PATIENCE_SECONDS = 600


@dataclass(frozen=True)
class Round:
    """So many conversations by so many workers took so long."""

    workers: int
    conversations: int
    seconds: float


class PinnedFleet(Fleet):
    """Real models; each worker has one core and one thread, everything else runs where there is room."""

    ready_seconds = 180

    def _worker_command(self, number: int) -> list[str]:
        replaced = {"models@%h": f"models{number}@%h"}
        return [replaced.get(word, word) for word in COMMANDS["worker"](self.settings)]

    def _add(self, name: str, command: list[str]) -> None:
        super()._add(name, command)
        if name.startswith("worker"):
            cores = sorted(os.sched_getaffinity(0))
            # Before it has started a thread or a child: they inherit it.
            os.sched_setaffinity(self.processes[name].pid, {cores[int(name.removeprefix("worker"))]})

    def signal_workers(self, number: signal.Signals) -> None:
        """Send all of them a signal, with their children."""
        for worker in self.workers:
            os.killpg(worker.pid, number)


def measure_scaling() -> Section:
    """The same conversations through one worker and through two, in turn; then through the engine alone."""
    rounds = [_round(workers, CONVERSATIONS) for workers in ORDER]
    cores = sorted(os.sched_getaffinity(0))
    alone = [Round(number, ALONE, ALONE / engine_rate(number, ALONE, cores)) for number in ORDER]
    return Section(
        f"Two workers beside one, {CONVERSATIONS} conversations",
        ("what", "how many", "conversations a minute", "times"),
        [
            *_rows(f"workers of the service (promised: ≥ {PROMISED_TIMES})", rounds),
            *_rows("processes with the engine alone", alone),
        ],
        "The packaged conversation of 30 s with both its voices enrolled; a core and a thread for each "
        f"worker, gateway, Redis and delivery where there is room. {CONVERSATIONS} are queued "
        f"before the workers begin, with {', '.join(map(str, ORDER))} of them, until the last webhook came. "
        f"The engine alone, {ALONE} at a time in the same order, has nothing beside it: so much more does "
        "the machine itself when its second core works too.",
    )


def _rows(what: str, rounds: Sequence[Round]) -> list[tuple[str, ...]]:
    one, two = (rate_of(rounds, workers) for workers in (1, 2))
    return [(what, "1", f"{60 * one:.1f}", "1"), (what, "2", f"{60 * two:.1f}", f"{two / one:.2f}")]


def rate_of(rounds: Sequence[Round], workers: int) -> float:
    """Conversations a second, of all rounds with so many workers together."""
    chosen = [one for one in rounds if one.workers == workers]
    return sum(one.conversations for one in chosen) / sum(one.seconds for one in chosen)


def _round(workers: int, conversations: int) -> Round:
    variables = {
        "ROLLCALL_TORCH_THREADS": "1",
        "ROLLCALL_ENROLL_COMPLETE_SECONDS": str(COMPLETE_SECONDS),
        # Of what is stopped for a while nobody should think that it died.
        "ROLLCALL_JOB_STALE_SECONDS": "60",
    }
    with (
        TemporaryDirectory() as folder,
        running_fleet(Path(folder), kind=PinnedFleet, workers=workers, **variables) as fleet,
        open_inbox() as inbox,
    ):
        return Round(workers, conversations, _seconds_for(conversations, fleet, inbox))


def _seconds_for(conversations: int, fleet: PinnedFleet, inbox: Inbox) -> float:
    client = RollcallClient(fleet.url, fleet.api_key)
    conversation = packaged_conversation()
    names = sorted({segment.speaker_id for segment in conversation.reference})
    for name in names:
        client.enroll(name, cut_out(conversation.audio, own_turns(conversation.reference, name)))
    for _ in range(2 * len(fleet.workers)):
        client.identify(conversation.audio, names)
    fleet.signal_workers(signal.SIGSTOP)
    asked = {
        client.submit_identification(conversation.audio, names, webhook=inbox.url).id
        for _ in range(conversations)
    }
    started = time.perf_counter()
    fleet.signal_workers(signal.SIGCONT)
    if inbox.wait_for(asked, PATIENCE_SECONDS):
        raise RuntimeError(f"not all were answered:\n{fleet.last_words()}")
    return time.perf_counter() - started
