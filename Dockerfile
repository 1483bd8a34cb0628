# One image for every part of the workbench that is a Node.js process: docker-compose.yml says which.
# The tag fixes the version; for the very bytes, give it with its digest: --build-arg NODE_IMAGE=node@sha256:…
ARG NODE_IMAGE=node:20.20.2-bookworm-slim

FROM ${NODE_IMAGE} AS build
ENV CI=true
WORKDIR /app
# What is downloaded depends on the lock file alone, and is kept until that changes.
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml .npmrc ./
RUN npm install --global "$(node -p 'require("./package.json").packageManager')" && pnpm fetch
COPY tsconfig.base.json ./
COPY docs/package.json ./docs/
COPY benchmarks/package.json ./benchmarks/
COPY packages ./packages
RUN pnpm install --frozen-lockfile --offline \
    --filter . --filter '@session-vs-jwt/workbench...' --filter '@session-vs-jwt/docs...' \
  && node_modules/.bin/tsc -b packages/workbench

# The course, whose pages show code of every folder.
FROM build AS site
COPY docs ./docs
COPY test ./test
COPY benchmarks ./benchmarks
RUN node docs/node_modules/vitepress/bin/vitepress.js build docs

# Without what only the build needs, and without the embedded PostgreSQL.
FROM build AS production
RUN rm -rf node_modules */node_modules packages/*/node_modules \
  && pnpm install --frozen-lockfile --offline --prod --no-optional --filter '@session-vs-jwt/workbench...'

FROM ${NODE_IMAGE}
ENV NODE_ENV=production
WORKDIR /app
COPY --from=production /app ./
COPY docs ./docs
COPY test ./test
COPY benchmarks ./benchmarks
COPY --from=site /app/docs/.vitepress/dist ./docs/.vitepress/dist
# A volume that is mounted here takes over whose it is.
RUN for of in postgres redis session jwt; do mkdir -p -m 700 "/secrets/$of"; done && chown -R node:node /secrets
USER node
CMD ["node", "packages/workbench/dist/main.js", "site"]
