package synth

import (
	"math/rand/v2"

	"ferlab/fer"
)

// AU is an action unit of the Facial Action Coding System.
type AU int

// The action units that the renderer knows, with their FACS numbers.
const (
	InnerBrowRaise   AU = iota // AU1
	OuterBrowRaise             // AU2
	BrowLower                  // AU4
	UpperLidRaise              // AU5
	CheekRaise                 // AU6
	LidTighten                 // AU7
	NoseWrinkle                // AU9
	UpperLipRaise              // AU10
	LipCornerPull              // AU12
	LipCornerDepress           // AU15
	ChinRaise                  // AU17
	LipPucker                  // AU18
	LipStretch                 // AU20
	LipTighten                 // AU23 and AU24
	LipsPart                   // AU25
	JawDrop                    // AU26 and AU27
	LidDroop                   // AU43
	NumAUs
)

var auNames = [NumAUs]string{"AU1 inner brow raise", "AU2 outer brow raise", "AU4 brow lower", "AU5 upper lid raise",
	"AU6 cheek raise", "AU7 lid tighten", "AU9 nose wrinkle", "AU10 upper lip raise", "AU12 lip corner pull",
	"AU15 lip corner depress", "AU17 chin raise", "AU18 lip pucker", "AU20 lip stretch", "AU23 lip tighten",
	"AU25 lips part", "AU26 jaw drop", "AU43 lid droop"}

// String returns the number and name, such as "AU12 lip corner pull".
func (a AU) String() string { return auNames[a] }

// ActionUnits holds the intensity of each action unit, 0 at rest … 1 extreme (FACS level E).
type ActionUnits [NumAUs]float32

type auLevels map[AU]float32

// prototypes are the ways in which an emotion shows at full intensity, after the prototypes of EMFACS (Ekman, Friesen &
// Hager, FACS Investigator's Guide, 2002, table 10-1). The common ones stand twice.
var prototypes = [fer.NumEmotions][]auLevels{
	fer.Angry: {
		{BrowLower: 1, LidTighten: 0.7, UpperLidRaise: 0.3, LipTighten: 1, ChinRaise: 0.3},
		{BrowLower: 1, LidTighten: 0.6, LipTighten: 0.8, LipCornerDepress: 0.35, ChinRaise: 0.5},
		// clenched or bared teeth
		{BrowLower: 1, UpperLidRaise: 0.4, LidTighten: 0.5, UpperLipRaise: 0.45, LipsPart: 0.8, JawDrop: 0.3,
			LipStretch: 0.4},
		// shouting
		{BrowLower: 1, LidTighten: 0.5, UpperLipRaise: 0.5, LipsPart: 1, JawDrop: 0.75, LipStretch: 0.2},
	},
	fer.Disgust: {
		{NoseWrinkle: 1, UpperLipRaise: 1, BrowLower: 0.4, LidTighten: 0.6, CheekRaise: 0.4, LipsPart: 0.3},
		{NoseWrinkle: 1, UpperLipRaise: 0.8, BrowLower: 0.5, LidTighten: 0.7, LipCornerDepress: 0.6, ChinRaise: 0.6},
		{NoseWrinkle: 0.8, UpperLipRaise: 1, BrowLower: 0.3, LidTighten: 0.5, LipsPart: 0.8, JawDrop: 0.3,
			LipCornerDepress: 0.4},
	},
	fer.Fear: {
		{InnerBrowRaise: 1, OuterBrowRaise: 0.45, BrowLower: 0.6, UpperLidRaise: 1, LipStretch: 0.9, LipsPart: 1,
			JawDrop: 0.3},
		{InnerBrowRaise: 1, OuterBrowRaise: 0.5, BrowLower: 0.6, UpperLidRaise: 0.9, LipStretch: 0.8, LipsPart: 0.9,
			JawDrop: 0.55},
		{InnerBrowRaise: 0.9, OuterBrowRaise: 0.3, BrowLower: 0.5, UpperLidRaise: 0.9, LipStretch: 1, LipsPart: 0.4,
			LipCornerDepress: 0.3},
	},
	fer.Happy: {
		{CheekRaise: 0.9, LipCornerPull: 1, LipsPart: 1, JawDrop: 0.15},
		{CheekRaise: 0.9, LipCornerPull: 1, LipsPart: 0.9, JawDrop: 0.4, LidTighten: 0.2},
		{CheekRaise: 0.7, LipCornerPull: 1},
		{CheekRaise: 0.4, LipCornerPull: 0.9, LipsPart: 0.6, InnerBrowRaise: 0.2, OuterBrowRaise: 0.25},
	},
	fer.Sad: {
		{InnerBrowRaise: 1, BrowLower: 0.45, LipCornerDepress: 1, ChinRaise: 0.4, LidDroop: 0.3},
		{InnerBrowRaise: 0.9, BrowLower: 0.5, LipCornerDepress: 0.8, ChinRaise: 0.7, LidTighten: 0.2},
		{InnerBrowRaise: 0.9, BrowLower: 0.3, LipCornerDepress: 0.7, LidDroop: 0.55},
		// crying
		{InnerBrowRaise: 1, BrowLower: 0.6, CheekRaise: 0.5, LipCornerDepress: 0.9, LipStretch: 0.4, LipsPart: 0.6,
			LidTighten: 0.4},
	},
	fer.Surprise: {
		{InnerBrowRaise: 1, OuterBrowRaise: 1, UpperLidRaise: 0.8, LipsPart: 1, JawDrop: 0.9, LipPucker: 0.5},
		{InnerBrowRaise: 1, OuterBrowRaise: 1, UpperLidRaise: 0.7, LipsPart: 1, JawDrop: 0.65, LipPucker: 0.6},
		{InnerBrowRaise: 0.9, OuterBrowRaise: 1, UpperLidRaise: 0.9, LipsPart: 0.8, JawDrop: 0.4, LipPucker: 0.3},
	},
	fer.Neutral: {{}},
}

