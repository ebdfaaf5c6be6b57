"""What the service answers with, typed.

``raw`` of a resource is the JSON that it was read from, with what this version does not know.
"""

from client.resources.changes import Change, ChangedJob, Difference, JobCorrection, VoiceName
from client.resources.deliveries import Attempt, Delivery, SigningSecret
from client.resources.jobs import (
    Candidate,
    Enrollment,
    Identification,
    Job,
    JobError,
    Progress,
    SampleWarning,
    Segment,
)
from client.resources.keys import ApiKey
from client.resources.service import Limits, Service, Workers
from client.resources.speakers import Agreement, Confusable, Erasure, Sample, Speaker

__all__ = [
    "Agreement",
    "ApiKey",
    "Attempt",
    "Candidate",
    "Change",
    "ChangedJob",
    "Confusable",
    "Delivery",
    "Difference",
    "Enrollment",
    "Erasure",
    "Identification",
    "Job",
    "JobCorrection",
    "JobError",
    "Limits",
    "Progress",
    "Sample",
    "SampleWarning",
    "Segment",
    "Service",
    "SigningSecret",
    "Speaker",
    "VoiceName",
    "Workers",
]
