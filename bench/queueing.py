"""The M/M/c queue, by which the simulation is checked: Erlang's formulae.

Arrivals at random moments, exponential service times, c servers, first come first served. See A. K. Erlang,
"Solution of some problems in the theory of probabilities of significance in automatic telephone exchanges",
1917.
"""

import math


def probability_of_waiting(servers: int, load_erlangs: float) -> float:
    """Erlang's C: how likely an arrival finds all servers busy. The load must be below the servers.

    By way of Erlang's B, whose recursion needs no factorials.
    """
    if not 0 <= load_erlangs < servers:
        raise ValueError(
            f"a load of {load_erlangs} erlangs is not below {servers} servers: the queue would grow"
        )
    blocked = 1.0
    for number in range(1, servers + 1):
        blocked = load_erlangs * blocked / (number + load_erlangs * blocked)
    return servers * blocked / (servers - load_erlangs * (1 - blocked))


def mean_wait_seconds(servers: int, load_erlangs: float, service_seconds: float) -> float:
    """Until an arrival is served, on average."""
    return probability_of_waiting(servers, load_erlangs) * service_seconds / (servers - load_erlangs)


def wait_quantile_seconds(servers: int, load_erlangs: float, service_seconds: float, share: float) -> float:
    """What the given share of arrivals does not wait longer than."""
    waits = probability_of_waiting(servers, load_erlangs)
    if waits <= 1 - share:
        return 0.0
    return math.log(waits / (1 - share)) * service_seconds / (servers - load_erlangs)
