package figure

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/image/draw"
	"gonum.org/v1/plot/cmpimg"

	"ferlab/fer"
)

var (
	saveTo = flag.String("save", "",
		"folder to save the gallery's figures in, to look at: go test ./fer/figure -run Gallery -save build")
	update = flag.Bool("update", false,
		"draw the golden images anew, to look at before they are kept: go test ./fer/figure -run Golden -update")
)

// options are words long enough to wrap.
func options(title string) Options {
	return Options{Title: title, Caption: "Made-up numbers; split private, n = 3,589; run cnn-example, seed 1. " +
		"This caption is so long that it wraps onto a second line, and perhaps a third one."}
}

// history returns smooth made-up curves of n epochs.
func history(name string, n int, rate float64) History {
	h := History{Name: name}
	for i := 1; i <= n; i++ {
		fall := math.Exp(-rate * float64(i))
		h.Epochs = append(h.Epochs, float64(i))
		h.TrainLoss = append(h.TrainLoss, 0.9+1.1*fall)
		h.ValidationLoss = append(h.ValidationLoss, 1.05+0.9*fall+0.02*math.Sin(float64(i)))
		h.TrainAccuracy = append(h.TrainAccuracy, 0.66-0.4*fall)
		h.ValidationAccuracy = append(h.ValidationAccuracy, 0.63-0.38*fall+0.01*math.Cos(float64(i)))
	}
	return h
}

var counts = [][]float64{
	{270, 8, 60, 20, 80, 10, 43}, {15, 30, 4, 1, 4, 0, 1}, {60, 2, 230, 15, 84, 55, 50}, {12, 0, 10, 800, 20, 15, 22},
	{60, 3, 70, 30, 310, 8, 113}, {8, 0, 35, 18, 6, 340, 9}, {30, 1, 30, 40, 90, 10, 425},
}

func shares() [][]float64 {
	rows := make([][]float64, len(counts))
	for i, row := range counts {
		sum := 0.0
		for _, v := range row {
			sum += v
		}
		for _, v := range row {
			rows[i] = append(rows[i], v/sum)
		}
	}
	return rows
}

// drawnFace returns a drawn face: no photograph.
func drawnFace() *fer.Image {
	face := new(fer.Image)
	for i := range face {
		x, y := float64(i%fer.Size)-23.5, float64(i/fer.Size)-23.5
		r := math.Hypot(x/18, y/22)
		switch {
		case math.Hypot(math.Abs(x)-8, y+6) < 3:
			face[i] = 20
		case math.Abs(y-10-x*x/40) < 1.5 && math.Abs(x) < 9:
			face[i] = 60
		case r < 1:
			face[i] = uint8(190 - 60*r)
		default:
			face[i] = 40
		}
	}
	return face
}

// spots returns a map with a peak of 1 at the right eye and, if signed, one of −1 at the left.
func spots(signed bool) Map {
	m := Map{Values: make([]float64, fer.Pixels), Signed: signed}
	for i := range m.Values {
		x, y := float64(i%fer.Size)-23.5, float64(i/fer.Size)-23.5
		m.Values[i] = math.Exp(-((x-8)*(x-8) + (y+6)*(y+6)) / 20)
		if signed {
			m.Values[i] -= math.Exp(-((x+8)*(x+8) + (y+6)*(y+6)) / 20)
		}
	}
	return m
}

func plus(values []float64, d float64) []float64 {
	moved := make([]float64, len(values))
	for i, v := range values {
		moved[i] = v + d
	}
	return moved
}

