"""Correcting names after jobs have ended: naming a voice, renaming and merging speakers, and undoing."""

from api.corrections.merging import merge
from api.corrections.naming import Naming, name_voice
from api.corrections.rematching import WantedJobs, ask_rematch, wait_for
from api.corrections.renaming import rename
from api.corrections.undoing import undo

__all__ = ["Naming", "WantedJobs", "ask_rematch", "merge", "name_voice", "rename", "undo", "wait_for"]
