# The same two steps as on a machine: set up, build. The second stage holds what runs.
FROM debian:12 AS build
COPY . /src
WORKDIR /src
RUN ./dev build && meson install -C build --destdir /out

FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends \
        libmicrohttpd12 libsqlite3-0 libuv1 libcurl4 libssl3 libnghttp2-14 libbrotli1 libyaml-0-2 zlib1g \
        libjavascriptcoregtk-4.1-0 libjs-lodash libjs-moment ca-certificates && \
    rm -rf /var/lib/apt/lists/* && \
    useradd --create-home squall && \
    install -d -o squall -g squall -m 0700 /home/squall/.squall
COPY --from=build /out/usr/local /usr/local
USER squall
WORKDIR /home/squall
EXPOSE 3000 4566
ENTRYPOINT ["squall"]
# Within a container the loopback address would be out of reach.
CMD ["serve", "--host", "0.0.0.0"]
