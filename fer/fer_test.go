package fer_test

import (
	"fmt"
	"image"
	"image/color"
	"strings"
	"testing"

	"ferlab/fer"
)

func ExampleParseEmotion() {
	for _, s := range []string{"happy", " Fear ", "6", "bored"} {
		e, err := fer.ParseEmotion(s)
		fmt.Println(e, err)
	}
	// Output:
	// happy <nil>
	// fear <nil>
	// neutral <nil>
	// unlabelled unknown emotion "bored", want one of angry, disgust, fear, happy, sad, surprise, neutral or 0…6
}

// FER2013's order, on which every file and every net's output relies.
func TestOrder(t *testing.T) {
	if got := fmt.Sprint(fer.Emotions()); got != "[angry disgust fear happy sad surprise neutral]" {
		t.Error(got)
	}
	for i, name := range fer.EmotionNames() {
		if e, err := fer.ParseEmotion(name); err != nil || int(e) != i || !e.Valid() {
			t.Errorf("%s is %d, %v", name, e, err)
		}
	}
	if fer.Unlabelled.Valid() || fer.Emotion(7).Valid() {
		t.Error("a label outside 0…6 is valid")
	}
}

func TestFromImage(t *testing.T) {
	grey := image.NewGray(image.Rect(10, 20, 58, 68))
	grey.SetGray(11, 22, color.Gray{Y: 77})
	m, err := fer.FromImage(grey)
	if err != nil || m[2*fer.Size+1] != 77 || m.At(1, 2) != (color.Gray{Y: 77}) {
		t.Errorf("pixel %v, %v", m[2*fer.Size+1], err)
	}
	rgb := image.NewRGBA(image.Rect(0, 0, 48, 48))
	rgb.Set(3, 4, color.RGBA{9, 9, 9, 255})
	if m, err = fer.FromImage(rgb); err != nil || m[4*fer.Size+3] != 9 {
		t.Errorf("a grey picture in colour format: %v", err)
	}
	rgb.Set(5, 6, color.RGBA{200, 9, 9, 255})
	for want, img := range map[string]image.Image{"pixel 5,6": rgb,
		"48×47, want 48×48": image.NewGray(image.Rect(0, 0, 48, 47))} {
		if _, err := fer.FromImage(img); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
