package explain

import (
	"fmt"

	"ferlab/fer"
	"ferlab/fer/synth"
)

// Regions are the parts of a face, each pixel in one of them; [synth.Regions] gives those of a synthetic face.
type Regions map[synth.Region]*fer.Mask

// AlignedRegions are fixed boxes for the aligned faces of FER2013, whose eyes and mouths lie in about the same places:
// the eyes' centres about 18 pixels from the top, the mouth's about 36.
func AlignedRegions() Regions {
	boxes := []struct {
		region                   synth.Region
		left, top, right, bottom int // Half open.
	}{
		{synth.Forehead, 8, 2, 40, 10}, {synth.Brows, 7, 10, 41, 15}, {synth.Eyes, 7, 15, 41, 22}, {synth.Nose, 18, 22,
			30, 31},
		{synth.Cheeks, 6, 22, 18, 40}, {synth.Cheeks, 30, 22, 42, 40}, {synth.Mouth, 14, 31, 34, 40}, {synth.Chin, 12,
			40, 36, 47},
	}
	regions := Regions{}
	for r := synth.Elsewhere; r <= synth.Chin; r++ {
		regions[r] = new(fer.Mask)
	}
	for k := range fer.Pixels {
		at := synth.Elsewhere
		for _, b := range boxes {
			if x, y := k%fer.Size, k/fer.Size; x >= b.left && x < b.right && y >= b.top && y < b.bottom {
				at = b.region // The mouth comes after the cheeks.
			}
		}
		regions[at][k] = true
	}
	return regions
}

// Shares says how a class's attribution spreads over the regions of the face.
type Shares struct {
	Class  string // Its name.
	Images int
	Mean   *Map                     // Mean importance, each map scaled to a sum of 1.
	Share  map[synth.Region]float64 // Shares of the importance, summing up to 1.
	Area   map[synth.Region]float64 // Shares of the pixels: what a map without preference would give.
}

// ShareByRegion averages the maps of each class, with the share of their importance in each region. regions[i] are
// those of image i. Maps without importance are left out, and so are classes without a map.
func ShareByRegion(of fer.Classes, maps []*Map, classes []fer.Class, regions []Regions) ([]Shares, error) {
	if len(maps) != len(classes) || len(maps) != len(regions) {
		return nil, fmt.Errorf("%d maps, %d classes, %d regions: want one of each per image", len(maps), len(classes),
			len(regions))
	}
	var all []Shares
	for _, class := range of.All() {
		s := Shares{Class: of.Name(class), Mean: new(Map), Share: map[synth.Region]float64{},
			Area: map[synth.Region]float64{}}
		for i, m := range maps {
			importance, sum := m.Importance(), 0.0
			for _, v := range importance {
				sum += v
			}
			if classes[i] != class || sum == 0 {
				continue
			}
			s.Images++
			for k, v := range importance {
				s.Mean.Values[k] += v / sum
			}
			for region, mask := range regions[i] {
				for k, v := range importance {
					if mask[k] {
						s.Share[region] += v / sum
						s.Area[region] += 1. / fer.Pixels
					}
				}
			}
		}
		if s.Images == 0 {
			continue
		}
		for k := range s.Mean.Values {
			s.Mean.Values[k] /= float64(s.Images)
		}
		for region := range s.Share {
			s.Share[region] /= float64(s.Images)
			s.Area[region] /= float64(s.Images)
		}
		all = append(all, s)
	}
	return all, nil
}
