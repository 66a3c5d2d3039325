package synth

import (
	"math"
	"math/rand/v2"

	"ferlab/fer"
)

// plane is one number a pixel.
type plane [fer.Pixels]float32

// canvas is the scratch memory of one rendering. Two coordinate systems lie over its pixels: (hu, hv) of the head's
// outline and (fu, fv) of the features, which a turn of the head (yaw, pitch) moves over it.
type canvas struct {
	hu, hv, fu, fv plane
	behind         plane // background, neck, ears and back hair
	front, cover   plane // what is before the face, multiplied by its opacity, and that opacity
	noise          plane // of the sensor, with standard deviation 1
	gu, gv         plane // slope of the face's relief
	albedo, gloss  plane // of the face's surface: its grey, and how much it shines
	grey, swap     plane
	pose           Pose
	cos, sin       float32
}

// Shift of the features over the head for a full turn, in face units, and the distance from the centre where it ends.
const (
	yawShift, pitchShift = 4.5, 3
	turnRadius           = 24
)

// place sets up the coordinates and the noise.
func (c *canvas) place(p Pose, texture uint64) {
	c.pose = p
	c.cos, c.sin = float32(math.Cos(float64(p.Roll))), float32(math.Sin(float64(p.Roll)))
	for y := range fer.Size {
		for x := range fer.Size {
			i := y*fer.Size + x
			dx, dy := float32(x)-23.5-p.X, float32(y)-23.5-p.Y
			u, v := (c.cos*dx+c.sin*dy)/p.Scale, (c.cos*dy-c.sin*dx)/p.Scale
			c.hu[i], c.hv[i] = u, v
			c.fu[i] = u - turn(u, p.Yaw*yawShift)
			c.fv[i] = v - turn(v, p.Pitch*pitchShift)
		}
	}
	source := rand.NewPCG(texture, 0)
	for i := 0; i < fer.Pixels; i += 2 { // a sum of four bytes is close to normal: mean 510, standard deviation 147.8
		r := source.Uint64()
		c.noise[i], c.noise[i+1] = bell(uint32(r)), bell(uint32(r>>32))
	}
}

func bell(r uint32) float32 {
	return (float32(r&255+r>>8&255+r>>16&255+r>>24) - 510) / 147.8
}

// turn returns how far a turned head moves what is at x, given how far it moves its centre.
func turn(x, centre float32) float32 {
	return centre * max(0, 1-x*x/(turnRadius*turnRadius))
}

// box calls paint for each pixel whose feature coordinates may lie in the box u0 … u1, v0 … v1.
func (c *canvas) box(u0, v0, u1, v1 float32, paint func(i int, u, v float32)) {
	p := c.pose
	const margin = 1.6 // for the edge's softness, and for taking the turn at the feature instead of at the head
	u0, u1 = u0+turn(u0, p.Yaw*yawShift)-margin, u1+turn(u1, p.Yaw*yawShift)+margin
	v0, v1 = v0+turn(v0, p.Pitch*pitchShift)-margin, v1+turn(v1, p.Pitch*pitchShift)+margin
	x0, x1, y0, y1 := float32(fer.Size), float32(-1), float32(fer.Size), float32(-1)
	for _, corner := range [4][2]float32{{u0, v0}, {u0, v1}, {u1, v0}, {u1, v1}} {
		x := 23.5 + p.X + p.Scale*(c.cos*corner[0]-c.sin*corner[1])
		y := 23.5 + p.Y + p.Scale*(c.sin*corner[0]+c.cos*corner[1])
		x0, x1, y0, y1 = min(x0, x), max(x1, x), min(y0, y), max(y1, y)
	}
	left, right := int(max(0, x0)), int(min(fer.Size-1, x1))
	for y := int(max(0, y0)); y <= int(min(fer.Size-1, y1)); y++ {
		for i := y*fer.Size + left; i <= y*fer.Size+right; i++ {
			paint(i, c.fu[i], c.fv[i])
		}
	}
}

// edge turns a signed distance in face units, negative inside, into the share of a pixel that is covered.
func (c *canvas) edge(distance float32) float32 { return clamp(0.5 - distance*c.pose.Scale) }

