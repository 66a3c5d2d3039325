package backend

import (
	"os"
	"regexp"

	"github.com/gomlx/compute"
)

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
