# One image for every process: web, worker, beat and migrate differ by their command.
FROM python:3.12-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/outreach
ENV PATH=/opt/outreach/bin:$PATH
WORKDIR /build
# The lock alone first: a change of ours does not download the dependencies again.
COPY requirements/run.txt requirements/run.txt
RUN pip install --no-deps --require-hashes --only-binary :all: -r requirements/run.txt
COPY pyproject.toml README.md LICENSE ./
COPY audio audio
COPY campaigns campaigns
COPY outreach outreach
RUN pip install --no-deps --no-index --no-build-isolation . \
    && python -m compileall -q /opt/outreach

FROM python:3.12-slim-bookworm
# The number is fixed so that a folder mounted from the host can be given to it.
RUN useradd --uid 10001 --home-dir /var/lib/outreach --create-home outreach
COPY --from=build /opt/outreach /opt/outreach
ENV PATH=/opt/outreach/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUTF8=1 \
    OUTREACH_DATA_DIR=/var/lib/outreach
USER outreach
WORKDIR /var/lib/outreach
VOLUME /var/lib/outreach
EXPOSE 8000
STOPSIGNAL SIGTERM
ENTRYPOINT ["outreach"]
CMD ["web"]
