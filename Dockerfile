# Ferlab's notebooks in a container:
#   docker build -t ferlab . && docker run --rm -p 127.0.0.1:8888:8888 ferlab
# With FER2013: add -v /path/to/fer2013.zip:/data/fer2013.zip:ro -e FER_DATA=/data/fer2013.zip
FROM golang:1.26-trixie

RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 python3-venv \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home ferlab

USER ferlab
WORKDIR /home/ferlab/ferlab
COPY --chown=ferlab:ferlab . .
ENV GOPATH=/home/ferlab/go
RUN make setup .ferlab/lab/gopls

EXPOSE 8888
# All interfaces of the container, of which the call above publishes the port to this machine only; the log prints the token.
CMD ["make", "lab", "LABIP=0.0.0.0", "LABFLAGS=--no-browser"]
