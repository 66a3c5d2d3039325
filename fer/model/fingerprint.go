package model

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"
)

// Fingerprint returns a text of 12 hexadecimal digits that tells a net from another: it is made from the net's graph in training,
// so that a changed layer, size or dropout rate changes it, and another name of the function doesn't. Another backend or
// version of GoMLX may build another graph of the same net. It returns an error if the net can't be built.
func Fingerprint(net Net) (string, error) {
	digest := ""
	err := inspect(2, func(s *gomlx.Scope, images *graph.Node) {
		s.Store().SetTraining(images.Graph(), true)
		logits := net(s.In(Scope), images)
		if err := CheckLogits(images, logits); err != nil {
			panic(err)
		}
		_, nodes, _ := strings.Cut(images.Graph().String(), "\n") // The first line holds the graph's own name.
		digest = fmt.Sprintf("%x", sha256.Sum256([]byte(nodes)))[:12]
	})
	return digest, err
}