// shade darkens the face's surface in a soft ellipse: by the share amount in its centre, by nothing from its rim on. A
// negative amount brightens.
func (c *canvas) shade(u, v, ru, rv, amount float32) {
	c.box(u-ru, v-rv, u+ru, v+rv, func(i int, pu, pv float32) {
		c.albedo[i] *= 1 - amount*hump((pu-u)/ru, (pv-v)/rv)
	})
}

// bump adds a smooth hill to the face's relief, height in face units.
func (c *canvas) bump(u, v, ru, rv, height float32) {
	c.box(u-ru, v-rv, u+ru, v+rv, func(i int, pu, pv float32) {
		x, y := (pu-u)/ru, (pv-v)/rv
		if w := 1 - x*x - y*y; w > 0 {
			c.gu[i] -= 4 * height * w * x / ru
			c.gv[i] -= 4 * height * w * y / rv
		}
	})
}

// crease darkens the face's surface along a parabola from (u0, v0) to (u1, v1) that bulges by bend to its right, as
// seen when going there. Its darkness fades towards both ends; width is that of the soft line in face units.
func (c *canvas) crease(u0, v0, u1, v1, bend, width, amount float32) {
	if amount < 0.02 {
		return
	}
	du, dv := u1-u0, v1-v0
	length := sqrt(du*du + dv*dv)
	du, dv = du/length, dv/length
	pad := abs(bend) + width
	c.box(min(u0, u1)-pad, min(v0, v1)-pad, max(u0, u1)+pad, max(v0, v1)+pad, func(i int, u, v float32) {
		t := ((u-u0)*du + (v-v0)*dv) / length
		if t <= 0 || t >= 1 {
			return
		}
		rise := 4 * t * (1 - t)
		across := (v-v0)*du - (u-u0)*dv - bend*rise
		c.albedo[i] *= 1 - amount*rise*hump(across/width, 0)
	})
}

// mix paints an albedo over the face's surface with an opacity.
func (c *canvas) mix(i int, albedo, opacity float32) {
	c.albedo[i] += opacity * (albedo - c.albedo[i])
}

// strand is the texture of hair at a pixel, about −1 … 1: strands that fan out from the chin.
func (c *canvas) strand(i int) float32 {
	u, v := c.hu[i], c.hv[i]
	return 0.7*sin(56*u/max(6, 32-v)+0.35*v) + 0.4*c.noise[i]
}

// lay puts a grey before the face with an opacity.
func (c *canvas) lay(i int, grey, opacity float32) {
	c.front[i] += opacity * (grey - c.front[i])
	c.cover[i] += opacity * (1 - c.cover[i])
}

// hump is (1 − x² − y²)², a bell that is zero from radius 1 on.
func hump(x, y float32) float32 {
	w := 1 - x*x - y*y
	if w <= 0 {
		return 0
	}
	return w * w
}

// ellipse is the approximate signed distance to an ellipse around the origin.
func ellipse(u, v, ru, rv float32) float32 {
	x, y := u/ru, v/rv
	return (sqrt(x*x+y*y) - 1) * min(ru, rv)
}

// capsule is the signed distance to a thick line from (u0, v0) to (u1, v1).
func capsule(u, v, u0, v0, u1, v1, radius float32) float32 {
	du, dv := u1-u0, v1-v0
	t := clamp(((u-u0)*du + (v-v0)*dv) / (du*du + dv*dv))
	x, y := u-u0-t*du, v-v0-t*dv
	return sqrt(x*x+y*y) - radius
}

func clamp(x float32) float32 { return max(0, min(1, x)) }

func abs(x float32) float32 { return max(x, -x) }

func sqrt(x float32) float32 { return float32(math.Sqrt(float64(x))) }

// sin is the sine to within 0.001, five times as fast as math.Sin.
func sin(x float32) float32 {
	t := x / (2 * math.Pi)
	whole := float32(int(t))
	t -= whole
	if t > 0.5 {
		t--
	} else if t < -0.5 {
		t++
	}
	y := 8 * t * (1 - 2*abs(t))
	return y * (0.775 + 0.225*abs(y))
}

// ramp rises smoothly from 0 at x = low to 1 at x = high.
func ramp(low, high, x float32) float32 {
	t := clamp((x - low) / (high - low))
	return t * t * (3 - 2*t)
}
