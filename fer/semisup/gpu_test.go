package semisup

import (
	"testing"

	"ferlab/fer/backend/backendtest"
)

// The few-label algorithms as on a GPU pass the tests, run by the CPU's plugin.
func TestGPUForms(t *testing.T) { backendtest.RunAsGPU(t, "^TestResume") }
