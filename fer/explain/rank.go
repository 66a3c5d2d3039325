package explain

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ferlab/fer"
	"ferlab/fer/figure"
	"ferlab/fer/synth"
)

// Score is what the checks say of a method, as means over the faces.
type Score struct {
	Method string
	// Pointing is the share of faces whose most important pixel lies in the true mask, and Mass the share of importance
	// there.
	Pointing, Mass float64
	// Deletion and Insertion are the areas below the curves; see [Erase].
	Deletion, Insertion float64
	// Similarity is the [Likeness] of the maps before and after the net's weights are shuffled; see [Model.Randomised].
	Similarity float64
	// SSIM is the mean [SSIM] of the same maps. It is only reported: two maps that are smooth, or empty at the same
	// places, have some of it whatever they say.
	SSIM float64
	// Residual is the largest completeness residual of [IntegratedGradients]; negative for other methods, which promise
	// none.
	Residual float64
	// Vanished is the number of maps that were zero or not finite; they count as random ones.
	Vanished int
	// Unfit says that the net has no convolution, and the method needs one: it has no scores.
	Unfit bool
	// Failed lists the checks that the method fails.
	Failed []string
}

// Ranking holds the scores of methods, the best first.
type Ranking struct {
	Scores []Score
	Random Score   // [Random], which the others must beat.
	Chance float64 // Mean share of the pixels that the true masks cover.
	Faces  int     // Number of faces that the scores are means over.
}

// RankOptions configures [Rank]; nil means the defaults.
type RankOptions struct {
	SanityFaces int    // How many of the faces the parameter-randomisation test takes; default 8.
	Seed        uint64 // Seed of the shuffled weights and of random maps.
}

// ErrUnrecognised says that a net recognises too few synthetic faces.
var ErrUnrecognised = errors.New("too few to rank explanations by; train it longer, on synthetic faces")

// MaxSimilarity is what a method's Similarity must not exceed.
const MaxSimilarity = 0.5

// Rank scores methods on synthetic faces, for each face's own class. It leaves out neutral faces, whose mask is a
// definition and no truth, and those that the net doesn't recognise: of what it doesn't see nobody knows the place. It
// returns [ErrUnrecognised] if fewer than two are left.
//
// Methods are ordered by the mean of their places in pointing, mass, deletion and insertion; those that fail a check
// come after these, and those that the net has no convolution for come last.
func Rank(m *Model, faces []synth.Face, methods []Method, o *RankOptions) (*Ranking, error) {
	options := RankOptions{}
	if o != nil {
		options = *o
	}
	if options.SanityFaces == 0 {
		options.SanityFaces = 8
	}
	faces, err := recognised(m, faces)
	if err != nil {
		return nil, err
	}
	shuffled, err := m.Randomised(options.Seed)
	if err != nil {
		return nil, err
	}
	r := &Ranking{Faces: len(faces)}
	images, classes := make([]*fer.Image, len(faces)), make([]fer.Class, len(faces))
	for i, f := range faces {
		images[i], classes[i] = f.Image, f.Label
		r.Chance += float64(f.Mask.Count()) / fer.Pixels / float64(len(faces))
	}
	random, err := Random{options.Seed}.Attribute(m, images, classes)
	if err != nil {
		return nil, err
	}
	for _, method := range append([]Method{Random{options.Seed}}, methods...) {
		s := Score{Method: method.Name(), Residual: -1}
		var maps []*Map
		if ig, ok := method.(IntegratedGradients); ok {
			var residuals []float64
			if maps, residuals, err = ig.AttributeWithResidual(m, images, classes); err == nil {
				s.Residual = slices.Max(residuals)
			}
		} else {
			maps, err = method.Attribute(m, images, classes)
		}
		var vanished *DegenerateError
		if errors.Is(err, ErrNeedsConvolution) {
			s.Unfit, s.Failed = true, []string{"needs a convolution"}
			r.Scores = append(r.Scores, s)
			continue
		}
		if errors.As(err, &vanished) {
			s.Vanished = len(vanished.Images)
			for _, i := range vanished.Images {
				maps[i] = random[i]
			}
		} else if err != nil {
			return nil, err
		}
		erasures, err := Erase(m, images, classes, maps, 0)
		if err != nil {
			return nil, err
		}
		n := float64(len(faces))
		for i, f := range faces {
			if PointsAt(maps[i], f.Mask) {
				s.Pointing += 1 / n
			}
			s.Mass += MassIn(maps[i], f.Mask) / n
			s.Deletion += erasures[i].DeletionArea() / n
			s.Insertion += erasures[i].InsertionArea() / n
		}
		if len(r.Scores) == 0 && r.Random.Method == "" {
			r.Random = s
			continue
		}
		few := min(options.SanityFaces, len(faces))
		after, err := method.Attribute(shuffled, images[:few], classes[:few])
		if err != nil && !errors.As(err, &vanished) {
			return nil, err
		}
		s.Similarity = Likeness(maps[:few], after)
		for i, before := range maps[:few] {
			s.SSIM += SSIM(before, after[i]) / float64(few)
		}
		s.Failed = r.failures(s)
		r.Scores = append(r.Scores, s)
	}
	r.sort()
	return r, nil
}

