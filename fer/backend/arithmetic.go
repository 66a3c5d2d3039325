package backend

import (
	"os"
	"regexp"
	"strings"

	"github.com/gomlx/compute"
)

const (
	flagsEnv = "XLA_FLAGS"
	// deterministicFlag makes XLA on a GPU use only operations that give the same bits every time, and choose among
	// them by rule. Otherwise it times them, and another process may choose others.
	deterministicFlag = "--xla_gpu_deterministic_ops"
)

// beDeterministic asks the plugins that are opened from now on for the same bits every time, unless the user's flags
// say what they shall do, or name a file with flags.
func beDeterministic() {
	flags := os.Getenv(flagsEnv)
	if strings.Contains(flags, deterministicFlag) || flags != "" && !strings.HasPrefix(flags, "-") {
		return
	}
	os.Setenv(flagsEnv, strings.TrimSpace(flags+" "+deterministicFlag+"=true"))
}

var deterministicValue = regexp.MustCompile(deterministicFlag + `(?:=(\S*))?(?:\s|$)`)

// deterministic reports whether the flags ask for the same bits every time; of several such flags the last counts.
func deterministic() bool {
	all := deterministicValue.FindAllStringSubmatch(os.Getenv(flagsEnv), -1)
	if len(all) == 0 {
		return false
	}
	switch all[len(all)-1][1] {
	case "", "true", "1":
		return true
	}
	return false
}

// Arithmetic says, for a run's record, how a GPU computes with float32, and whether the same seed gives the same bits
// again on the same card; "" for another backend. TF32 has float32's range and 10 bits of significand. GoMLX's option
// tf32 decides for matrix products, NVIDIA_TF32_OVERRIDE=0 forbids it everywhere.
func Arithmetic(b compute.Backend) string {
	if !IsXLAGPU(b) {
		return ""
	}
	kind := "TF32"
	switch {
	case os.Getenv("NVIDIA_TF32_OVERRIDE") == "0":
		kind = "float32"
	case !productsInTF32(b):
		kind = "TF32 in convolutions, float32 in products"
	}
	if !deterministic() {
		return kind + "; not deterministic: the same seed may give other bits"
	}
	return kind + "; deterministic"
}
