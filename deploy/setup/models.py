"""Builds the pack of models that come with the packages."""

from __future__ import annotations

from deploy.setup.layout import Layout
from deploy.setup.steps import Steps


def build(layout: Layout, steps: Steps) -> None:
    """Have the workers' own code build the pack; it is quick when a valid one is there.

    Started as a program, with the environment's Python: this one has none of the packages it needs.
    """
    destination = layout.model_pack.relative_to(layout.root)
    steps.run_online("models", [layout.python, "-m", "worker.models.embedded_pack", "--dest", destination])
