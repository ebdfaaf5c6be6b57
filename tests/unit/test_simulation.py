"""The simulated queue, held to Erlang's formulae."""

from pathlib import Path

import numpy as np
import pytest

from bench.measured import NotMeasured, read_measured
from bench.queueing import mean_wait_seconds, probability_of_waiting, wait_quantile_seconds
from bench.scale import PAGE, tables
from bench.simulation import Workload, turnarounds, waits, workers_needed

RECORDINGS = 600_000


def memoryless(servers: int, load_erlangs: float) -> np.ndarray:
    """Waits of a simulated M/M/c queue with a mean service time of one second."""
    workload = Workload(load_erlangs * 100, 100, overhead_seconds=0, real_time_factor=0.01)
    arrivals, services = workload.draw(RECORDINGS, 3)
    return waits(arrivals, services, servers)[RECORDINGS // 5 :]


def test_the_formula_gives_a_value_out_of_the_tables() -> None:
    assert probability_of_waiting(10, 8) == pytest.approx(0.4092, abs=1e-4)


def test_one_server_is_busy_for_its_load() -> None:
    assert probability_of_waiting(1, 0.6) == pytest.approx(0.6)


def test_a_load_above_the_servers_is_refused() -> None:
    with pytest.raises(ValueError, match="the queue would grow"):
        probability_of_waiting(2, 2.0)


@pytest.mark.parametrize(("servers", "load"), [(1, 0.5), (2, 1.6), (10, 8), (50, 42)])
def test_the_mean_wait_is_erlangs(servers: int, load: float) -> None:
    assert memoryless(servers, load).mean() == pytest.approx(mean_wait_seconds(servers, load, 1), rel=0.1)


@pytest.mark.parametrize(("servers", "load"), [(1, 0.5), (2, 1.6), (10, 8)])
def test_the_share_that_waits_is_erlangs(servers: int, load: float) -> None:
    assert (memoryless(servers, load) > 0).mean() == pytest.approx(
        probability_of_waiting(servers, load), abs=0.01
    )


@pytest.mark.parametrize("share", [0.9, 0.99])
def test_slow_quantiles_are_erlangs(share: float) -> None:
    expected = wait_quantile_seconds(10, 8, 1, share)
    assert np.quantile(memoryless(10, 8), share) == pytest.approx(expected, rel=0.1)


def test_with_workers_for_everybody_nobody_waits() -> None:
    assert memoryless(1000, 8).max() == 0


def test_the_same_seed_simulates_the_same() -> None:
    workload = Workload(100, 300, 0.2, 0.015)
    assert np.array_equal(turnarounds(workload, 3, 1000), turnarounds(workload, 3, 1000))


def test_workers_needed_are_enough_and_one_less_is_not() -> None:
    workload = Workload(1000, 300, 0.2, 0.015)
    needed = workers_needed(workload, 60, 0.99, 20_000)
    late = [np.quantile(turnarounds(workload, number, 20_000), 0.99) > 60 for number in (needed, needed - 1)]
    assert late == [False, True]


def test_what_no_number_of_workers_can_do_is_refused() -> None:
    with pytest.raises(ValueError, match="even without waiting"):
        workers_needed(Workload(10, 300, 100, 0.015), 60, 0.99, 1000)


def test_the_page_shows_what_the_command_prints() -> None:
    assert tables(read_measured()) in PAGE.read_text(), "run `python -m bench.scale --write`"


def test_a_price_adds_what_a_day_costs() -> None:
    assert "| price a day |" in tables(read_measured(), price_per_core_hour=0.04)


def test_results_without_a_section_are_complained_of_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "results.md").write_text("# Results\n\n2 cores\n")
    with pytest.raises(NotMeasured, match="--only identification-speed"):
        read_measured(tmp_path / "results.md")
