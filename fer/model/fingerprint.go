package model

import (
	"crypto/sha256"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer/backend"
)

// GoMLX keeps the values of a graph's constants only below this size; a fingerprint needs them all.
func init() { graph.MinConstValueSizeToKeep = math.MaxInt }

// Fingerprint returns a text of 12 hexadecimal digits that tells a net from another: it is made from the net's graph in
// training, its constants and the initial values of its variables. A changed layer, size, rate, constant or initialiser
// changes it, and another name of the function doesn't. Another backend or version of GoMLX may build another graph of
// the same net. It returns an error if the net can't be built.
func Fingerprint(net Net) (string, error) {
	return FingerprintGraph(func(s *gomlx.Scope, images *graph.Node) {
		s.Store().SetTraining(images.Graph(), true)
		logits := net(s.In(Scope), images)
		if err := CheckLogits(images, logits); err != nil {
			panic(err)
		}
	})
}

// FingerprintGraph is [Fingerprint] of whatever graph build makes over images, float32 [2, 48, 48, 1], with an empty
// store.
func FingerprintGraph(build func(s *gomlx.Scope, images *graph.Node)) (string, error) {
	digest := sha256.New()
	store := gomlx.NewStore()
	if err := store.SetRNGStateFromSeed(0); err != nil {
		return "", err
	}
	err := Inspect(2, store, func(s *gomlx.Scope, images *graph.Node) {
		build(s, images)
		_, nodes, _ := strings.Cut(images.Graph().String(), "\n") // The first line holds the graph's own name.
		io.WriteString(digest, nodes)
	})
	if err != nil {
		return "", err
	}
	b, err := backend.Get()
	if err != nil {
		return "", err
	}
	if err := store.InitializeVariables(b, nil); err != nil {
		return "", fmt.Errorf("initial values: %w", err)
	}
	for v := range store.IterVariables() {
		value, err := v.Value()
		if err != nil {
			return "", fmt.Errorf("initial value of %s: %w", v.Path(), err)
		}
		io.WriteString(digest, v.Path())
		if err := value.ConstBytes(func(raw []byte) { digest.Write(raw) }); err != nil {
			return "", fmt.Errorf("initial value of %s: %w", v.Path(), err)
		}
	}
	return fmt.Sprintf("%x", digest.Sum(nil))[:12], nil
}
