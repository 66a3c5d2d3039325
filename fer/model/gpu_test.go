package model_test

import (
	"testing"

	"ferlab/fer/backend/backendtest"
)

// The nets as a GPU gets them pass the tests, run by the CPU's plugin.
func TestGPUForms(t *testing.T) { backendtest.RunAsGPU(t, "^TestBackendsAgree$") }
