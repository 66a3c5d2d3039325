package synth

import (
	"math"
	"math/rand/v2"

	"ferlab/fer"
)

// Sample draws the Params of a random face that shows an emotion: a new person, pose, light, camera and scene. The
// result depends on the state of rng only. It panics if e is not one of the seven.
func Sample(rng *rand.Rand, e fer.Class) Params {
	id := sampleIdentity(rng)
	return Params{
		Emotion:   e,
		Action:    sampleAction(rng, e),
		Identity:  id,
		Pose:      samplePose(rng),
		Light:     sampleLight(rng),
		Camera:    sampleCamera(rng),
		Occlusion: sampleOcclusion(rng, id),
		Scene:     sampleScene(rng),
		Texture:   rng.Uint64(),
	}
}

func sampleIdentity(rng *rand.Rand) Identity {
	p := Identity{
		HalfWidth: normal(rng, 18.3, 0.9), Crown: normal(rng, 24, 0.8), Chin: normal(rng, 22.3, 0.8),
		Jaw: uniform(rng, 0, 0.8), Skin: uniform(rng, 0.38, 0.82), Age: max(0, uniform(rng, -0.6, 1)),
		EyeGap: normal(rng, 8.8, 0.35), EyeHeight: normal(rng, -4.3, 0.45), EyeSize: normal(rng, 4.3,
			0.25), EyeOpen: normal(rng, 1.65, 0.2),
		EyeTilt: uniform(rng, -0.4, 0.6), Iris: uniform(rng, 0.06, 0.4),
		BrowHeight: normal(rng, -9.6, 0.4), BrowArch: uniform(rng, 0.3, 1.5), BrowSlope: uniform(rng, -0.5,
			0.9), BrowThick: uniform(rng, 0.9, 1.9),
		NoseLength: normal(rng, 5.6, 0.6), NoseWidth: normal(rng, 3.2, 0.35), NoseHeight: uniform(rng, 2.6, 4.4),
		MouthHeight: normal(rng, 12.7, 0.5), MouthWidth: normal(rng, 6.9, 0.45), UpperLip: uniform(rng, 1,
			1.9), LowerLip: uniform(rng, 1.4, 2.4),
		Lip: uniform(rng, 0.62, 0.85), Asymmetry: normal(rng, 0, 0.1),
		HairStyle: HairStyle(rng.IntN(int(numHairStyles))), Hair: uniform(rng, 0.05, 0.4), Hairline: normal(rng,
			-16.5, 1),
		GlassesSize: uniform(rng, 5.2, 6.4),
	}
	if p.HairStyle >= Beanie && chance(rng, 0.5) { // half as common
		p.HairStyle = Short
	}
	if p.Age > 0.6 && chance(rng, 0.6) {
		p.Hair = uniform(rng, 0.5, 0.85) // grey
	}
	p.Brow = min(p.Hair*0.8, p.Skin*0.6)
	if p.HairStyle >= Beanie {
		p.Hair = uniform(rng, 0.1, 0.8)
	}
	switch x := rng.Float32(); {
	case x < 0.12:
		p.Beard, p.Moustache = uniform(rng, 0.5, 0.85), uniform(rng, 0.5, 0.85)
	case x < 0.22: // stubble
		p.Beard, p.Moustache = uniform(rng, 0.15, 0.35), uniform(rng, 0.15, 0.35)
	case x < 0.27:
		p.Moustache = uniform(rng, 0.5, 0.9)
	case x < 0.45: // lipstick
		p.Lip = uniform(rng, 0.35, 0.6)
	}
	if p.HairStyle == Headscarf {
		p.Beard, p.Moustache = 0, 0
	}
	if chance(rng, 0.18) {
		p.Glasses = uniform(rng, 0.5, 1)
	}
	return p
}

func samplePose(rng *rand.Rand) Pose {
	return Pose{
		X: uniform(rng, -4, 4), Y: uniform(rng, -3.5, 3.5), Scale: uniform(rng, 0.82, 1.06), Roll: normal(rng, 0, 0.12),
		Yaw: uniform(rng, -0.8, 0.8), Pitch: uniform(rng, -0.6, 0.6), Gaze: normal(rng, 0, 0.35),
	}
}

func sampleLight(rng *rand.Rand) Light {
	x, y, z := uniform(rng, -0.9, 0.9), uniform(rng, -0.8, 0.1), uniform(rng, 0.55, 1)
	n := 1 / float32(math.Sqrt(float64(x*x+y*y+z*z)))
	return Light{X: x * n, Y: y * n, Z: z * n, Ambient: uniform(rng, 0.25, 0.6), Specular: uniform(rng, 0, 0.5),
		Shadow: uniform(rng, -0.35, 0.35)}
}

func sampleCamera(rng *rand.Rand) Camera {
	return Camera{Blur: uniform(rng, 0, 0.75), Noise: uniform(rng, 0, 9), Contrast: uniform(rng, 0.7, 1.15),
		Brightness: uniform(rng, -0.06, 0.1)}
}

func sampleOcclusion(rng *rand.Rand, id Identity) Occlusion {
	o := Occlusion{Size: uniform(rng, 0.85, 1.15), Grey: uniform(rng, 0.1, 0.9)}
	if !chance(rng, 0.22) {
		return o
	}
	side := float32(1)
	if chance(rng, 0.5) {
		side = -1
	}
	o.Kind = 1 + Occluder(rng.IntN(int(numOccluders)-1))
	switch o.Kind {
	case Hand: // at the chin or a cheek, fingers up
		o.U, o.V, o.Angle, o.Grey = side*uniform(rng, 9, 15), uniform(rng, 9, 15), -side*uniform(rng, 0,
			0.7), id.Skin*uniform(rng, 0.85, 1.1)
	case Scarf: // from the lower lip down
		o.V, o.Angle = uniform(rng, 15.5, 18), uniform(rng, -0.12, 0.12)
	case Lock:
		o.U, o.V, o.Angle, o.Grey = side*uniform(rng, 10, 14), -18, side*uniform(rng, 0, 0.25), id.Hair
	case Watermark:
		o.U, o.V, o.Angle, o.Grey = uniform(rng, -8, 8), uniform(rng, -18, 20), uniform(rng, -0.6, 0.6), uniform(rng,
			0.7, 1)
	}
	return o
}

func sampleScene(rng *rand.Rand) Scene {
	s := Scene{Grey: uniform(rng, 0.1, 0.85), Slope: uniform(rng, 0, 0.4), Turn: uniform(rng, 0, 2*math.Pi),
		Clothes: uniform(rng, 0.08, 0.85)}
	for i := range s.Blobs {
		s.Blobs[i] = Blob{X: uniform(rng, 0, fer.Size), Y: uniform(rng, 0, fer.Size), RX: uniform(rng, 3, 16),
			RY: uniform(rng, 3, 20), Grey: uniform(rng, 0, 1)}
	}
	return s
}
