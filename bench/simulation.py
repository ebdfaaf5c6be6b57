"""A queue before many workers, simulated recording by recording."""

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Seconds = NDArray[np.float64]

# The beginning, when the queue is empty, is not looked at.
WARM_UP_SHARE = 0.2


@dataclass(frozen=True)
class Workload:
    """Recordings that come at random moments, and what one costs a worker.

    Calls last ``call_seconds`` on average, exponentially distributed, and are sent when they end; a recording
    of n seconds keeps a worker for ``overhead_seconds + n * real_time_factor``.
    """

    concurrent_calls: float
    call_seconds: float
    overhead_seconds: float
    real_time_factor: float

    @property
    def recordings_per_second(self) -> float:
        """By Little's law: how many calls end."""
        return self.concurrent_calls / self.call_seconds

    @property
    def service_seconds(self) -> float:
        """What a recording costs a worker on average."""
        return self.overhead_seconds + self.call_seconds * self.real_time_factor

    @property
    def load_erlangs(self) -> float:
        """How many workers it keeps busy."""
        return self.recordings_per_second * self.service_seconds

    def draw(self, recordings: int, seed: int) -> tuple[Seconds, Seconds]:
        """When so many recordings come, and how long each keeps a worker."""
        random = np.random.default_rng(seed)
        arrivals = np.cumsum(random.exponential(1 / self.recordings_per_second, recordings))
        lengths = random.exponential(self.call_seconds, recordings)
        return arrivals, self.overhead_seconds + lengths * self.real_time_factor


def waits(arrivals: Seconds, services: Seconds, workers: int) -> Seconds:
    """How long each recording waits for a worker, first come first served."""
    free_at = [0.0] * workers
    found = np.empty(len(arrivals))
    for place, (arrival, service) in enumerate(zip(arrivals.tolist(), services.tolist(), strict=True)):
        begun = max(arrival, free_at[0])
        heapq.heapreplace(free_at, begun + service)
        found[place] = begun - arrival
    return found


def turnarounds(workload: Workload, workers: int, recordings: int, seed: int = 1) -> Seconds:
    """From a call's end to its result, for the recordings after the beginning."""
    arrivals, services = workload.draw(recordings, seed)
    total = waits(arrivals, services, workers) + services
    return total[int(len(total) * WARM_UP_SHARE) :]


def workers_needed(workload: Workload, within_seconds: float, share: float, recordings: int) -> int:
    """The fewest workers with which the given share of results is there in time.

    Raises ValueError if a worker of one's own is too slow for that.
    """
    arrivals, services = workload.draw(recordings, 1)
    if np.quantile(services, share) > within_seconds:
        raise ValueError(f"recordings take longer than {within_seconds:g} s even without waiting")
    least = int(workload.load_erlangs) + 1
    most = 2 * least + 10
    while least < most:
        middle = (least + most) // 2
        total = waits(arrivals, services, middle) + services
        enough = np.quantile(total[int(len(total) * WARM_UP_SHARE) :], share) <= within_seconds
        least, most = (least, middle) if enough else (middle + 1, most)
    return least
