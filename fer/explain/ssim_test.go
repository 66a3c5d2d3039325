package explain

import (
	"math"
	"testing"

	"ferlab/fer"
)

// The similarities are those of scikit-image, see testdata/make_ssim.py.
func TestSSIM(t *testing.T) {
	maps := map[string]*Map{"wave": {}, "shifted": {}, "ramp": {}, "blob": {}}
	for k := range fer.Pixels {
		x, y := float64(k%fer.Size), float64(k/fer.Size)
		maps["wave"].Values[k] = math.Sin(0.3*x) + math.Cos(0.2*y)*0.5
		maps["shifted"].Values[k] = math.Sin(0.3*(x+2)) + math.Cos(0.2*y)*0.5
		maps["ramp"].Values[k] = x - 2*y
		maps["blob"].Values[k] = math.Exp(-((x-20)*(x-20) + (y-30)*(y-30)) / 60)
	}
	for other, want := range map[string]float64{"wave": 1, "shifted": 0.340961101, "ramp": 0.028971185,
		"blob": -0.006896496} {
		if got := SSIM(maps["wave"], maps[other]); math.Abs(got-want) > 1e-8 {
			t.Errorf("wave and %s: %.9f, want %.9f", other, got, want)
		}
	}
}
