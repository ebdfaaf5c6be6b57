"""Make torch, torchaudio and pyannote.audio fit to be imported, on machines with and without a GPU."""

import sys
import warnings
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from shared.settings.environment import default_environment, set_environment

if TYPE_CHECKING:
    import torch

_EXTENSION: Final = "torchaudio._extension"


def prepare_torch(threads: int) -> "torch.device":
    """Device to compute on. Needed before anything imports pyannote.audio; harmless when repeated.

    ``threads`` is how many CPU threads a model may use; 0 leaves it to torch, which takes one per core.
    Raises RuntimeError when pyannote.audio is there already, since it may have called home by then.
    """
    _forbid_telemetry()
    # It is only wanted for reading files, which is not pyannote's business here.
    warnings.filterwarnings(
        "ignore", message=r"\s*torchcodec is not installed correctly", category=UserWarning
    )
    # OpenMP reads this as torch is loaded. Without it, idle threads spin on a core that another needs:
    # two models on two cores would each run ten times slower than one.
    default_environment("OMP_WAIT_POLICY", "PASSIVE")
    import_torchaudio()
    import torch

    # On a GPU torch would round what convolutions and recurrent layers are given to 10 bits. That was hardly
    # faster with these networks, and answers were not the CPU's (bench/RESULTS-GPU.md).
    torch.backends.cudnn.allow_tf32 = False
    if threads:
        torch.set_num_threads(threads)
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def _forbid_telemetry() -> None:
    if "pyannote.audio" in sys.modules and not _telemetry_is_off():
        raise RuntimeError("prepare_torch() must run before the first import of pyannote.audio")
    set_environment("PYANNOTE_METRICS_ENABLED", "0")


def _telemetry_is_off() -> bool:
    from pyannote.audio.telemetry.metrics import is_metrics_enabled

    return not is_metrics_enabled()


def import_torchaudio() -> ModuleType:
    """torchaudio, with its compiled part where that fits the torch there is, else in plain Python.

    The registry's wheel is linked with CUDA, so beside a CPU torch its library cannot be loaded.
    """
    try:
        return import_module("torchaudio")
    except (OSError, ImportError, RuntimeError):
        if "torchaudio" in sys.modules or _EXTENSION in sys.modules:
            raise
    for name in [name for name in sys.modules if name.split(".")[0] == "torchaudio"]:
        del sys.modules[name]
    sys.modules[_EXTENSION] = _extension_stub()
    return import_module("torchaudio")


def _extension_stub() -> ModuleType:
    stub = ModuleType(_EXTENSION)

    def without_alignment(function: Callable[..., Any]) -> Callable[..., Any]:
        def fail(*_args: object, **_kwargs: object) -> None:
            raise RuntimeError(
                f"{function.__name__} needs torchaudio's compiled part, which does not load here"
            )

        return fail

    stub.__dict__.update(
        _IS_TORCHAUDIO_EXT_AVAILABLE=False,
        _IS_ALIGN_AVAILABLE=False,
        _check_cuda_version=lambda: None,
        fail_if_no_align=without_alignment,
    )
    return stub
