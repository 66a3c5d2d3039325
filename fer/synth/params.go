package synth

import "ferlab/fer"

// Params says everything about one face. Lengths are in face units: pixels of a face at Scale 1, whose centre, between
// the eyes and the nose's tip, is (0, 0), u to the right and v down. Greys and albedos are 0 black … 1 white. Left and
// right are the viewer's. [Sample] draws plausible values; any field may then be changed to see what it does.
type Params struct {
	Emotion   fer.Class   // what the face is meant to show; [Render] only asks whether it is Neutral, for the mask
	Action    ActionUnits // what the muscles do; all zero is the face at rest
	Identity  Identity
	Pose      Pose
	Light     Light
	Camera    Camera
	Occlusion Occlusion
	Scene     Scene
	Texture   uint64 // seed of the sensor noise and of hair's strands
}

// Identity is who the face is.
type Identity struct {
	HalfWidth, Crown, Chin float32 // head's extent from the centre: sideways, up, down (18.5, 24, 22)
	Jaw                    float32 // 0 oval … 1 square jaw
	Skin                   float32 // albedo of the skin, 0.3 … 0.85
	Age                    float32 // 0 smooth … 1 deep lines

	EyeGap, EyeHeight float32 // half the distance of the eyes' centres, their v (9, −4.5)
	EyeSize, EyeOpen  float32 // half width of an eye, half height of its opening at rest (4.3, 1.7)
	EyeTilt           float32 // how much higher the outer corners are than the centres, −0.5 … 0.8
	Iris              float32 // albedo 0.1 … 0.5

	// v of the brows, height of their arch, rise of the outer end, thickness
	BrowHeight, BrowArch, BrowSlope, BrowThick float32
	Brow                                       float32 // albedo

	NoseLength, NoseWidth, NoseHeight float32 // v of its tip (6), half width at the nostrils (3), relief (4)

	MouthHeight, MouthWidth   float32 // v of the mouth (12.8), its half width (7)
	UpperLip, LowerLip        float32 // thickness
	Lip                       float32 // albedo as a fraction of the skin's, 0.45 (lipstick) … 0.9
	Asymmetry                 float32 // −0.3 … 0.3: how much stronger the right half of the face acts
	HairStyle                 HairStyle
	Hair, Hairline            float32 // albedo, v of the hairline at the centre
	Beard, Moustache, Glasses float32 // opacity 0 none … 1
	GlassesSize               float32 // half width of a lens
}

// HairStyle is a shape of hair or head cover.
type HairStyle int

// The hair styles and head covers.
const (
	Bald HairStyle = iota
	Short
	Fringe
	SidePart
	Long
	Curly
	Beanie
	Headscarf
	numHairStyles
)

// Pose is where and how the head is seen.
type Pose struct {
	X, Y       float32 // shift in pixels
	Scale      float32 // pixels per face unit
	Roll       float32 // in-plane rotation, radians, clockwise
	Yaw, Pitch float32 // turn sideways and up/down, −1 … 1 for about ±30°: features move over the head
	Gaze       float32 // where the eyes look, −1 left … 1 right
}

// Light is one distant lamp and an ambient term.
type Light struct {
	X, Y, Z  float32 // unit vector towards the lamp; Z towards the viewer
	Ambient  float32 // 0 … 1, share of the light that has no direction
	Specular float32 // strength of the skin's highlights
	Shadow   float32 // −1 … 1: a linear gradient of brightness from left to right over the picture
}

// Camera is what happens to the picture after the light.
type Camera struct {
	Blur       float32 // standard deviation in pixels
	Noise      float32 // standard deviation in grey levels (0 … 255) of additive noise
	Contrast   float32 // factor around mid-grey
	Brightness float32 // added grey
}

// Occluder is a thing in front of the face.
type Occluder int

// The occluders. None hides the whole expression: a hand, mug or scarf leaves brows and eyes free, a lock of hair one
// side.
const (
	Nothing Occluder = iota
	Hand
	Scarf
	Lock
	Watermark
	numOccluders
)

// Occlusion is a thing in front of the face and its place.
type Occlusion struct {
	Kind  Occluder
	U, V  float32 // its anchor in face units
	Angle float32 // radians
	Size  float32 // about 1
	Grey  float32
}

// Scene is what is behind the head.
type Scene struct {
	Grey, Slope, Turn float32 // background: mean, strength and direction (radians) of its gradient
	Clothes           float32 // albedo
	Blobs             [3]Blob
}

// Blob is a soft ellipse in the background.
type Blob struct{ X, Y, RX, RY, Grey float32 } // in pixels
