package results

import (
	"testing"

	"ferlab/fer"
	"ferlab/fer/explain"
	"ferlab/fer/synth"
)

// The parts of the drawn face lie in the boxes that real faces are measured by: a map of these doesn't mislead on it.
func TestDrawnFaceIsAligned(t *testing.T) {
	boxes := explain.AlignedRegions()
	parts := synth.Regions(drawnFace(fer.Neutral))
	for _, r := range []synth.Region{synth.Brows, synth.Eyes, synth.Nose, synth.Mouth} {
		inside, all, left, right := 0, 0, fer.Size, 0
		for k, on := range parts[r] {
			if on {
				all++
				if boxes[r][k] {
					inside++
				}
				left, right = min(left, k%fer.Size), max(right, k%fer.Size)
			}
		}
		if all == 0 || 3*inside < 2*all {
			t.Errorf("%d of %d pixels of the %s lie in its box, want two in three", inside, all, r)
		}
		if middle := left + right; middle < fer.Size-4 || middle > fer.Size+4 {
			t.Errorf("the %s reach from %d to %d: not in the middle", r, left, right)
		}
	}
}
