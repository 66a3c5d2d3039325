package results

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ferlab/fer"
	"ferlab/fer/evaluate"
	"ferlab/fer/explain"
	"ferlab/fer/figure"
	"ferlab/fer/records"
	"ferlab/fer/run"
	"ferlab/fer/show"
	"ferlab/fer/synth"
)

// carriers are the parts of a face that can carry an expression, as they are called in a sentence.
var carriers = []string{"forehead", "brows", "eyes", "nose", "cheeks", "mouth", "chin"}

// strongest returns the part with the most evidence for its size.
func strongest(p records.Parts) records.Part {
	best := records.Part{}
	for _, part := range p.Part {
		if slices.Contains(carriers, part.Name) && part.Area > 0 &&
			(best.Area == 0 || part.Ratio().Value > best.Ratio().Value) {
			best = part
		}
	}
	return best
}

// times writes a ratio with half of its interval: "7.1 ± 0.6".
func times(i evaluate.Interval) string {
	return fmt.Sprintf("%.1f ± %.1f", i.Value, (i.High-i.Low)/2)
}

// stale is the note of an answer whose record wasn't measured on the run's weights.
const stale = "Measured on an earlier training of this net: run experiments/records again."

// AnswerWhere says in which part of the face the net finds most evidence for its size, emotion by emotion, by the
// record of a run.
func AnswerWhere(w *records.Where, r *run.Run) (show.Answer, error) {
	if len(w.Parts) == 0 || len(w.Methods) == 0 {
		return show.Answer{}, errors.New("the record of where nets look has no parts of faces or no methods")
	}
	var order []string
	of := map[string][]string{}
	var top records.Parts
	faces := 0
	for _, p := range w.Parts {
		faces += p.Faces
		part := strongest(p)
		if of[part.Name] == nil {
			order = append(order, part.Name)
		}
		of[part.Name] = append(of[part.Name], p.Class)
		if top.Class == "" || part.Ratio().Value > strongest(top).Ratio().Value {
			top = p
		}
	}
	slices.SortStableFunc(order, func(a, b string) int { return len(of[b]) - len(of[a]) })
	var clauses []string
	for _, part := range order {
		clauses = append(clauses, fmt.Sprintf("at the %s for %s", part, list(of[part])))
	}
	best := strongest(top)
	ratio := best.Ratio()
	picture, err := MeanMapsRecorded(w, 72)
	note := fmt.Sprintf("By %s, first of %d methods in a ranking on %d drawn faces whose expression is known to lie "+
		"in %.0f %% of the pixels.", explain.Title(w.Methods[0].Name), len(w.Methods), w.Faces, 100*w.Chance)
	answer := show.Answer{
		Sentence: fmt.Sprintf("Mostly %s.", list(clauses)),
		Number:   fmt.Sprintf("%.1f ×", ratio.Value),
		Of: fmt.Sprintf("as much of the evidence for %s lies at the %s as its share of the pixels would give (95 %% "+
			"interval %.1f–%.1f, %d faces; n=%d faces of FER2013's PublicTest that the %s recognises).", top.Class,
			best.Name, ratio.Low, ratio.High, top.Faces, faces, named(w.Net)),
		Notes:   []string{note},
		Picture: picture,
	}
	if !w.Of(r) {
		answer.Notes = append(answer.Notes, stale)
	}
	return answer, err
}

// drawnFace is a person with an emotion's full expression, whose brows, eyes, nose and mouth lie where those of the
// aligned faces of FER2013 do, see [explain.AlignedRegions].
func drawnFace(e fer.Class) synth.Params {
	p := synth.Make(7, 3).Params
	p.Emotion, p.Action = e, synth.Prototype(e)
	p.Pose, p.Camera, p.Occlusion = synth.Pose{Scale: 1, Y: -1}, synth.Camera{Contrast: 1}, synth.Occlusion{}
	p.Identity.HairStyle, p.Identity.Glasses = synth.Bald, 0
	return p
}

// MeanMapsRecorded lays the mean maps of a record over a face drawn with the emotion, side pixels wide each.
func MeanMapsRecorded(w *records.Where, side int) (*figure.Figure, error) {
	var cells []figure.Cell
	for _, p := range w.Parts {
		emotion, ok := fer.Emotions.Find(p.Class)
		if !ok || len(p.Mean) != fer.Pixels {
			return nil, fmt.Errorf("no face of %q can be drawn, or its mean map isn't recorded", p.Class)
		}
		face, _ := synth.Render(drawnFace(emotion))
		values := make([]float64, fer.Pixels)
		for k, v := range p.Mean {
			values[k] = float64(v)
		}
		over, err := figure.Overlay(face, figure.NewMap(values), figure.OverlayOptions{})
		if err != nil {
			return nil, err
		}
		caption := p.Class
		if side > 90 {
			part := strongest(p)
			caption = fmt.Sprintf("%s\n%s %.1f ×", p.Class, part.Name, part.Ratio().Value)
		}
		cells = append(cells, figure.Cell{Image: over, Caption: caption})
	}
	columns := 4
	if side > 90 {
		columns = 7
	}
	return figure.Grid(slices.Collect(slices.Chunk(cells, columns)), figure.GridOptions{Side: side, Smooth: true,
		Options: figure.Options{
			Title: "Where " + named(w.Net) + " looks, emotion by emotion",
			Caption: fmt.Sprintf("Mean of the maps by %s of real faces that the net recognises, up to %d of each "+
				"emotion, over a face drawn with that emotion: yellow to red, more and more evidence.",
				explain.Title(w.Methods[0].Name), mostFaces(w)),
		}})
}

