# Identification and enrolment. PyPI's torch brings CUDA; for a small image without it, pass
# --build-arg PIP_EXTRA_INDEX_URL=… with PyTorch's index of CPU builds.
FROM python:3.11-slim
ARG PIP_EXTRA_INDEX_URL=
WORKDIR /app
RUN useradd --create-home rollcall && install -d -o rollcall /data
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY api api
COPY worker worker
COPY shared shared
COPY client client
COPY deploy deploy
RUN pip install --no-cache-dir -c constraints.txt -e ".[worker]"
RUN python -m worker.models.embedded_pack --dest /models/embedded
ENV ROLLCALL_MODEL_DIR=/models
# The home cannot be written to.
ENV HF_HOME=/tmp/huggingface
USER rollcall
VOLUME /data
CMD ["python", "-m", "deploy.processes", "worker"]
