#!/bin/sh
# Makes the two images that the Dockerfile starts from, where no registry of images can be reached: Debian by
# debootstrap, and Debian with a compiler and this machine's Go. Run it as root; it needs buildah and debootstrap.
# They get the certificates that this machine trusts beside Debian's.
set -eu

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
CA=/etc/ssl/certs/ca-certificates.crt

debian() { # debian FOLDER PACKAGES NAME: an image NAME of Debian 13 with PACKAGES
	debootstrap --variant=minbase --include="ca-certificates${2:+,$2}" trixie "$1" >"$WORK/log" || { tail "$WORK/log"; exit 1; }
	rm -rf "$1"/var/cache/apt/* "$1"/var/lib/apt/lists/* "$1"/usr/share/doc/* "$1"/usr/share/man/* "$1"/usr/share/locale/*
	[ -z "$(ls /usr/local/share/ca-certificates)" ] || cp /usr/local/share/ca-certificates/* "$1/usr/local/share/ca-certificates/"
	chroot "$1" update-ca-certificates >/dev/null 2>&1
	container=$(buildah from scratch)
	buildah copy -q "$container" "$1" / >/dev/null
	buildah config --env PIP_CERT=$CA --env PATH=/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
	buildah commit -q --rm "$container" "$3" >/dev/null
}

debian "$WORK/slim" "" debian:trixie-slim
cp -r "$(go env GOROOT)" "$WORK/go"
debian "$WORK/golang" gcc,g++,libc6-dev,make golang:1.26-trixie-bare
container=$(buildah from golang:1.26-trixie-bare)
buildah copy -q "$container" "$WORK/go" /usr/local/go >/dev/null
buildah commit -q --rm "$container" golang:1.26-trixie >/dev/null
buildah images
