package run_test

import (
	"testing"

	"ferlab/fer/backend/backendtest"
)

// Trainings as on a GPU pass the tests, run by the CPU's plugin.
func TestGPUForms(t *testing.T) { backendtest.RunAsGPU(t, "^Test(Killed|OverflowInLastStep)$") }
