# Gateway, deliveries, beat and Flower: everything that needs no torch.
FROM python:3.11-slim
WORKDIR /app
RUN useradd --create-home rollcall && install -d -o rollcall /data
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY api api
COPY worker worker
COPY shared shared
COPY client client
COPY deploy deploy
RUN pip install --no-cache-dir -c constraints.txt -e ".[api,flower]"
USER rollcall
VOLUME /data
CMD ["python", "-m", "deploy.processes", "gateway"]