// gallery returns one figure of each kind, and of each difficult case.
func gallery(t *testing.T) map[string]*Figure {
	t.Helper()
	figures := map[string]*Figure{}
	add := func(name string) func(*Figure, error) {
		return func(f *Figure, err error) {
			t.Helper()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			figures[name] = f
		}
	}
	picture := func(img *image.RGBA, err error) image.Image {
		if err != nil {
			t.Fatal(err)
		}
		return img
	}

	add("curves")(Curves([]History{history("", 60, 0.08)}, options("Learning curves")))
	add("curves-two")(Curves([]History{history("cnn", 28, 0.12), history("dnn", 20, 0.06)},
		options("Learning curves of two nets")))
	add("curves-one-epoch")(Curves([]History{history("cnn", 1, 0.1)}, options("After the first epoch")))
	add("curves-long")(Curves([]History{history("cnn", 1800, 0.01)}, options("Learning curves")))

	narrow := options("Confusion of a narrow page")
	narrow.Width = 380
	difference := shares()
	for i, row := range difference {
		for j := range row {
			row[j] = 0.2*row[j] - 0.02*float64((i+2*j)%5)
		}
	}
	absent := shares()
	absent[1] = []float64{math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN()}
	add("confusion-counts")(ConfusionMatrix(counts, Counts, nil, options("Confusion")))
	add("confusion-shares")(ConfusionMatrix(absent, Shares, nil, options("Confusion: share of each label (%)")))
	add("confusion-difference")(ConfusionMatrix(difference, Differences, nil, options("cnn − dnn (points)")))
	add("confusion-narrow")(ConfusionMatrix(shares(), Shares, nil, narrow))

	f1 := []float64{0.55, 0.5, 0.45, 0.85, 0.52, 0.77, 0.61}
	lower := append([]float64{0.3, math.NaN()}, plus(f1, -0.2)[2:]...)
	add("bars-balance")(Bars(fer.Emotions.Names(), []BarSeries{{Values: []float64{3995, 436, 4097, 7215, 4830, 3171,
		4965}}},
		Axis{Label: "images", Integer: true}, options("Class balance")))
	add("bars-f1")(Bars(fer.Emotions.Names(), []BarSeries{
		{"cnn", f1, plus(f1, -0.04), plus(f1, 0.04)}, {"dnn", lower, plus(lower, -0.03), plus(lower, 0.03)},
	}, Axis{Label: "F1"}, options("F1 by emotion")))
	runs := []float64{0.6489, 0.655, 0.67, 0.387, 0.65}
	add("bars-level")(Bars([]string{"cnn", "cnn, label smoothing 0.1", "cnn, flip averaging and ten crops", "dnn",
		"humans"},
		[]BarSeries{{Values: runs, Low: plus(runs, -0.015), High: plus(runs, 0.015)}},
		Axis{Label: "accuracy", Percent: true}, options("Accuracy on the private test")))
	add("bars-signed")(Bars([]string{"a", "b", "c"}, []BarSeries{{Name: "change", Values: []float64{1.5, -2.25, 0.1}}},
		Axis{Label: "points"}, options("Change")))

	var bins []ReliabilityBin
	for i := range 15 {
		c := (float64(i) + 0.5) / 15
		bins = append(bins, ReliabilityBin{float64(i) / 15, float64(i+1) / 15, max(0, i-1) * 10, c,
			min(1, 1.15*c*c+0.02)})
	}
	add("reliability")(Reliability(bins, options("Reliability")))

	labels := []float64{10, 25, 100, 250, 4000}
	supervised := []float64{0.25, 0.31, 0.42, 0.5, 0.65}
	add("lines-log")(Lines([]Series{
		{Name: "supervised", X: labels, Y: supervised, Low: plus(supervised, -0.03), High: plus(supervised, 0.03)},
		{Name: "FixMatch", X: labels, Y: plus(supervised, 0.08), Low: plus(supervised, 0.05),
			High: plus(supervised, 0.11)},
		{Name: "pseudo-label", X: labels, Y: []float64{0.27, 0.33, 0.47, math.NaN(), 0.655}},
		{Name: "humans", X: []float64{10, 4000}, Y: []float64{0.65, 0.65}, Reference: true},
	}, Axis{Label: "labels per class", Log: true}, Axis{Label: "accuracy", Percent: true}, options("Accuracy "+
		"against labels")))
	var many []Series
	for i := range 9 {
		many = append(many, Series{Name: fmt.Sprintf("series of a long name, number %d", i), X: []float64{0, 1},
			Y: []float64{0, float64(i)}})
	}
	add("lines-many")(Lines(many, Axis{Label: "x"}, Axis{Label: "y"}, options("Many series")))

	var faces, maps, overlays []Cell
	for _, e := range fer.Emotions.All() {
		faces = append(faces, Cell{drawnFace(), fmt.Sprintf("%s %d %%", fer.Emotions.Name(e), 90-7*int(e))})
		maps = append(maps, Cell{Image: picture(Heat(spots(false)))})
		overlays = append(overlays, Cell{picture(Overlay(drawnFace(), spots(true), OverlayOptions{})),
			"a caption that wraps"})
	}
	add("grid")(Grid([][]Cell{faces, maps, overlays[:6]}, GridOptions{Options: options("Faces and maps"),
		Rows: []string{"face", "saliency", "signed\noverlay"}, Columns: fer.Emotions.Names()}))
	add("grid-smooth")(Grid([][]Cell{{{drawnFace(), "smooth"}}}, GridOptions{Side: 192, Smooth: true}))
	return figures
}

// Every figure of the gallery looks as its golden image, of half its size, which a person has looked at.
func TestGolden(t *testing.T) {
	const dir = "testdata/golden"
	figures := gallery(t)
	for name, f := range figures {
		data, err := f.png(true)
		if err != nil {
			t.Fatal(err)
		}
		got, path := halved(t, data), filepath.Join(dir, name+".png")
		if *update {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Errorf("%v: draw it with -update", err)
			continue
		}
		if same, err := cmpimg.EqualApprox("png", got, want, 0.1); err != nil {
			t.Errorf("%s: %v", name, err)
		} else if !same {
			t.Errorf("%s doesn't look as %s: look at it with -save, and if it is right, keep it with -update",
				name, path)
		}
	}
	kept, err := filepath.Glob(filepath.Join(dir, "*.png"))
	if err != nil || len(kept) != len(figures) {
		t.Errorf("%d golden images of %d figures, %v: remove those that no figure has any more", len(kept),
			len(figures), err)
	}
}

// halved returns a PNG of half the width and height: a golden image needn't be sharp on a fine screen.
func halved(t *testing.T, data []byte) []byte {
	t.Helper()
	big, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	b := big.Bounds()
	small := image.NewRGBA(image.Rect(0, 0, b.Dx()/2, b.Dy()/2))
	draw.BiLinear.Scale(small, small.Bounds(), big, b, draw.Src, nil)
	for i, v := range small.Pix { // Fewer colours take less room.
		small.Pix[i] = uint8(int(v) * 15 / 255 * 17)
	}
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, compact(small)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestGallery saves the figures where -save says; people should look at them after a change.
func TestGallery(t *testing.T) {
	figures := gallery(t)
	if *saveTo == "" {
		return // their making is tested already
	}
	if err := os.MkdirAll(*saveTo, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, f := range figures {
		for _, ext := range []string{".png", ".svg"} {
			if err := f.Save(filepath.Join(*saveTo, name+ext)); err != nil {
				t.Error(err)
			}
		}
	}
}
