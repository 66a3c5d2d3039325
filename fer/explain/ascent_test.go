package explain

import (
	"image/draw"
	"math"
	"slices"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
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

// Ascent beats the best face for every live filter of every layer, in waves and in pixels; the same seed gives the same
// picture, and the net sees in it what is reported.
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
	before, err := m.responses("bn2", allPixels(images[:1]))
	if err != nil {
		t.Fatal(err)
	}
	if first[0].Layer != "bn2" || first[0].Activation <= float64(before.middles[0][3]) {
		t.Errorf("from a face the middle neuron of %s goes from %g to %g", first[0].Layer, before.middles[0][3],
			first[0].Activation)
	}
}

// A filter for light gets a white picture, and one for darkness a black one, even in fewer steps than the way from
// mid-grey takes.
func TestAscentOfBrightness(t *testing.T) {
	m, err := newReferenceModel()
	if err != nil {
		t.Fatal(err)
	}
	v := m.store.GetVariable("/" + model.Scope + "/conv1/kernel")
	kernel := tensors.MustCopyFlatData[float32](v.MustValue()) // [3, 3, 1, 4]
	for k := range kernel {
		kernel[k] = []float32{0.2, -0.2, 0, 0}[k%4]
	}
	if err := v.SetValue(tensors.FromFlatDataAndDimensions(kernel, 3, 3, 1, 4)); err != nil {
		t.Fatal(err)
	}
	ascents, err := Ascend(m, "conv1", []int{0, 1}, &AscentOptions{Steps: 4})
	if err != nil {
		t.Fatal(err)
	}
	for i, white := range []bool{true, false} {
		mean := 0.0
		for _, p := range ascents[i].Image {
			mean += float64(p) / 255 / fer.Pixels
		}
		if white && mean < 0.95 || !white && mean > 0.05 {
			t.Errorf("the picture of a filter for white (%v) has a mean of %.2f", white, mean)
		}
	}
}

// Filters that nothing excites are named, and only they.
func TestDead(t *testing.T) {
	m, err := newReferenceModel()
	if err != nil {
		t.Fatal(err)
	}
	_, _, examples := syntheticFaces(14)
	dead := func() []int {
		t.Helper()
		seen, err := Observe(m, "conv2", examples)
		if err != nil {
			t.Fatal(err)
		}
		return seen.Dead()
	}
	before := dead()
	for name, value := range map[string]float32{"gamma": 0, "beta": -0.1} {
		v := m.store.GetVariable("/" + model.Scope + "/bn2/" + name)
		values := tensors.MustCopyFlatData[float32](v.MustValue())
		values[4] = value
		if err := v.SetValue(tensors.FromFlatDataAndDimensions(values, len(values))); err != nil {
			t.Fatal(err)
		}
	}
	after := dead()
	if want := append(slices.DeleteFunc(before, func(c int) bool { return c > 3 }),
		4); !slices.Equal(after[:min(len(want), len(after))], want) {
		t.Errorf("dead filters %v, want %v …", after, want)
	}
	filters, err := Filters(m, "conv2", []int{4}, examples, &AscentOptions{Steps: 3})
	if err != nil {
		t.Fatal(err)
	}
	if !filters[0].Dead || filters[0].Classes() != nil {
		t.Errorf("filter 4 passes for alive: %+v", filters[0].Ascent)
	}
}

// A patch is all that its position sees: to the patch alone, on black, the position answers as in the whole example.
func TestPatches(t *testing.T) {
	m := referenceModel(t)
	_, _, examples := syntheticFaces(8)
	const channel = 1
	for layer, side := range map[string]int{"conv2": 8, "conv4": 38} {
		seen, err := Observe(m, layer, examples)
		if err != nil {
			t.Fatal(err)
		}
		patches := seen.Filters([]Ascent{{Layer: seen.Layer, Channel: channel}})[0].Patches
		var alone []*fer.Image
		for i, p := range patches {
			if p.Window.Dx() != side || p.Window.Dy() != side || i > 0 && p.Value > patches[i-1].Value {
				t.Errorf("%s: patch %d is %v, want a side of %d; its value is %g", layer, i, p.Window, side, p.Value)
			}
			black := new(fer.Image)
			draw.Draw(black.Gray(), p.Window, p.Crop(), p.Window.Min, draw.Src)
			alone = append(alone, black)
		}
		out, err := m.call("patches "+layer, func(_, _, images *graph.Node) []*graph.Node {
			return []*graph.Node{output(images.Graph(), seen.Layer)}
		}, allPixels(alone), nil)
		if err != nil {
			t.Fatal(err)
		}
		for i, k := range strongest(seen.r.peaks, channel) {
			place, channels := int(seen.r.places[k][channel]), len(seen.r.peaks[k])
			if got := float64(out[0][i][place*channels+channel]); math.Abs(got-patches[i].Value) > 1e-4 {
				t.Errorf("%s: to patch %d alone the filter answers %g, in its face %g", layer, i, got, patches[i].Value)
			}
		}
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
	r, err := m.responses("relu2", allPixels(images))
	if err != nil {
		t.Fatal(err)
	}
	if len(maps) != 6 || maps[0].Width != 21 || len(maps[0].Values) != 21*21 {
		t.Fatalf("%d maps of %d values, want 6 of 21×21", len(maps), len(maps[0].Values))
	}
	for i, c := range maps {
		if peak := float64(r.peaks[0][c.Channel]); math.Abs(slices.Max(c.Values)-peak) > 1e-6 || i > 0 &&
			c.Strength > maps[i-1].Strength {
			t.Errorf("map %d: largest value %g, want %g; strength %g", i, slices.Max(c.Values), peak, c.Strength)
		}
	}
}
