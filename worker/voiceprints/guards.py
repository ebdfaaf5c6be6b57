"""What a recording must be like for a voice to be enrolled from it."""

from typing import Final

from shared.errors import AudioClipped, AudioTooQuiet, InsufficientSpeech, SeveralVoices
from worker.voiceprints.quality import SampleQuality

QUIETEST_DBFS: Final = -60.0
"""Speech is usually at −15 to −40. From −70 down, the steps of 16 bits change what a voice sounds like."""

MOST_CLIPPED_SHARE: Final = 0.01
"""At one sample in a hundred, the embedding's cosine with that of the same speech unclipped is 0.8."""


def check_quality(quality: SampleQuality, least_speech_seconds: float) -> None:
    """Raises AudioTooQuiet, InsufficientSpeech or AudioClipped, which tell the measure and the remedy."""
    # A low level makes speech hard to find, so it is named first.
    if quality.speech_seconds > 0 and quality.level_dbfs < QUIETEST_DBFS:
        raise AudioTooQuiet(
            f"The speech in content is far too quiet, {quality.level_dbfs:.0f} dBFS: send a recording "
            f"of at least {QUIETEST_DBFS:.0f} dBFS, made nearer to the speaker or with more gain.",
            field="content",
        )
    if quality.speech_seconds < least_speech_seconds:
        raise insufficient_speech(quality, least_speech_seconds)
    if quality.clipped_share >= MOST_CLIPPED_SHARE:
        raise AudioClipped(
            f"content is clipped, {quality.clipped_share:.1%} of its speech is at the limit: send a "
            f"recording with less than {MOST_CLIPPED_SHARE:.0%}, made with less gain.",
            field="content",
        )


def check_one_voice(second_voice_share: float | None) -> None:
    """Raises SeveralVoices for a share that is not None."""
    if second_voice_share is not None:
        raise SeveralVoices(
            f"content has more than one voice, about {second_voice_share:.0%} of its speech is another's: "
            "send a recording of one person, or cut the others out.",
            field="content",
        )


def insufficient_speech(quality: SampleQuality, least_speech_seconds: float) -> InsufficientSpeech:
    """The error of a recording with less speech than that."""
    missing_seconds = max(0.1, least_speech_seconds - quality.speech_seconds)
    return InsufficientSpeech(
        f"Insufficient speech content in audio: content has {quality.speech_seconds:.1f} s of speech, "
        f"{missing_seconds:.1f} s more are needed; send a recording with at least "
        f"{least_speech_seconds:g} s of speech.",
        field="content",
    )
