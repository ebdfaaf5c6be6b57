# syntax=docker/dockerfile:1
# Gateway, deliveries, beat, Flower and the ledger's preparation: everything that needs no torch.
FROM python:3.11-slim-bookworm AS packages
WORKDIR /app
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY api api
COPY worker worker
COPY shared shared
COPY client client
COPY deploy deploy
# The environment only points to /app, where the next stage has the code as well.
RUN --mount=type=cache,target=/root/.cache/pip \
    python -m venv /opt/rollcall && \
    /opt/rollcall/bin/pip install -c constraints.txt -e ".[api,flower,s3]" && \
    /opt/rollcall/bin/pip uninstall --yes pip && \
    /usr/local/bin/python -m compileall -q /app

FROM python:3.11-slim-bookworm
# A number, so that Kubernetes sees that it is not root.
RUN useradd --uid 10001 --create-home rollcall && install -d -o rollcall /data
WORKDIR /app
COPY --from=packages /opt/rollcall /opt/rollcall
COPY --from=packages /app /app
ENV HOME=/home/rollcall PATH=/opt/rollcall/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    ROLLCALL_DATA_DIR=/data ROLLCALL_HTTP_HOST=0.0.0.0
USER 10001
VOLUME /data
EXPOSE 8000
# Of the gateway; who starts another process says so here, too.
HEALTHCHECK --interval=30s --timeout=20s --start-period=60s \
    CMD ["python", "-m", "deploy.processes.health", "gateway"]
CMD ["python", "-m", "deploy.processes", "gateway"]
