"""``python -m deploy.demo.files [FOLDER]``: recordings to try the service with, for who has none at hand.

``meeting.wav`` is the conversation that comes with pyannote.audio, half a minute of two people; ``alice.wav``
and ``bob.wav`` are what either says in it, as its transcript has it. The names are made up.
"""

import sys
from pathlib import Path

from deploy.demo.conversation import cut_out, own_turns, packaged_conversation

NAMES = {"alice": "speaker90", "bob": "speaker91"}


def write_files(folder: Path) -> list[Path]:
    """Write the three recordings into ``folder``, which is made where it is not there; their paths."""
    conversation = packaged_conversation()
    voices = {
        f"{name}.wav": cut_out(conversation.audio, own_turns(conversation.reference, speaker_id))
        for name, speaker_id in NAMES.items()
    }
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, content in {**voices, "meeting.wav": conversation.audio.read_bytes()}.items():
        paths.append(folder / name)
        paths[-1].write_bytes(content)
    return paths


if __name__ == "__main__":
    for path in write_files(Path(sys.argv[1] if len(sys.argv) > 1 else ".")):
        print(path)
