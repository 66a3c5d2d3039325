# Ferlab's notebooks in a container:
#   docker build -t ferlab . && docker run --rm -p 127.0.0.1:8888:8888 ferlab
# With FER2013: add -v /path/to/fer2013.zip:/data/fer2013.zip:ro -e FER_DATA=/data/fer2013.zip
# `make image-test` builds it, starts it and uses it.

# The first stage sets up; what only the set-up needs stays there.
FROM golang:1.26-trixie AS setup
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 python3-venv \
 && useradd --create-home ferlab
USER ferlab
WORKDIR /home/ferlab/ferlab
COPY --chown=ferlab:ferlab . .
ENV GOPATH=/home/ferlab/go
# The tools and the live page's program are of their own: their modules and objects go.
RUN GOPATH=/home/ferlab/tools GOCACHE=/home/ferlab/tools/cache make .ferlab/bin.ok .ferlab/lab/gopls parts \
 && make setup \
 && chmod -R u+w /home/ferlab/tools /home/ferlab/go/pkg/mod \
 && rm -rf /home/ferlab/tools /home/ferlab/.cache/pip /home/ferlab/go/pkg/mod/cache/download/sumdb \
 && find /home/ferlab/go/pkg/mod \( -name '*.zip' -o -name '*_test.go' -o -name '*.ipynb' -o -name '*.png' \) -delete \
 && find /home/ferlab/go/pkg/mod -type d \( -name testdata -o -name docs \) -prune -exec rm -rf {} + \
 && find .ferlab/venv -name '*.js.map' -delete \
 && find .ferlab/venv -type d -name tests -prune -exec rm -rf {} + \
 && rm .ferlab/bin/staticcheck \
 && find .ferlab/venv -path '*/babel/locale-data/*' ! -name 'en*' ! -name root.dat -delete \
 && rm -rf .ferlab/venv/lib/python3*/site-packages/debugpy .ferlab/venv/lib/python3*/site-packages/jedi/third_party/django*

# Of Go, what compiles a cell: no tests, no race detector, no documents of its interface, no sources of its own commands.
FROM golang:1.26-trixie AS go
RUN rm -rf /usr/local/go/test /usr/local/go/api /usr/local/go/src/cmd \
 && cd /usr/local/go/pkg/tool/linux_* && rm -f cover fix preprofile \
 && find /usr/local/go/src \( -name '*_test.go' -o -name '*.syso' \) -delete \
 && find /usr/local/go/src -name testdata -type d -prune -exec rm -rf {} +

FROM debian:trixie-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates gcc libc6-dev make python3 \
 && apt-get clean && rm -rf /var/lib/apt/lists/* /var/cache/apt/* \
 && rm -f /usr/bin/*lto-dump* /usr/libexec/gcc/*/*/lto1 \
      /usr/lib/*/lib*san.so.* /usr/lib/gcc/*/*/lib*san.a /usr/lib/*/libgprofng.so* \
      /usr/lib/*/libc.a /usr/lib/*/libm-*.a /usr/lib/*/libmvec.a \
 && useradd --create-home ferlab
COPY --from=go /usr/local/go /usr/local/go
COPY --from=setup --chown=ferlab:ferlab /home/ferlab /home/ferlab
USER ferlab
WORKDIR /home/ferlab/ferlab
ENV GOPATH=/home/ferlab/go PATH=/usr/local/go/bin:$PATH GOTOOLCHAIN=local

EXPOSE 8888
# All interfaces of the container, of which the call above publishes the port to this machine only; the log prints the token.
CMD ["make", "lab", "LABIP=0.0.0.0", "LABFLAGS=--no-browser"]
