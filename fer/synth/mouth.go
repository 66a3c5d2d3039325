package synth

// mouthShape is the mouth as curves over x = −1 … 1 from corner to corner.
type mouthShape struct {
	centre, width       float32    // v of the lips' line in the middle, half width
	corner              [2]float32 // v of the corners below the middle, left and right
	openUp, openDown    float32    // how far the lips part from their line
	upper, lower        float32    // thickness of the lips
	round, flat, pucker float32    // how oval, how rectangular the opening is
}

func newMouthShape(id *Identity, m *motion) mouthShape {
	a := &m.a
	smile, frown, stretch, pucker := a[LipCornerPull], a[LipCornerDepress], a[LipStretch], a[LipPucker]
	part, jaw, sneer, tight := a[LipsPart], a[JawDrop], a[UpperLipRaise], a[LipTighten]
	s := mouthShape{
		centre: id.MouthHeight + 0.7*smile*(0.5+part*0.3) - 0.5*frown - 0.9*a[ChinRaise] - 0.6*sneer + 2.9*jaw,
		width: id.MouthWidth * (1 + 0.26*smile +
			0.24*stretch - 0.34*pucker - 0.24*jaw*(1-smile)*(1-stretch) - 0.06*tight),
		openUp: 0.55*part*(1-0.5*tight) + 2.9*jaw + 1.35*sneer*max(part, 0.25) + 0.5*smile*part,
		round:  clamp(0.2 + pucker + 0.9*jaw),
		flat:   clamp(stretch + 0.6*sneer),
		pucker: pucker,
	}
	s.openDown = 0.5*part + 4.2*jaw + 1.3*smile*part + 0.9*stretch*part
	s.upper = id.UpperLip * (1 - 0.75*tight - 0.3*smile - 0.35*stretch + 0.3*pucker - 0.15*sneer)
	s.lower = id.LowerLip * (1 - 0.7*tight - 0.2*smile - 0.25*stretch + 0.25*pucker + 0.2*a[ChinRaise])
	for k := range s.corner {
		s.corner[k] = (-3.1*smile+2.3*frown+0.7*stretch)*m.sides[k] + 0.5*sneer - 0.8*jaw*smile
	}
	return s
}

// line returns the v of the lips' line and the share of the full opening at x.
func (s *mouthShape) line(x float32) (v, open float32) {
	side := 1
	if x < 0 {
		side = 0
	}
	x2 := min(1, x*x)
	corner := s.corner[side]
	bend := x2
	if corner > 0 { // corners that droop do so close to them
		bend = 0.4*x2 + 0.6*x2*x2
	}
	open = 1 - x2
	open += s.round * (sqrt(open) - open)
	open += s.flat * (1 - x2*x2*x2 - open) * 0.7
	return s.centre + corner*bend, open
}

// bottom returns the v of the lower lip's lower edge at x.
func (s *mouthShape) bottom(x float32) float32 {
	v, open := s.line(x)
	return v + s.openDown*open + s.lower*(1-x*x)
}

// mouth paints lips, teeth and what is between them: AU12 pulls the corners up and out, AU15 down, AU20 sideways, AU10
// raises the upper lip, AU23 presses the lips thin, AU25 parts them, AU26 drops the jaw, AU18 rounds them.
func (c *canvas) mouth(p *Params, m *motion) {
	id, s := &p.Identity, &m.mouth
	lip := id.Skin * id.Lip
	deep := s.openUp + s.openDown
	reach := max(abs(s.corner[0]), abs(s.corner[1])) + 1.5
	sneer := m.a[UpperLipRaise]
	show := ramp(0.1, 0.4, m.a[LipCornerPull]+m.a[LipStretch]+sneer+0.35*m.a[JawDrop]) // of the upper teeth
	c.box(-s.width-2, s.centre-reach-s.openUp-s.upper, s.width+2, s.centre+reach+s.openDown+s.lower,
		func(i int, u, v float32) {
			x := u / s.width
			if abs(x) > 1.25 {
				return
			}
			line, open := s.line(x)
			body := clamp(1 - x*x)
			up, down := line-s.openUp*open, line+s.openDown*open
			bow := body * (1 + 0.25*hump((abs(x)-0.28)/0.35, 0) - 0.12*sneer)
			outside := (abs(x) - 1) * s.width
			upper := c.edge(max(up-s.upper*bow-v, v-line, outside))
			lower := c.edge(max(line-v, v-down-s.lower*body, outside))
			c.mix(i, lip*0.88, 0.92*upper)
			gleam := hump((v-down-s.lower*0.45*body)/(s.lower*0.6+0.1), x/0.6)
			c.mix(i, lip*(1.02+0.3*gleam), 0.92*lower)
			if deep > 0.3 {
				inside := c.edge(max(up-v, v-down, outside))
				if inside > 0 {
					c.mix(i, 0.06, inside)
					// Upper teeth hang from the upper lip, the lower ones show when the lips are drawn back from them.
					top := up + (1-0.6*s.round)*min(2.1, 0.7+0.55*deep)*clamp(1.3-x*x)
					if show > 0 {
						c.mix(i, 0.85-0.25*x*x, show*inside*c.edge(v-top)*clamp((1-abs(x))*s.width))
					}
					if m.a[LipStretch]+sneer > 0.35 {
						c.mix(i, 0.72-0.25*x*x, 0.8*inside*c.edge(down-0.9-v)*clamp((0.85-abs(x))*s.width))
					}
					// tongue
					c.mix(i, lip*0.7, 0.7*inside*c.edge(ellipse(u, v-down-0.3, s.width*0.6,
						s.openDown*0.42+0.1))*ramp(2.5,
						4, deep))
					c.gloss[i] = 0
				}
			}
			closed := clamp(1.4 - deep)
			if shut := c.edge(max(abs(v-line)-0.32, outside-0.4)) * max(closed, 0.6*ramp(0.75, 1, abs(x))); shut > 0 {
				c.mix(i, id.Skin*0.22, 0.8*shut)
			}
		})
	for k, side := range [2]float32{-1, 1} { // the corners' dimples
		c.shade(side*(s.width+0.2), s.centre+s.corner[k], 1.8, 1.8, 0.28)
	}
}

// beard paints beard, stubble and moustache round the mouth.
func (c *canvas) beard(p *Params, m *motion) {
	id, s := &p.Identity, &m.mouth
	if id.Beard <= 0 && id.Moustache <= 0 {
		return
	}
	hair := id.Hair * 0.9
	c.box(-id.HalfWidth-2, -2, id.HalfWidth+2, id.Chin+6, func(i int, u, v float32) {
		x := u / s.width
		line, open := s.line(x)
		up := line - s.openUp*open - s.upper*clamp(1-x*x)
		side := abs(u) / id.HalfWidth
		if v < up && abs(u) < s.width+1.5 {
			over := ramp(id.NoseLength+2.2, id.NoseLength+3.6, v) * ramp(s.width+1.5, s.width-0.5, abs(u))
			c.mix(i, hair*(1+0.2*c.strand(i)), id.Moustache*over*c.edge(v-up+0.2))
			return
		}
		lips := max(abs(u)-s.width, max(line-1-v, v-s.bottom(clamp(abs(x)))-0.6))
		from := id.MouthHeight + 1 - 11*side*side*side
		c.mix(i, hair*(1+0.2*c.strand(i)), id.Beard*ramp(from-1.5, from+2, v)*ramp(0, 1.2, lips))
	})
}
