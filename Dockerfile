# The image: the program, Litestream beside it, and nothing that builds them. Needs BuildKit (Docker 23 or newer).
#   docker build -t gammacms .
# What it expects and promises is told in docs/run/container.md; scripts/check-container.sh holds it to the repository.

# Rust as in Cargo.toml's rust-version; Node satisfies the engines of both package.json. Debian is the same in every
# stage, so that the program finds the C library it was linked with.
ARG NODE_IMAGE=node:24.18.1-trixie-slim
ARG RUST_IMAGE=rust:1.95.0-slim-trixie
ARG DEBIAN_IMAGE=debian:trixie-20260918-slim

# --- the dashboard ----------------------------------------------------------------------------------------------------
# Built on the builder's own processor, whatever the image is for: what comes out is files for browsers.
FROM --platform=$BUILDPLATFORM ${NODE_IMAGE} AS dashboard
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json ./
# No package needs its install script for a build; what is not run cannot do harm.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY frontend ./
RUN npm run build

# --- the documentation ------------------------------------------------------------------------------------------------
FROM --platform=$BUILDPLATFORM ${NODE_IMAGE} AS documentation
WORKDIR /src/docs
COPY docs/package.json docs/package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
# Pages quote these files.
COPY assets/types /src/assets/types
COPY assets/sections /src/assets/sections
COPY docs ./
RUN npm run build

# --- the dependencies of the program ----------------------------------------------------------------------------------
# Manifests only, over empty crates: this layer, by far the longest to build, stays until a dependency changes.
FROM ${RUST_IMAGE} AS dependencies
# The allocator's C sources are built with make, which the slim image lacks; its version does not matter.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends make && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY .cargo .cargo
COPY Cargo.toml Cargo.lock ./
COPY src/pictures/Cargo.toml src/pictures/
COPY src/ground/Cargo.toml src/ground/
COPY src/machinery/Cargo.toml src/machinery/
COPY src/tenants/Cargo.toml src/tenants/
COPY src/content/Cargo.toml src/content/
COPY src/channels/Cargo.toml src/channels/
RUN echo 'fn main() {}' >src/main.rs \
    && touch src/pictures/lib.rs src/ground/lib.rs src/machinery/lib.rs src/tenants/lib.rs src/content/lib.rs src/channels/lib.rs \
    && cargo build --release --locked --bin gammacms

# --- the program ------------------------------------------------------------------------------------------------------
FROM dependencies AS program
COPY src src
COPY assets assets
COPY migrations migrations
COPY templates templates
COPY --from=dashboard /src/frontend/dist frontend/dist
COPY --from=documentation /src/docs/dist docs/dist
# Cargo compares times: sources from a checkout are older than the empty crates above and would pass for built.
RUN find src -name '*.rs' -exec touch '{}' + \
    && cargo build --release --locked --bin gammacms \
    && target/release/gammacms version

# --- Litestream -------------------------------------------------------------------------------------------------------
# 0.3.13, which the tests run: from npm, where a version never changes what it holds. Unpacked on the builder's own processor.
FROM --platform=$BUILDPLATFORM ${NODE_IMAGE} AS litestream
ARG TARGETARCH
ARG LITESTREAM_PACKAGE=1.0.1
WORKDIR /litestream
RUN case "${TARGETARCH}" in amd64) kind=x64 ;; *) kind="${TARGETARCH}" ;; esac \
    && npm pack --silent "@flydotio/litestream-linux-${kind}@${LITESTREAM_PACKAGE}" \
    && tar -xzf ./*.tgz package/litestream \
    && install -m 755 package/litestream /usr/local/bin/litestream

# --- the image --------------------------------------------------------------------------------------------------------
# Debian rather than a base without a shell: restoring a backup means stopping, copying and looking, inside the volume.
FROM ${DEBIAN_IMAGE}
# The directory belongs to the user before a volume is mounted on it: a new named volume takes its owner from here.
RUN groupadd --gid 10001 gammacms \
    && useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin gammacms \
    && install -d -o 10001 -g 10001 -m 0700 /data
# For Litestream; the program brings its own roots.
COPY --from=program /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=litestream /usr/local/bin/litestream /usr/local/bin/litestream
COPY --from=program /src/target/release/gammacms /usr/local/bin/gammacms

# Refused to start without: GAMMACMS_PUBLIC_URL and GAMMACMS_SECRET_KEY, and a volume at /data.
ENV GAMMACMS_ENV=production \
    GAMMACMS_DATA_DIR=/data \
    GAMMACMS_LISTEN=0.0.0.0:8000 \
    GAMMACMS_REQUIRE_VOLUME=true \
    LOG_FORMAT=json

# By number, so that an orchestrator can see that it is not root.
USER 10001:10001
WORKDIR /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 CMD ["gammacms", "healthcheck"]
ENTRYPOINT ["gammacms"]
CMD ["serve"]

# Last, because they change with every build.
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="GammaCMS" \
      org.opencontainers.image.description="The content system of small hotel groups, in one binary" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
