package results

import (
	"os"
	"path/filepath"
	"testing"

	"ferlab/fer/pretrained"
)

// The cards of the shipped runs are what their files say; go run ./experiments/runs -card FILE NAME renews one.
func TestShippedCards(t *testing.T) {
	for _, name := range pretrained.Names() {
		r, err := pretrained.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		want, err := Card(r)
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join("..", "pretrained", "runs", name, "README.md"))
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("the model card of %s isn't the run's: write it again", name)
		}
	}
}
