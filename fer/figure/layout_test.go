package figure

import (
	"math"
	"testing"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"
)

// TestNoTextOverlaps lays out every figure of the gallery and asserts that no two texts overlap, and that each is
// inside.
func TestNoTextOverlaps(t *testing.T) {
	for name, f := range gallery(t) {
		t.Run(name, func(t *testing.T) {
			words := wordsOf(f)
			if len(words) == 0 {
				t.Fatal("no text found")
			}
			l := f.layout(true)
			for i, a := range words {
				for _, corner := range a.corners {
					if corner.X < 0 || corner.Y < 0 || corner.X > vg.Length(l.width)*px ||
						corner.Y > vg.Length(l.height)*px {
						t.Errorf("%q reaches beyond the figure of %d×%d px: %v", a.text, l.width, l.height, a.corners)
						break
					}
				}
				for _, b := range words[:i] {
					if overlap(a, b) {
						t.Errorf("%q overlaps %q: %v, %v", a.text, b.text, a.corners, b.corners)
					}
				}
			}
		})
	}
}

// word is a drawn string with the corners of the box around its digits and capitals, in points from the bottom left.
type word struct {
	text    string
	corners [4]vg.Point
}

// wordsOf records how the figure is drawn.
func wordsOf(f *Figure) []word {
	l := f.layout(true)
	var r recorder.Canvas
	f.render(draw.NewCanvas(&r, vg.Length(l.width)*px, vg.Length(l.height)*px), l)

	type affine struct{ a, b, c, d, x, y float64 } // x' = a·x + b·y + x₀, y' = c·x + d·y + y₀
	m := affine{a: 1, d: 1}
	var stack []affine
	var words []word
	for _, action := range r.Actions {
		switch act := action.(type) {
		case *recorder.Push:
			stack = append(stack, m)
		case *recorder.Pop:
			m, stack = stack[len(stack)-1], stack[:len(stack)-1]
		case *recorder.Rotate:
			s, c := math.Sincos(act.Angle)
			m = affine{m.a*c + m.b*s, m.b*c - m.a*s, m.c*c + m.d*s, m.d*c - m.c*s, m.x, m.y}
		case *recorder.Translate:
			x, y := float64(act.Point.X), float64(act.Point.Y)
			m.x, m.y = m.x+m.a*x+m.b*y, m.y+m.c*x+m.d*y
		case *recorder.FillString:
			style := text.Style{Font: act.Font, Handler: cellStyle.Handler}
			style.Font.Size = act.Size
			width, height := float64(style.Width(act.String)), 0.7*float64(act.Size)
			w := word{text: act.String}
			for k, corner := range [4][2]float64{{0, 0}, {width, 0}, {width, height}, {0, height}} {
				x, y := float64(act.Point.X)+corner[0], float64(act.Point.Y)+corner[1]
				w.corners[k] = vg.Point{X: vg.Length(m.a*x + m.b*y + m.x), Y: vg.Length(m.c*x + m.d*y + m.y)}
			}
			words = append(words, w)
		}
	}
	return words
}

// overlap reports whether two boxes overlap: no side of either separates them.
func overlap(a, b word) bool {
	for _, box := range []word{a, b} {
		for k := range 4 {
			p, q := box.corners[k], box.corners[(k+1)%4]
			normal := vg.Point{X: q.Y - p.Y, Y: p.X - q.X}
			span := func(w word) (low, high vg.Length) {
				low, high = vg.Length(math.Inf(1)), vg.Length(math.Inf(-1))
				for _, c := range w.corners {
					v := c.X*normal.X + c.Y*normal.Y
					low, high = min(low, v), max(high, v)
				}
				return low, high
			}
			lowA, highA := span(a)
			lowB, highB := span(b)
			if highA <= lowB || highB <= lowA {
				return false
			}
		}
	}
	return true
}
