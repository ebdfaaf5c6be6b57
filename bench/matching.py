"""One voice against ten thousand voiceprints: reading them, making a gallery of them, and the comparison."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from bench.in_process import timed
from bench.report import Section
from deploy.processes.preparation import prepare_ledger
from shared.domain import JobKind, Line
from shared.services import Services, make_services
from shared.settings import load_settings
from shared.store.schema import Job
from shared.store.speakers import Speakers
from shared.store.tenants import authenticate, data_key
from worker.engine import load_engine
from worker.identification import load_voiceprints
from worker.voiceprints.gallery import Gallery
from worker.voiceprints.matching import Decision
from worker.voiceprints.space import VoiceSpace, windows_of
from worker.voiceprints.voiceprint import Voiceprint

Points = NDArray[np.float32]

VOICEPRINTS = 10_000
SPEECH_SECONDS = 30.0
LOADINGS, GALLERIES, MATCHES, WARM_UP = 3, 9, 300, 20
VOICE_WINDOWS = 5.0
PROMISED_LOADING_MS, PROMISED_MATCH_MS = 20, 1
_NO_REDIS = "redis://127.0.0.1:1/0"
_KEY = "a-key-for-a-measurement"


def measure_matching(voiceprints: int = VOICEPRINTS) -> Section:
    """Voices drawn from the learned space: stored and read back, compared with a voice of nobody's."""
    engine = load_engine(load_settings())
    rng = np.random.default_rng(0)
    exemplars = plausible_exemplars(engine.scorer.space, voiceprints, rng)
    with _stored(exemplars, engine.model_id) as (services, job):
        everybody = job.parameters["speaker_ids"]
        reading, read = timed(
            partial(load_voiceprints, services, job.tenant_id, everybody, engine.model_id), LOADINGS
        )
    make = partial(Gallery, read, Line.WIDEBAND, engine.scorer, engine.calibration)
    making, gallery = timed(make, GALLERIES)
    voices = iter(plausible_exemplars(engine.scorer.space, WARM_UP + MATCHES, rng)[:, 0])

    def match() -> None:
        gallery.match(next(voices), VOICE_WINDOWS, Decision(0.01))

    timed(match, WARM_UP)
    matching, _ = timed(match, MATCHES)
    return Section(
        f"One voice against {voiceprints:,} voiceprints",
        ("what", "milliseconds (median)", "promised"),
        [
            (f"read, decrypt and combine them (of {LOADINGS})", f"{reading * 1000:.0f}", "–"),
            (f"make a gallery (of {GALLERIES})", f"{making * 1000:.1f}", f"≤ {PROMISED_LOADING_MS}"),
            (f"match a voice (of {MATCHES})", f"{matching * 1000:.2f}", f"≤ {PROMISED_MATCH_MS}"),
        ],
        "Voices are drawn from the variances of the learned space, one sample each with an exemplar of "
        "every line, in an SQLite ledger; the voice compared is another one each time.",
    )


def plausible_exemplars(space: VoiceSpace, number: int, rng: np.random.Generator) -> Points:
    """Points (number, num_lines, num_dimensions): voices as far apart as people are, lines as lines are."""
    spread = (space.between_voices, space.of_line)
    voices, lines = (np.sqrt(one) for one in spread)
    size = voices.size
    centres = rng.normal(0, 1, (number, 1, size)) * voices
    return np.asarray(centres + rng.normal(0, 1, (number, len(Line), size)) * lines, np.float32)


def plausible_voiceprints(exemplars: Points) -> list[Voiceprint]:
    """The same without a ledger."""
    windows = windows_of(SPEECH_SECONDS)
    return [Voiceprint(f"speaker{number}", one, windows) for number, one in enumerate(exemplars)]


@contextmanager
def _stored(exemplars: Points, model_id: str) -> Iterator[tuple[Services, Job]]:
    """A ledger with a speaker for each of ``exemplars``, and a job that asks for all of them."""
    with TemporaryDirectory() as folder:
        changes = {"data_dir": Path(folder), "database_url": "", "blob_url": ""}
        mine = {"redis_url": _NO_REDIS, "bootstrap_api_key": _KEY, "master_key_file": None}
        services = make_services(load_settings().model_copy(update=changes | mine))
        prepare_ledger(services)
        with services.store.writing() as session:
            caller = authenticate(session, _KEY)
            if caller is None:
                raise RuntimeError("the ledger does not know the key that it was made with")
            key = data_key(session, caller.tenant_id, services.keyring)
            speakers = Speakers(session, caller.tenant_id, services.settings.enroll_complete_seconds)
            for voiceprint in plausible_voiceprints(exemplars):
                speakers.add_sample(
                    voiceprint.speaker_id,
                    voiceprint.exemplars,
                    job_id="none",
                    audio_seconds=SPEECH_SECONDS,
                    speech_seconds=SPEECH_SECONDS,
                    model_id=model_id,
                    data_key=key,
                )
        wanted = [f"speaker{number}" for number in range(len(exemplars))]
        yield (
            services,
            Job(tenant_id=caller.tenant_id, kind=JobKind.IDENTIFY, parameters={"speaker_ids": wanted}),
        )
        services.store.close()
