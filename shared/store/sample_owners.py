"""Samples that go from one speaker to another, their voiceprints sealed anew by his key."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.store import reviews
from shared.store.schema import Sample, Speaker, Voiceprint
from shared.store.voice_seals import VoiceSeal


def move_samples(
    session: Session, data_key: bytes, giver: Speaker, taker: Speaker, sample_ids: Sequence[str] | None = None
) -> list[str]:
    """Move those named, or all, of a speaker's samples to another of the tenant's; ids of those moved.

    Both have to be reviewed then.
    """
    ours = VoiceSeal(data_key, giver.wrapped_key, giver.tenant_id, giver.id)
    theirs = VoiceSeal(data_key, taker.wrapped_key, taker.tenant_id, taker.id)
    wanted = select(Sample).where(Sample.speaker_key == giver.id)
    if sample_ids is not None:
        wanted = wanted.where(Sample.id.in_(sample_ids))
    moved = list(session.scalars(wanted.order_by(Sample.created_at)))
    for sample in moved:
        for voiceprint in session.scalars(select(Voiceprint).where(Voiceprint.sample_id == sample.id)):
            exemplars = ours.unseal(voiceprint.ciphertext, sample.id, voiceprint.model_id)
            voiceprint.ciphertext = theirs.seal(exemplars, sample.id, voiceprint.model_id)
        sample.speaker_key = taker.id
    session.flush()
    for one in (giver, taker):
        reviews.demand(session, one.id)
    return [sample.id for sample in moved]
