package semisup

import (
	"context"
	"regexp"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas

	"ferlab/fer/run/runtest"
)

// ownFixMatch is FixMatch as a reader would write it, with a factor.
func ownFixMatch(factor float64) *Algorithm {
	return &Algorithm{
		Name: "mine", Title: "Mine", Views: WeakStrong, Weight: 1, Threshold: 0.95,
		Loss: func(in Inputs) Terms {
			weak := StopGradient(Softmax(in.First, -1))
			mask := confident(weak, Scalar(weak.Graph(), weak.DType(), in.Threshold))
			return Terms{Supervised: supervised(in), Unsupervised: MulScalar(masked(mask, in.Second, hard(weak)),
				factor), Targets: hard(weak), Mask: mask}
		},
	}
}

// An algorithm of one's own that computes what FixMatch does leaves the same bits, and the run records its fingerprint;
// one that computes something else is another configuration, and one that isn't given is unknown.
func TestOwnAlgorithm(t *testing.T) {
	c := tiny("fixmatch")
	c.Threshold = 0.2
	built, own := t.TempDir(), t.TempDir()
	train(t, built, c, nil)
	c.Algorithm = "mine"
	train(t, own, c, &Options{Algorithm: ownFixMatch(1)})
	runtest.SameFiles(t, built, own, "weights.safetensors", "history.csv", historyFile)
	kept, err := readConfig(own + "/" + configFile)
	if err != nil || kept.Algorithm != "mine" || !regexp.MustCompile(`^[0-9a-f]{12}$`).MatchString(kept.Custom) {
		t.Errorf("recorded %q with fingerprint %q, %v", kept.Algorithm, kept.Custom, err)
	}
	if _, err := Train(context.Background(), own, c, &Options{Algorithm: ownFixMatch(2)}); err == nil ||
		!strings.Contains(err.Error(), "another configuration") {
		t.Errorf("another loss: %v", err)
	}
	if _, err := Train(context.Background(), t.TempDir(), c, nil); err == nil ||
		!strings.Contains(err.Error(), `algorithm is "mine"`) {
		t.Errorf("no algorithm: %v", err)
	}
}