func mostFaces(w *records.Where) int {
	most := 0
	for _, p := range w.Parts {
		most = max(most, p.Faces)
	}
	return most
}

// PartsTable says how many times its share of the pixels each part of the face has of the evidence.
func PartsTable(w *records.Where) figure.Table {
	t := figure.Table{
		Caption: fmt.Sprintf("Evidence by part of the face, as a multiple of the part's share of the pixels, with 95 "+
			"%% intervals over faces; 1 is no preference. By %s, %s on FER2013's PublicTest.",
			explain.Title(w.Methods[0].Name), named(w.Net)),
		Header: append([]string{"emotion", "faces"}, carriers...),
	}
	for _, p := range w.Parts {
		row := []string{p.Class, fmt.Sprint(p.Faces)}
		for _, name := range carriers {
			cell := "–"
			for _, part := range p.Part {
				if part.Name == name && part.Area > 0 {
					cell = times(part.Ratio())
				}
			}
			row = append(row, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// Conclusions says in a sentence for each emotion what its maps show: the parts whose evidence is more than one and a
// half times their share by the whole interval, the most first and three at most, as Markdown.
func Conclusions(w *records.Where) string {
	var b strings.Builder
	for _, p := range w.Parts {
		var above []records.Part
		for _, part := range p.Part {
			if slices.Contains(carriers, part.Name) && part.Area > 0 && part.Ratio().Low > 1.5 {
				above = append(above, part)
			}
		}
		slices.SortStableFunc(above, func(a, b records.Part) int {
			return cmp.Compare(b.Ratio().Value, a.Ratio().Value)
		})
		var named []string
		for _, part := range above[:min(3, len(above))] {
			named = append(named, fmt.Sprintf("the %s (%.1f ×)", part.Name, part.Ratio().Value))
		}
		if len(named) == 0 {
			named = []string{"no part clearly more than others"}
		}
		fmt.Fprintf(&b, "- **%s** (%d faces): %s.\n", capital(p.Class), p.Faces, list(named))
	}
	return b.String()
}

// RankingTable is the ranking of a record, the best method first, with what decides it.
func RankingTable(w *records.Where) figure.Table {
	t := figure.Table{
		Caption: fmt.Sprintf("Methods by how true they are to the %s, on the %d of %d drawn faces that it recognises "+
			"and that are not neutral; the true masks cover %.0f %% of the pixels; 95 %% intervals over faces",
			named(w.Net), w.Faces, w.Drawn, 100*w.Chance),
		Header: []string{"", "method", "checks", "points at the truth, %", "of the evidence in the truth, %",
			"deletion ↓", "insertion ↑"},
	}
	for i, m := range append(slices.Clone(w.Methods), w.Random) {
		place, checks := fmt.Sprint(i+1), "pass"
		if len(m.Failed) > 0 {
			checks = "fails: " + strings.ReplaceAll(strings.Join(m.Failed, ", "), "1 maps vanish", "one map vanishes")
		}
		if i == len(w.Methods) {
			place, checks = "–", "–"
		}
		t.Rows = append(t.Rows, []string{place, explain.Title(m.Name), checks, whole(m.Pointing), whole(m.Mass),
			two(m.Deletion), two(m.Insertion)})
	}
	return t
}

func whole(i evaluate.Interval) string {
	return fmt.Sprintf("%.0f [%.0f–%.0f]", 100*i.Value, 100*max(i.Low, 0), 100*i.High)
}

func two(i evaluate.Interval) string {
	return fmt.Sprintf("%.2f [%.2f–%.2f]", i.Value, max(i.Low, 0), i.High)
}

// ChecksTable holds what the ranking checks but doesn't order by.
func ChecksTable(w *records.Where) figure.Table {
	t := figure.Table{
		Caption: fmt.Sprintf("What the maps have in common with those of shuffled weights; above %.1f a method "+
			"ignores the weights and fails. SSIM decides nothing. Incompleteness is what integrated gradients leave "+
			"unexplained.", explain.MaxSimilarity),
		Header: []string{"method", "likeness after shuffling", "SSIM after shuffling", "incompleteness, %"},
	}
	for _, m := range w.Methods {
		residual := "–"
		if m.Incomplete >= 0 {
			residual = fmt.Sprintf("%.2f", 100*m.Incomplete)
		}
		t.Rows = append(t.Rows, []string{explain.Title(m.Name), fmt.Sprintf("%.2f", m.Likeness),
			fmt.Sprintf("%.2f", m.SSIM), residual})
	}
	return t
}

// RankedMethod returns the method that the record ranks at a place, from 0.
func RankedMethod(w *records.Where, place int) (explain.Method, error) { return w.Ranked(place) }
