package run

import "testing"

func TestRateFloor(t *testing.T) {
	c := Full()
	c.LearningRate, c.WarmupSteps, c.RateFloor = 0.2, 10, 0.1
	const steps = 1000
	if got := c.LearningRateAt(10, steps); got != 0.2 {
		t.Errorf("the rate after warm-up is %v, want the peak", got)
	}
	if got := c.LearningRateAt(steps, steps); got < 0.02-1e-12 || got > 0.02+1e-12 {
		t.Errorf("the rate ends at %v, want a tenth of the peak", got)
	}
	if got, middle := c.LearningRateAt(505, steps), 0.11; got < middle-1e-12 || got > middle+1e-12 {
		t.Errorf("the rate half-way is %v, want %v, the mean of peak and floor", got, middle)
	}
}
