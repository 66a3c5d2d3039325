package model_test

import (
	"math"
	"slices"
	"testing"

	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer/backend"
	"ferlab/fer/model"
)

// In mixed precision logits are nearly those of float32; without oneDNN, fewer images than pay are computed in float32.
func TestPrecision(t *testing.T) {
	images := faces(16)
	b, err := backend.Get()
	if err != nil {
		t.Fatal(err)
	}
	_, fast := backend.HasOneDNN(b)
	for name, net := range smallNets {
		t.Run(name, func(t *testing.T) {
			store := gomlx.NewStore()
			var p [2]*model.Predictor
			for i, precision := range []model.Precision{model.Float32, model.MixedBFloat16} {
				var err error
				if p[i], err = model.NewPredictor(net, store, precision); err != nil {
					t.Fatal(err)
				}
			}
			compare := func(n int) (differ bool, most float64) {
				t.Helper()
				want, err := p[0].Logits(images[:n])
				if err != nil {
					t.Fatal(err)
				}
				got, err := p[1].Logits(images[:n])
				if err != nil {
					t.Fatal(err)
				}
				for i := range got {
					differ = differ || !slices.Equal(got[i], want[i])
					for k, v := range got[i] {
						most = max(most, math.Abs(float64(v-want[i][k])))
					}
				}
				return differ, most
			}
			if differ, most := compare(4); differ && !fast || most > 0.1 {
				t.Errorf("logits of 4 images differ from those of float32 by %v", most)
			}
			differ, most := compare(16)
			if most > 0.1 {
				t.Errorf("logits of 16 images differ from those of float32 by %v", most)
			}
			if name == "DNN" && !differ { // Its products are rounded on every processor.
				t.Error("logits of 16 images have the bits of float32")
			}
		})
	}
	if _, err := model.NewPredictor(smallNets["DNN"], gomlx.NewStore(), "float16"); err == nil {
		t.Error("no error for an unknown precision")
	}
}
