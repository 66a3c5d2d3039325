package synth

import "testing"

// BenchmarkMake measures faces with their masks on one core; 2,000 a second is 500 µs.
func BenchmarkMake(b *testing.B) {
	b.ReportAllocs()
	for i := range b.N {
		Make(1, i)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "faces/s")
}
