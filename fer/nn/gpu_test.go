package nn

import (
	"testing"

	"ferlab/fer/backend/backendtest"
)

// The forms that a GPU gets pass the tests, run by the CPU's plugin.
func TestGPUForms(t *testing.T) { backendtest.RunAsGPU(t, "^Test(MaxPoolTies|MixedPrecision|PaddedConvolution)$") }
