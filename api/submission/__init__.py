"""The one way in: every dialect hands its validated request to :class:`Submissions`.

audio to the blob store → job row committed → id on the queue → the job, or a wait for its end.
"""

from api.submission.audio import AudioInput
from api.submission.submissions import Submission, Submissions

__all__ = ["AudioInput", "Submission", "Submissions"]
