# A server of this checkout. `docker build -t ytopic .`; docs/scaling.md tells how several run.
FROM node:22-slim AS build
WORKDIR /ytopic
COPY . .
RUN npm ci
RUN npm run build
# What others install beside the package, Yjs above all, stays.
RUN npm pkg delete devDependencies && npm prune

FROM oven/bun:1.4.5-slim
WORKDIR /ytopic
COPY --from=build /ytopic/package.json package.json
COPY --from=build /ytopic/node_modules node_modules
COPY --from=build /ytopic/dist dist
RUN mkdir /data && chown bun /data
USER bun
ENV YTOPIC_HOST=0.0.0.0 YTOPIC_PORT=1234 YTOPIC_DATA=/data
EXPOSE 1234
VOLUME /data
ENTRYPOINT ["bun", "dist/src/main.js"]
CMD ["serve"]
