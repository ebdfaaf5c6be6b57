"""Voiceprints under their speaker's own key, which the tenant's data key wraps."""

import numpy as np
from numpy.typing import NDArray

from shared.crypto import new_wrapped_key, seal, unseal
from shared.domain import Line


def new_speaker_key(data_key: bytes, tenant_id: str, speaker_key: str) -> bytes:
    """A fresh key for the speaker of a row, wrapped for the database."""
    return new_wrapped_key(data_key, _key_context(tenant_id, speaker_key))


class VoiceSeal:
    """Seals and opens the voiceprints of one speaker, told by his row's key. Raises DecryptionError."""

    def __init__(self, data_key: bytes, wrapped_key: bytes, tenant_id: str, speaker_key: str) -> None:
        self._key = unseal(data_key, wrapped_key, _key_context(tenant_id, speaker_key))
        self._place = f"voiceprint/{tenant_id}/{speaker_key}"

    def seal(self, exemplars: NDArray[np.float32], sample_id: str, model_id: str) -> bytes:
        """A ciphertext of exemplars (num_lines, num_dimensions) that opens for this sample and model only."""
        return seal(self._key, exemplars.astype("<f4").tobytes(), f"{self._place}/{sample_id}/{model_id}")

    def unseal(self, ciphertext: bytes, sample_id: str, model_id: str) -> NDArray[np.float32]:
        """Exemplars (num_lines, num_dimensions). Raises DecryptionError."""
        plain = unseal(self._key, ciphertext, f"{self._place}/{sample_id}/{model_id}")
        return np.frombuffer(plain, dtype="<f4").astype(np.float32).reshape(len(Line), -1)


def _key_context(tenant_id: str, speaker_key: str) -> str:
    return f"speaker-key/{tenant_id}/{speaker_key}"
