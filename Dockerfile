# One image for every role: `invite-me serve`, `invite-me worker`, `invite-me backup`. See docs/operations/deploy.md.
FROM node:24-bookworm-slim AS build
WORKDIR /source
RUN npm install --global pnpm@12.21.0
# The lockfile alone first: packages are fetched anew only when it changes.
COPY pnpm-lock.yaml pnpm-workspace.yaml .npmrc ./
RUN pnpm fetch
COPY . .
RUN pnpm install --frozen-lockfile --offline \
 && pnpm --filter @invite-me/cli run build \
 && pnpm --filter @invite-me/cli deploy --prod --legacy /invite-me

FROM node:24-bookworm-slim
ENV NODE_ENV=production
COPY --from=build /invite-me /opt/invite-me
RUN ln -s /opt/invite-me/dist/bin.js /usr/local/bin/invite-me \
 && chmod +x /opt/invite-me/dist/bin.js \
 && mkdir /data && chown node:node /data
# Where invite-me.db lies when no other store is set, and where .env and the config file are looked for.
WORKDIR /data
VOLUME /data
USER node
EXPOSE 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["invite-me"]
CMD ["serve", "--host", "0.0.0.0"]
