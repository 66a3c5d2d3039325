package model_test

import (
	"slices"
	"testing"

	"ferlab/fer/model"
)

// The original report lists these numbers of parameters, layer by layer.
func TestReportsParameters(t *testing.T) {
	for _, test := range []struct {
		name          string
		net           model.Net
		layers        []int
		total, frozen int
	}{
		{"CNN", model.CNN(nil), []int{640, 256, 73856, 512, 288250, 1000, 1125500, 2000, 256512, 131328, 16448, 455},
			1896757, 1884},
		{"DNN", model.DNN(nil), []int{295040, 512, 33024, 1024, 131584, 2048, 640224, 4992, 639488, 131328, 16448, 455},
			1896167, 4288},
	} {
		s, err := model.Summarize(test.net)
		if err != nil {
			t.Fatal(test.name, err)
		}
		var layers []int
		for _, l := range s.Layers {
			if l.Params > 0 {
				layers = append(layers, l.Params)
			}
		}
		total, frozen := s.Params()
		if !slices.Equal(layers, test.layers) || total != test.total || frozen != test.frozen {
			t.Errorf("%s has layers of %v, %d in all, %d not trainable; want %v, %d, %d",
				test.name, layers, total, frozen, test.layers, test.total, test.frozen)
		}
		t.Log("\n" + s.String())
	}
}

// A stem that keeps height and width leaves every parameter and quadruples the multiply-adds of all that follows.
func TestFullStem(t *testing.T) {
	summary := func(full bool) *model.Summary {
		s, err := model.Summarize(model.ResNet(&model.ResNetConfig{Filters: []int{4, 6, 8}, FullStem: full,
			Blocks: []int{2, 1}}))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	convolutions := func(s *model.Summary) (of []model.LayerSummary) {
		for _, l := range s.Layers {
			if l.Type == "Conv2D" {
				of = append(of, l)
			}
		}
		return of
	}
	half, full := summary(false), summary(true)
	a, frozen := half.Params()
	if b, f := full.Params(); b != a || f != frozen {
		t.Errorf("%d parameters, %d of them not trainable, want %d and %d", b, f, a, frozen)
	}
	for i, l := range convolutions(full) {
		times := 4
		if i == 0 {
			times = 1
		}
		if want := times * convolutions(half)[i].MultiplyAdds; l.MultiplyAdds != want {
			t.Errorf("%s has %d multiply-adds, want %d", l.Name, l.MultiplyAdds, want)
		}
	}
}