// leaning is the class that each class is most often taken for.
var leaning = [fer.NumEmotions]fer.Class{fer.Angry: fer.Disgust, fer.Disgust: fer.Angry, fer.Fear: fer.Surprise,
	fer.Happy: fer.Neutral,
	fer.Sad:   fer.Neutral, fer.Surprise: fer.Fear, fer.Neutral: fer.Sad}

// Prototype returns the action units of an emotion at full intensity, in the first of its usual forms. It panics if e
// is not one of the seven.
func Prototype(e fer.Class) ActionUnits { return prototypes[e][0].units(1) }

func (l auLevels) units(intensity float32) (a ActionUnits) {
	for au, level := range l {
		a[au] = level * intensity
	}
	return a
}

// sampleAction draws the action units of one face: a form of the emotion at an intensity of 0.45 … 1, leaning by up to
// 0.35 of a neighbouring class, each unit jittered, with stray activity in all.
func sampleAction(rng *rand.Rand, e fer.Class) ActionUnits {
	form := func(e fer.Class) auLevels { return prototypes[e][rng.IntN(len(prototypes[e]))] }
	intensity := uniform(rng, 0.45, 1)
	lean := max(0, uniform(rng, -0.5, 0.35))
	own := form(e).units(intensity * (1 - 0.6*lean))
	other := form(leaning[e]).units(intensity * lean)
	for au := range own {
		level := (own[au] + other[au]) * uniform(rng, 0.75, 1.2)
		if rng.Float32() < 0.2 {
			level += uniform(rng, 0, 0.18)
		}
		own[au] = min(level, 1)
	}
	return own
}

// uniform returns a number in [low, high).
func uniform(rng *rand.Rand, low, high float32) float32 { return low + (high-low)*rng.Float32() }

// normal returns a normally distributed number, cut at two standard deviations.
func normal(rng *rand.Rand, mean, deviation float32) float32 {
	z := float32(rng.NormFloat64())
	return mean + deviation*max(-2, min(2, z))
}

func chance(rng *rand.Rand, p float32) bool { return rng.Float32() < p }
