# The image that compose.yaml runs: docker build --tag tocsin .
FROM python:3.13-slim
RUN pip install --no-cache-dir uv==0.13.8
WORKDIR /tocsin
COPY pyproject.toml uv.lock README.md LICENSE ./
COPY src src
RUN uv sync --locked --no-dev --extra scale --extra otel && useradd --system tocsin && install --directory --owner=tocsin /data
USER tocsin
ENTRYPOINT ["/tocsin/.venv/bin/tocsin"]
CMD ["up", "--host", "0.0.0.0", "--data", "/data"]
