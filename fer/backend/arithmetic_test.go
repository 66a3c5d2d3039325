package backend_test

import (
	"os"
	"testing"

	"ferlab/fer/backend"
	"ferlab/fer/backend/backendtest"
)

// A GPU is asked for the same bits every time, unless the user's flags decide; what it computes with is said, and
// nothing of a CPU.
func TestArithmetic(t *testing.T) {
	if os.Getenv("FERLAB_TEST_CHILD") != "" {
		b, err := backend.Get()
		if err != nil {
			os.Stderr.WriteString(err.Error())
			os.Exit(1)
		}
		os.Stdout.WriteString(backend.Arithmetic(b) + " | " + os.Getenv("XLA_FLAGS"))
		os.Exit(0)
	}
	gpu := backendtest.GPU(t)
	const (
		free   = "; not deterministic: the same seed may give other bits"
		always = "--xla_cpu_use_xnnpack=false"
		asked  = always + " --xla_gpu_deterministic_ops=true"
	)
	for _, test := range []struct {
		name string
		env  []string
		want string
	}{
		{"default", gpu, "TF32; deterministic | " + asked},
		{"other flags", append(gpu, "XLA_FLAGS=--xla_gpu_autotune_level=2"),
			"TF32; deterministic | --xla_gpu_autotune_level=2 " + asked},
		{"free", append(gpu, "XLA_FLAGS=--xla_gpu_deterministic_ops=false"),
			"TF32" + free + " | --xla_gpu_deterministic_ops=false " + always},
		{"last counts", append(gpu, "XLA_FLAGS=--xla_gpu_deterministic_ops=false --xla_gpu_deterministic_ops"),
			"TF32; deterministic | --xla_gpu_deterministic_ops=false --xla_gpu_deterministic_ops " + always},
		{"products in float32", append(gpu, "GOMLX_BACKEND=xla:cuda,tf32=false"),
			"TF32 in convolutions, float32 in products; deterministic | " + asked},
		{"all in float32", append(gpu, "NVIDIA_TF32_OVERRIDE=0"), "float32; deterministic | " + asked},
		{"CPU", []string{"GOMLX_BACKEND=xla:cpu"}, " | " + always},
		{"pure Go", []string{"GOMLX_BACKEND=go"}, " | "},
	} {
		if out, _ := child(t, append([]string{"XLA_FLAGS="}, test.env...)...); out != test.want {
			t.Errorf("%s: %q, want %q", test.name, out, test.want)
		}
	}
}
