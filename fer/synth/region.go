package synth

import "ferlab/fer"

// Region is a part of the face.
type Region int

// The regions. They do not overlap; Elsewhere is whatever belongs to none, such as hair and background.
const (
	Elsewhere Region = iota
	Forehead
	Brows
	Eyes
	Nose
	Cheeks
	Mouth
	Chin
)

var regionNames = [...]string{"elsewhere", "forehead", "brows", "eyes", "nose", "cheeks", "mouth", "chin"}

// String returns the region's name.
func (r Region) String() string { return regionNames[r] }

// Regions returns the regions of a face as masks that cover each pixel exactly once. They follow pose and identity but
// not the action units: they lie where the features are at rest. They say what is there even where something hides it.
func Regions(p Params) map[Region]*fer.Mask {
	c := canvases.Get().(*canvas)
	defer canvases.Put(c)
	c.place(p.Pose, p.Texture)
	regions := make(map[Region]*fer.Mask, len(regionNames))
	for r := range regionNames {
		regions[Region(r)] = new(fer.Mask)
	}
	rest := newMotion(&p.Identity, ActionUnits{})
	for i := range fer.Pixels {
		r := Elsewhere
		if inside, _, _ := outline(&p.Identity, rest, c.hu[i], c.hv[i]); inside < 1 {
			r = regionAt(&p.Identity, c.fu[i], c.fv[i])
		}
		regions[r][i] = true
	}
	return regions
}

// regionAt returns the region of a point on the head in feature coordinates.
func regionAt(id *Identity, u, v float32) Region {
	u = abs(u)
	switch {
	case ellipse(u-id.EyeGap, v-id.EyeHeight, id.EyeSize+1.2, 3.4) < 0:
		return Eyes
	case u > 1.5 && u < id.EyeGap+6.5 && v > id.BrowHeight-3 && v < id.BrowHeight+2.2:
		return Brows
	case ellipse(u, v-id.MouthHeight-0.3, id.MouthWidth+2, 4.3) < 0:
		return Mouth
	case v < id.BrowHeight+2.2 && (v < id.BrowHeight-3 || u <= 1.5):
		return Forehead
	case v < id.NoseLength+2.5 && u < 2+(id.NoseWidth-0.2)*ramp(id.EyeHeight, id.NoseLength, v):
		return Nose
	case v > id.MouthHeight+2 && u < id.MouthWidth+2:
		return Chin
	}
	return Cheeks
}
