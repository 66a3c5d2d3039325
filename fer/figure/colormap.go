package figure

import (
	"image/color"
	"math"
)

// gradient interpolates linearly between colours at equal distances.
type gradient []color.RGBA

// viridisStops are ten samples of matplotlib's viridis (van der Walt and Smith 2015, CC0): lightness rises evenly.
var viridisStops = gradient{
	{0x44, 0x01, 0x54, 0xFF}, {0x48, 0x28, 0x78, 0xFF}, {0x3E, 0x4A, 0x89, 0xFF}, {0x31, 0x68, 0x8E, 0xFF}, {0x26, 0x82,
		0x8E, 0xFF},
	{0x1F, 0x9E, 0x89, 0xFF}, {0x35, 0xB7, 0x79, 0xFF}, {0x6D, 0xCD, 0x59, 0xFF}, {0xB4, 0xDE, 0x2C, 0xFF}, {0xFD, 0xE7,
		0x25, 0xFF},
}

// bluesStops are ColorBrewer's Blues, from white.
var bluesStops = gradient{
	{0xF7, 0xFB, 0xFF, 0xFF}, {0xDE, 0xEB, 0xF7, 0xFF}, {0xC6, 0xDB, 0xEF, 0xFF}, {0x9E, 0xCA, 0xE1, 0xFF}, {0x6B, 0xAE,
		0xD6, 0xFF},
	{0x42, 0x92, 0xC6, 0xFF}, {0x21, 0x71, 0xB5, 0xFF}, {0x08, 0x51, 0x9C, 0xFF}, {0x08, 0x30, 0x6B, 0xFF},
}

// divergingStops are ColorBrewer's RdBu, from blue over white to red.
var divergingStops = gradient{
	{0x21, 0x66, 0xAC, 0xFF}, {0x43, 0x93, 0xC3, 0xFF}, {0x92, 0xC5, 0xDE, 0xFF}, {0xD1, 0xE5, 0xF0, 0xFF}, {0xF7, 0xF7,
		0xF7, 0xFF},
	{0xFD, 0xDB, 0xC7, 0xFF}, {0xF4, 0xA5, 0x82, 0xFF}, {0xD6, 0x60, 0x4D, 0xFF}, {0xB2, 0x18, 0x2B, 0xFF},
}

// at returns the colour at t, 0…1; values beyond are those of the ends.
func (g gradient) at(t float64) color.RGBA {
	place := min(max(t, 0), 1) * float64(len(g)-1)
	i := min(int(place), len(g)-2)
	f := place - float64(i)
	mix := func(a, b uint8) uint8 { return uint8(math.Round(float64(a) + f*(float64(b)-float64(a)))) }
	return color.RGBA{mix(g[i].R, g[i+1].R), mix(g[i].G, g[i+1].G), mix(g[i].B, g[i+1].B), 0xFF}
}

// viridis returns the colour of a value from 0 to 1.
func viridis(v float64) color.RGBA { return viridisStops.at(v) }

// blues returns the colour of a share from 0 (white) to 1 (dark blue).
func blues(v float64) color.RGBA { return bluesStops.at(v) }

// diverging returns the colour of a value from −1 (blue) over 0 (white) to 1 (red).
func diverging(v float64) color.RGBA { return divergingStops.at((v + 1) / 2) }

// luminance returns the brightness of c as seen, 0…1 (the luma of Rec. 709, without undoing the gamma).
func luminance(c color.RGBA) float64 {
	return (0.2126*float64(c.R) + 0.7152*float64(c.G) + 0.0722*float64(c.B)) / 255
}
