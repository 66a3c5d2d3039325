package explain

import (
	"math"
	"slices"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"ferlab/fer"
	"ferlab/fer/model"
)

// all returns 0 … n−1.
func all(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// Ascent beats the best face for every live filter of every layer, in waves and in pixels; the same seed gives the same picture,
// and the net sees in it what is reported.
func TestAscent(t *testing.T) {
	m := referenceModel(t)
	images, _, examples := syntheticFaces(70)
	beaten, live := 0.0, 0
	for layer, n := range map[string]int{"relu2": 6, "conv4": 10, "dense3": 7} {
		filters, err := Filters(m, layer, all(n), examples, &AscentOptions{Steps: 60})
		if err != nil {
			t.Fatal(err)
		}
		share, some := BeatsData(filters)
		beaten, live = beaten+share*float64(some), live+some
	}
	if beaten < 0.95*float64(live) || live < 18 {
		t.Errorf("ascent beats the best face for %.0f of %d live filters", beaten, live)
	}

	o := &AscentOptions{Steps: 10, Start: images[0], Middle: true, Pixels: true, Seed: 5}
	first, err := Ascend(m, "conv2", []int{3, 1}, o)
	if err != nil {
		t.Fatal(err)
	}
	second, err := Ascend(m, "conv2", []int{3, 1}, o)
	if err != nil {
		t.Fatal(err)
	}
	for i := range first {
		if *first[i].Image != *second[i].Image {
			t.Errorf("the same seed gives another picture of channel %d", first[i].Channel)
		}
	}
	before, err := m.responses("bn2", true, allPixels(images[:1]))
	if err != nil {
		t.Fatal(err)
	}
	if first[0].Layer != "bn2" || first[0].Activation <= float64(before.answers[0][3]) {
		t.Errorf("from a face the middle neuron of %s goes from %g to %g", first[0].Layer, before.answers[0][3], first[0].Activation)
	}
}

// Filters that nothing excites are named, and only they.
func TestDead(t *testing.T) {
	m := referenceModel(t)
	_, _, examples := syntheticFaces(14)
	before, err := Dead(m, "conv2", examples)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]float32{"gamma": 0, "beta": -0.1} {
		v := m.store.GetVariable("/" + model.Scope + "/bn2/" + name)
		values := tensors.MustCopyFlatData[float32](v.MustValue())
		values[4] = value
		if err := v.SetValue(tensors.FromFlatDataAndDimensions(values, len(values))); err != nil {
			t.Fatal(err)
		}
	}
	dead, err := Dead(m, "conv2", examples)
	if err != nil {
		t.Fatal(err)
	}
	if want := append(slices.DeleteFunc(before, func(c int) bool { return c > 3 }), 4); !slices.Equal(dead[:min(len(want), len(dead))], want) {
		t.Errorf("dead filters %v, want %v …", dead, want)
	}
	filters, err := Filters(m, "conv2", []int{4}, examples, &AscentOptions{Steps: 3})
	if err != nil {
		t.Fatal(err)
	}
	if !filters[0].Dead || filters[0].Classes() != nil {
		t.Errorf("filter 4 passes for alive: %+v", filters[0].Ascent)
	}
}

// The waves are orthonormal: an image turned into them and back is the same.
func TestWaves(t *testing.T) {
	images, _, _ := syntheticFaces(1)
	for _, identity := range []bool{false, true} {
		w := newWaves(identity)
		back, err := w.picture(w.start(AscentOptions{Start: images[0]}, 0))
		if err != nil {
			t.Fatal(err)
		}
		for k, v := range images[0] {
			want := min(max(float64(v), 2.55), 252.45)
			if math.Abs(float64(back[k])-want) > 1 {
				t.Fatalf("identity %v: pixel %d is %d, want %g", identity, k, back[k], want)
			}
		}
	}
	if _, err := newWaves(true).picture(slices.Repeat([]float32{float32(math.NaN())}, fer.Pixels)); err == nil {
		t.Error("a picture of NaN is no error")
	}
}

// Activation maps are those of the layer, all of them, the strongest first.
func TestActivations(t *testing.T) {
	m := referenceModel(t)
	images, _, _ := syntheticFaces(1)
	maps, err := Activations(m, "relu2", images[0])
	if err != nil {
		t.Fatal(err)
	}
	r, err := m.responses("relu2", false, allPixels(images))
	if err != nil {
		t.Fatal(err)
	}
	if len(maps) != 6 || maps[0].Width != 21 || len(maps[0].Values) != 21*21 {
		t.Fatalf("%d maps of %d values, want 6 of 21×21", len(maps), len(maps[0].Values))
	}
	for i, c := range maps {
		if peak := float64(r.peaks[0][c.Channel]); math.Abs(slices.Max(c.Values)-peak) > 1e-6 || i > 0 && c.Strength > maps[i-1].Strength {
			t.Errorf("map %d: largest value %g, want %g; strength %g", i, slices.Max(c.Values), peak, c.Strength)
		}
	}
}
