"""What Rollcall counts, for Prometheus.

``definitions`` has every metric with its labels; docs/metrics.md, dashboards and alerts are held to it. A
process counts through one :class:`Metrics`. Nothing here counts for a tenant, a speaker or an address: a
label has a few dozen values at most.
"""

from shared.metrics.definitions import ALL, Counter, Definition, Gauge, Histogram, State
from shared.metrics.folder import folder_of
from shared.metrics.metrics import Metrics

__all__ = ["ALL", "Counter", "Definition", "Gauge", "Histogram", "Metrics", "State", "folder_of"]
