# Builds the image of any source: docker build --build-arg SOURCE=faker -t headwater/source-faker:dev .
# `npm run image -- faker` does that, and checks first.

# As in package.json and metadata.yaml; a label can't read files, so the build fails where they differ.
ARG VERSION=0.1.0

FROM node:24-slim AS build
WORKDIR /build
COPY package.json .npmrc ./
# Of the tools for development a bundle needs two; all of them are 400 MB.
RUN tool() { node -p "require('./package.json').devDependencies['$1']"; } \
 && npm pkg set "dependencies.esbuild=$(tool esbuild)" "dependencies.yaml=$(tool yaml)" \
 && npm pkg delete devDependencies \
 && npm install --no-update-notifier
# Clients that a bundle leaves out, in the versions the kit knows: --build-arg CLIENTS="@aws-sdk/client-secrets-manager".
ARG CLIENTS=""
RUN mkdir /clients \
 && for client in $CLIENTS; do \
      range="$(node -p "require('./package.json').peerDependencies['$client'] ?? ''")"; \
      test -n "$range" \
       || { echo "There is no client $client; there are:" $(node -p "Object.keys(require('./package.json').peerDependencies).join(' ')") >&2; exit 1; }; \
      npm install --prefix /clients --no-update-notifier "$client@$range" || exit 1; \
    done \
 && rm -f /clients/package*.json
COPY metadata.yaml ./
COPY scripts scripts
COPY process process
COPY cdk cdk
# Every source, not one: an unknown name is to be answered with those there are, not with a failed COPY.
COPY sources sources
ARG SOURCE
ARG VERSION
RUN test -n "$SOURCE" \
 || { echo "Say which source: --build-arg SOURCE=<name>; there are:" $(ls sources) >&2; exit 1; }
RUN node scripts/metadata.js "$SOURCE" --tag "$VERSION" > /dev/null && node scripts/bundle.js "$SOURCE"

FROM node:24-slim
# The user `node` of the base image, and the one Airbyte runs containers as.
RUN install -d -o 1000 -g 1000 /airbyte /airbyte/integration_code /airbyte/compiled
WORKDIR /airbyte/integration_code
# Left alone, V8 takes up to half of a container's memory for its heap, and 256 MB of one that has less. It may take
# more, and never all: buffers on their way out live outside the heap. Small semi-spaces halve what a read takes where
# nothing limits it (90 MB instead of 206), at no cost in time. One arena for all threads: each of its own keeps megabytes
# that V8's helpers have given back (a fifth of what a read over HTTP takes).
ENV NODE_ENV=production \
    NODE_OPTIONS="--max-old-space-size-percentage=75 --max-semi-space-size=4" \
    MALLOC_ARENA_MAX=1 \
    TZ=UTC
ARG SOURCE
ARG VERSION
COPY --from=build --chown=1000:1000 /build/dist/$SOURCE/main.js ./
# Nothing, unless CLIENTS names some.
COPY --from=build --chown=1000:1000 /clients/ ./
USER 1000:1000
# V8 keeps what it compiled: a start takes two thirds of the time then. Who may not write there, reads it all the same.
ENV NODE_COMPILE_CACHE=/airbyte/compiled
RUN ["node", "/airbyte/integration_code/main.js", "spec"]
# The two must say the same: on Kubernetes Airbyte evaluates the variable in a shell, elsewhere it runs the entry point.
ENV AIRBYTE_ENTRYPOINT="node /airbyte/integration_code/main.js"
ENTRYPOINT ["node", "/airbyte/integration_code/main.js"]
LABEL io.airbyte.name=headwater/source-$SOURCE \
      io.airbyte.version=$VERSION \
      org.opencontainers.image.title=source-$SOURCE \
      org.opencontainers.image.version=$VERSION \
      org.opencontainers.image.licenses=MIT \
      org.opencontainers.image.source=https://github.com/headwater-kit/headwater