// recognised returns the faces that are not neutral and that the net recognises.
func recognised(m *Model, faces []synth.Face) ([]synth.Face, error) {
	images := make([]*fer.Image, len(faces))
	for i, f := range faces {
		images[i] = f.Image
	}
	predicted, err := m.Predict(images)
	if err != nil {
		return nil, err
	}
	var kept []synth.Face
	for i, f := range faces {
		if f.Label != fer.Neutral && predicted[i] == f.Label && f.Mask.Count() > 0 {
			kept = append(kept, f)
		}
	}
	if len(kept) < 2 {
		return nil, fmt.Errorf("the net %s recognises %d of %d faces: %w", m.Name, len(kept), len(faces),
			ErrUnrecognised)
	}
	return kept, nil
}

func (r *Ranking) failures(s Score) []string {
	var failed []string
	fail := func(bad bool, format string, args ...any) {
		if bad {
			failed = append(failed, fmt.Sprintf(format, args...))
		}
	}
	fail(s.Pointing <= r.Random.Pointing, "points no better than random")
	fail(s.Mass <= r.Chance, "mass no better than chance")
	fail(s.Deletion >= r.Random.Deletion, "deletion no better than random")
	fail(s.Insertion <= r.Random.Insertion, "insertion no better than random")
	fail(s.Similarity > MaxSimilarity, "ignores the weights")
	fail(s.Residual > Completeness, "incomplete by %.1f %%", 100*s.Residual)
	fail(s.Vanished > 0, "%d maps vanish", s.Vanished)
	return failed
}

func (r *Ranking) sort() {
	better := []func(a, b Score) int{
		func(a, b Score) int { return cmp.Compare(b.Pointing, a.Pointing) },
		func(a, b Score) int { return cmp.Compare(b.Mass, a.Mass) },
		func(a, b Score) int { return cmp.Compare(a.Deletion, b.Deletion) },
		func(a, b Score) int { return cmp.Compare(b.Insertion, a.Insertion) },
	}
	places := map[string]int{}
	for _, s := range r.Scores {
		for _, t := range r.Scores {
			for _, compare := range better {
				places[s.Method] += compare(s, t)
			}
		}
	}
	slices.SortStableFunc(r.Scores, func(a, b Score) int {
		worth := func(s Score) int {
			if s.Unfit {
				return 2
			}
			return min(len(s.Failed), 1)
		}
		if c := cmp.Compare(worth(a), worth(b)); c != 0 {
			return c
		}
		return cmp.Compare(places[a.Method], places[b.Method])
	})
}

// Table returns the ranking as a table without a caption; the last row is random.
func (r *Ranking) Table() figure.Table {
	t := figure.Table{Header: []string{"", "method", "points at the truth, %", "mass in the truth, %",
		"deletion area ↓", "insertion area ↑", "likeness after shuffling ↓", "SSIM after shuffling ↓",
		"incompleteness, %", "checks"}}
	for i, s := range append(slices.Clone(r.Scores), r.Random) {
		place, similarity, ssim, residual, checks := fmt.Sprint(i+1), fmt.Sprintf("%.2f",
			s.Similarity), fmt.Sprintf("%.2f", s.SSIM), "–", "pass"
		if s.Residual >= 0 {
			residual = fmt.Sprintf("%.2f", 100*s.Residual)
		}
		if len(s.Failed) > 0 {
			checks = "FAIL: " + strings.Join(s.Failed, ", ")
		}
		if i == len(r.Scores) {
			place, similarity, ssim, checks = "", "–", "–", "–"
		}
		if s.Unfit {
			t.Rows = append(t.Rows, append([]string{"–", s.Method},
				append(slices.Repeat([]string{"–"}, len(t.Header)-3), s.Failed[0])...))
			continue
		}
		t.Rows = append(t.Rows, []string{place, s.Method, fmt.Sprintf("%.0f", 100*s.Pointing),
			fmt.Sprintf("%.0f", 100*s.Mass),
			fmt.Sprintf("%.3f", s.Deletion), fmt.Sprintf("%.3f", s.Insertion), similarity, ssim, residual, checks})
	}
	return t
}
