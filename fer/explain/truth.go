package explain

import (
	"slices"

	"ferlab/fer"
)

// PointsAt reports whether the map's most important pixel lies in the mask (the pointing game, Zhang et al. 2016).
func PointsAt(m *Map, mask *fer.Mask) bool {
	importance := m.Importance()
	return mask[slices.Index(importance, slices.Max(importance))]
}

// MassIn returns the share of the map's importance that lies in the mask, 0…1; 0 for a map without any. Chance is the
// mask's share of the pixels.
func MassIn(m *Map, mask *fer.Mask) float64 {
	in, all := 0.0, 0.0
	for k, v := range m.Importance() {
		all += v
		if mask[k] {
			in += v
		}
	}
	if all == 0 {
		return 0
	}
	return in / all
}
