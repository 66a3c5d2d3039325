package backend

import (
	"os"
	"strings"
)

const (
	// flagsEnv holds XLA's flags. It reads them once, when the first plugin is opened.
	flagsEnv = "XLA_FLAGS"
	// deterministicFlag makes XLA on a GPU use only operations that give the same bits every time, and choose among
	// them by rule. Otherwise it times them, and another process may choose others.
	deterministicFlag = "--xla_gpu_deterministic_ops"
	// packingFlag lets XLA on a CPU multiply matrices through XNNPACK, which arranges a graph's weights once and keeps
	// them by their address. XLA arranges them anew only if the address changes. A training puts new weights where old
	// ones were, so that a graph that evaluates them between steps would go on with those of its first call. The plugin
	// with PJRT API 0.81 does so; TestWeightsThatChange shows it without the flag.
	packingFlag = "--xla_cpu_use_xnnpack"
)

// setFlag gives one of XLA's flags a value for the plugins that are opened from now on, unless the user's flags say
// what it shall be, or name a file with flags.
func setFlag(flag, value string) {
	flags := os.Getenv(flagsEnv)
	if strings.Contains(flags, flag) || flags != "" && !strings.HasPrefix(flags, "-") {
		return
	}
	os.Setenv(flagsEnv, strings.TrimSpace(flags+" "+flag+"="+value))
}
