package synth

import (
	"flag"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"runtime"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat"

	"ferlab/fer"
)

var update = flag.Bool("update", false, "write testdata anew")

// TestFacesAreFixed compares faces with stored pictures: a change of any pixel is a change of the data set. It allows
// one grey level where the compiler may fuse multiply and add.
func TestFacesAreFixed(t *testing.T) {
	const path, n = "testdata/faces.png", 14
	sheet := image.NewGray(image.Rect(0, 0, 7*fer.Size, n/7*fer.Size))
	for i, f := range Faces(1, n) {
		at := image.Pt(i%7*fer.Size, i/7*fer.Size)
		draw.Draw(sheet, image.Rectangle{at, at.Add(image.Pt(fer.Size, fer.Size))}, f.Image.Gray(), image.Point{},
			draw.Src)
	}
	if *update {
		w, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(w, sheet); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	r, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	decoded, err := png.Decode(r)
	if err != nil {
		t.Fatal(err)
	}
	want := decoded.(*image.Gray)
	tolerance := 0
	if runtime.GOARCH != "amd64" {
		tolerance = 1
	}
	differ := 0
	for i := range want.Pix {
		if d := int(want.Pix[i]) - int(sheet.Pix[i]); d < -tolerance || d > tolerance {
			differ++
		}
	}
	if differ > tolerance*len(want.Pix)/1000 {
		t.Errorf("%d of %d pixels differ from %s; if that is meant, rerun with -update", differ, len(want.Pix), path)
	}
}

func TestFaceDependsOnSeedAndIndexOnly(t *testing.T) {
	many := Faces(3, 60)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	few := Faces(3, 20)
	for i, f := range few {
		g, h := many[i], Make(3, i)
		if *f.Image != *g.Image || *f.Mask != *g.Mask || f.Params != g.Params || *f.Image != *h.Image ||
			f.Label != h.Label {
			t.Errorf("face %d depends on how many faces or workers there are", i)
		}
	}
	if len(Faces(3, 0)) != 0 {
		t.Error("Faces(3, 0) is not empty")
	}
	seen := map[fer.Image]string{}
	for seed := range uint64(20) {
		for _, f := range Faces(seed, 50) {
			if other, twice := seen[*f.Image]; twice {
				t.Errorf("%s and %s are the same picture", f.ID(), other)
			}
			seen[*f.Image] = f.ID()
		}
	}
}

func TestClassesAreBalanced(t *testing.T) {
	var counts [fer.NumEmotions]int
	orders := map[string]bool{}
	order := ""
	for i, f := range Faces(5, 700) {
		counts[f.Label]++
		order += fer.Emotions.Name(f.Label)
		if i%7 == 6 {
			orders[order] = true
			order = ""
		}
		if f.Label != f.Params.Emotion {
			t.Fatalf("face %d: label %d, params say %d", i, f.Label, f.Params.Emotion)
		}
	}
	for e, n := range counts {
		if n != 100 {
			t.Errorf("%d faces of 700 are %s, want 100", n, fer.Emotions.Name(fer.Class(e)))
		}
	}
	if len(orders) < 90 {
		t.Errorf("only %d orders of the classes in 100 blocks: the index gives the label away", len(orders))
	}
}

// TestMaskIsTrue relaxes the muscles of each face: outside its mask nothing may change by more than the threshold,
// inside it everything must.
func TestMaskIsTrue(t *testing.T) {
	for _, f := range Faces(7, 350) {
		if f.Label == fer.Neutral {
			continue
		}
		relaxed := f.Params
		relaxed.Action = ActionUnits{}
		rest, none := Render(relaxed)
		for i := range rest {
			d := int(f.Image[i]) - int(rest[i])
			if changes := d > MaskThreshold || d < -MaskThreshold; changes != f.Mask[i] {
				t.Fatalf("%s: pixel %d changes by %d, mask says %v", f.ID(), i, d, f.Mask[i])
			}
		}
		if none.Count() != 0 {
			t.Errorf("%s: the mask of the face at rest has %d pixels", f.ID(), none.Count())
		}
	}
}

// TestMaskLies checks the masks against the faces' regions, which know nothing of the action units: an expression must
// show, stay on the face or its outline, and leave most of the picture alone.
func TestMaskLies(t *testing.T) {
	small, total, on := 0, 0, 0
	for _, f := range Faces(11, 700) {
		n := f.Mask.Count()
		if n < 15 {
			small++
		}
		if n > fer.Pixels*40/100 {
			t.Errorf("%s (%s): the mask has %d pixels", f.ID(), fer.Emotions.Name(f.Label), n)
		}
		elsewhere := Regions(f.Params)[Elsewhere]
		for i, m := range f.Mask {
			if m {
				total++
				if !elsewhere[i] {
					on++
				}
			}
		}
	}
	if small > 14 {
		t.Errorf("%d of 700 masks have fewer than 15 pixels, want at most 2 %%", small)
	}
	if share := float64(on) / float64(total); share < 0.93 {
		t.Errorf("%.3f of the masks' pixels lie on the face at rest, want ≥ 0.93 (a falling jaw may leave it)", share)
	}
}

// TestActionUnitsMoveTheirRegion moves one unit at a time: 90 % of what changes must lie where the FACS manual says
// that it acts.
func TestActionUnitsMoveTheirRegion(t *testing.T) {
	where := map[AU][]Region{
		InnerBrowRaise: {Forehead, Brows}, OuterBrowRaise: {Forehead, Brows}, BrowLower: {Forehead, Brows, Eyes, Nose,
			Cheeks},
		UpperLidRaise: {Eyes, Brows}, CheekRaise: {Cheeks, Eyes, Nose}, LidTighten: {Eyes, Cheeks}, LidDroop: {Eyes,
			Brows},
		NoseWrinkle:   {Nose, Cheeks, Brows, Eyes, Forehead, Mouth},
		UpperLipRaise: {Mouth, Nose, Cheeks, Chin}, LipCornerPull: {Mouth, Cheeks, Chin}, LipCornerDepress: {Mouth,
			Chin, Cheeks},
		ChinRaise: {Mouth, Chin, Cheeks, Elsewhere}, LipPucker: {Mouth, Chin, Cheeks}, LipStretch: {Mouth, Chin,
			Cheeks}, LipTighten: {Mouth, Chin},
		LipsPart: {Mouth, Chin}, JawDrop: {Mouth, Chin, Cheeks, Elsewhere},
	}
	for au := range NumAUs {
		inside, all := 0, 0
		for i := range 30 {
			p := Make(13, i).Params
			p.Emotion, p.Occlusion.Kind = fer.Happy, Nothing
			p.Action = ActionUnits{}
			p.Action[au] = 1
			_, mask := Render(p)
			regions := Regions(p)
			for k, on := range mask {
				if !on {
					continue
				}
				all++
				for _, r := range where[au] {
					if regions[r][k] {
						inside++
					}
				}
			}
		}
		if all < 30*4 {
			t.Errorf("%s changes only %d pixels in 30 faces", au, all)
		}
		if float64(inside) < 0.9*float64(all) {
			t.Errorf("%s: %d of %d changed pixels lie in %v", au, inside, all, where[au])
		}
	}
}

func TestRegionsCoverEachPixelOnce(t *testing.T) {
	for i := range 20 {
		regions := Regions(Make(17, i).Params)
		for k := range fer.Pixels {
			n := 0
			for _, mask := range regions {
				if mask[k] {
					n++
				}
			}
			if n != 1 {
				t.Fatalf("face %d: %d regions hold pixel %d", i, n, k)
			}
		}
		for r, mask := range regions {
			if mask.Count() < 20 {
				t.Errorf("face %d: region %s has %d pixels", i, r, mask.Count())
			}
		}
	}
}

// TestPixelsAloneSayLittle classifies by the nearest class mean: learnable without any sense of place would be too
// easy, at chance (14 %) the expressions would not show.
func TestPixelsAloneSayLittle(t *testing.T) {
	var means [fer.NumEmotions][fer.Pixels]float64
	for _, f := range Faces(19, 3500) {
		for i, g := range standardised(f.Image) {
			means[f.Label][i] += g / 500
		}
	}
	const n = 1400
	right := 0
	for _, f := range Faces(23, n) {
		pixels := standardised(f.Image)
		best, bestDistance := 0, 0.0
		for e := range means {
			distance := 0.0
			for i, g := range pixels {
				d := g - means[e][i]
				distance += d * d
			}
			if e == 0 || distance < bestDistance {
				best, bestDistance = e, distance
			}
		}
		if best == int(f.Label) {
			right++
		}
	}
	accuracy := float64(right) / n
	t.Logf("nearest class mean: %.3f", accuracy)
	if accuracy < 0.17 || accuracy > 0.45 { // 0.17 is 3 standard errors above chance
		t.Errorf("the nearest class mean is right for %.3f of the faces, want 0.17 … 0.45", accuracy)
	}
}

// standardised returns the pixels with mean 0 and standard deviation 1.
func standardised(img *fer.Image) *[fer.Pixels]float64 {
	var out [fer.Pixels]float64
	for i, g := range img {
		out[i] = float64(g)
	}
	mean, deviation := stat.MeanStdDev(out[:], nil)
	for i := range out {
		out[i] = (out[i] - mean) / deviation
	}
	return &out
}

func TestByID(t *testing.T) {
	f := Make(12, 34)
	g, err := ByID("synthetic/12/34")
	if err != nil || *g.Image != *f.Image || g.ID() != f.ID() || f.ID() != ID(12, 34) {
		t.Errorf("ByID does not give face 34 of seed 12: %v", err)
	}
	for _, bad := range []string{"", "synthetic", "synthetic/1", "synthetic/1/", "synthetic/1/2/3", "synthetic/-1/2",
		"synthetic/1/-2", "synthetic/01/2", "synthetic/1/+2", "synthetic/a/2", "Synthetic/1/2", "train/happy/1.jpg",
		"synthetic/1/99999999999", "synthetic/18446744073709551616/0"} {
		if _, err := ByID(bad); err == nil || !strings.Contains(err.Error(), "<seed>/<index>") {
			t.Errorf("ByID(%q): error %v, want one that names the form", bad, err)
		}
	}
}

// Draw one face with two expressions: everything but the muscles stays as it is.
func ExampleRender() {
	p := Make(1, 0).Params
	p.Occlusion.Kind = Nothing
	p.Emotion, p.Action = fer.Surprise, Prototype(fer.Surprise)
	_, mask := Render(p)
	mouth := Regions(p)[Mouth]
	both := 0
	for i := range mask {
		if mask[i] && mouth[i] {
			both++
		}
	}
	fmt.Println("a surprised mouth changes more than half of its region:", 2*both > mouth.Count())
	// Output: a surprised mouth changes more than half of its region: true
}
