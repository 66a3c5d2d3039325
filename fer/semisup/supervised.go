package semisup

// Supervised is the baseline: it learns from the labelled images alone.
func Supervised() Algorithm {
	return Algorithm{
		Name: "supervised", Title: "Supervised only",
		Loss: func(in Inputs) Terms { return Terms{Supervised: supervised(in)} },
	}
}
