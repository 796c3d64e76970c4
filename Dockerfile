# Two stages: build with the Swift toolchain, run with its runtime libraries only.
FROM swift:6.3-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpq-dev libhiredis-dev libssl-dev libcurl4-openssl-dev python3-pip \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY deploy/fetch-assets deploy/fetch-assets
RUN apt-get update && deploy/fetch-assets /out/assets && rm -rf /var/lib/apt/lists/*
COPY Package.swift ./
COPY Sources ./Sources
RUN swift build -c release --product timetracker \
    && install -D .build/release/timetracker /out/timetracker

FROM swift:6.3-bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpq5 libhiredis0.14 libssl3 libcurl4 ca-certificates tzdata curl \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/timetracker --create-home timetracker
COPY --from=build /out/timetracker /usr/local/bin/timetracker
COPY --from=build /out/assets /usr/local/share/timetracker/assets
COPY config/timetracker.yaml /etc/timetracker/timetracker.yaml
USER timetracker
WORKDIR /var/lib/timetracker
# Only a proxy beside the server is believed, as in a pod: published ports may let any client appear under a private address
# of Docker's. Name your proxy's address or network in TRUSTED_PROXIES.
ENV BIND=0.0.0.0:8080 LOG_FORMAT=json ASSETS_DIR=/usr/local/share/timetracker/assets TRUSTED_PROXIES=127.0.0.0/8,::1
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
    CMD curl -fsS http://127.0.0.1:8080/_ready || exit 1
ENTRYPOINT ["timetracker"]
CMD ["serve", "--config", "/etc/timetracker/timetracker.yaml"]
