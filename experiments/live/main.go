// Live serves the live page on this machine only, and prints its address:
//
//	go run ./experiments/live
//	go run ./experiments/live -run runs/mine,best
//
// The page reads the faces of a photo or a camera in the browser. It needs parts that `make setup` installs; `make
// live` does both. To put the page on a host for static files, see experiments/export -web.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"

	"ferlab/experiments/internal/cli"
	"ferlab/fer/live"
	"ferlab/fer/pretrained"
)

func main() { cli.Main("live", mainErr) }

func mainErr() error {
	names := flag.String("run", "distilled,best,cnn,dnn,ferplus", "shipped runs ("+pretrained.List()+
		") or run `folders`, separated by commas; the page starts with the first")
	parts := flag.String("parts", live.PartsFolder, "`folder` of the page's parts")
	port := flag.Int("port", 0, "port on this machine; 0 is any that is free")
	if err := cli.Parse(); err != nil {
		return err
	}
	runs, err := cli.Runs(*names)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "live")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := live.Write(dir, *parts, runs...); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(*port)))
	if err != nil {
		return fmt.Errorf("-port %d: %w", *port, err)
	}
	server := &http.Server{Handler: http.FileServer(http.Dir(dir))}
	ctx, stop := cli.Interruptible()
	defer stop()
	context.AfterFunc(ctx, func() { server.Close() })
	fmt.Printf("The live page is at http://%s (Ctrl-C ends it)\n", listener.Addr())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
