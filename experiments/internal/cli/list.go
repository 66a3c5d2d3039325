package cli

import (
	"fmt"
	"strconv"
	"strings"

	"ferlab/fer/pretrained"
	"ferlab/fer/run"
)

// List splits the value of a flag at its commas; spaces around the parts don't count. It is an error if a part is
// empty.
func List(flag, value string) ([]string, error) {
	var parts []string
	for part := range strings.SplitSeq(value, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			return nil, fmt.Errorf("%s %q: a part of the list is empty", flag, value)
		}
		parts = append(parts, part)
	}
	return parts, nil
}

// Runs opens the runs that the flag -run names, separated by commas: see [pretrained.Find].
func Runs(value string) ([]*run.Run, error) {
	list, err := List("-run", value)
	if err != nil {
		return nil, err
	}
	return pretrained.FindAll(list...)
}

// Numbers is [List] of whole numbers from 0.
func Numbers(flag, value string) ([]int, error) {
	parts, err := List(flag, value)
	if err != nil {
		return nil, err
	}
	numbers := make([]int, len(parts))
	for i, part := range parts {
		if numbers[i], err = strconv.Atoi(part); err != nil || numbers[i] < 0 {
			return nil, fmt.Errorf("%s %q: %q is no whole number from 0", flag, value, part)
		}
	}
	return numbers, nil
}
