package onednn

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// testdata/program.mlir is of the text that go-xla v0.4.1 writes. Every operation is recognised as what it is, with
// its shapes, and what oneDNN can't take stays as it was.
func TestRewrite(t *testing.T) {
	text, err := os.ReadFile("testdata/program.mlir")
	if err != nil {
		t.Fatal(err)
	}
	var got []operation
	program, count := rewrite(string(text), func(op operation) (int64, bool) {
		got = append(got, op)
		return int64(40 + len(got)), true
	})
	one := [2]int{1, 1}
	// Row-major arrays [n, h, w, c] and kernels [h, w, i, o], as oneDNN counts their axes.
	image := func(bf16 bool, n, h, w, c int) array {
		return array{bf16, [4]int{n, c, h, w}, [4]int{h * w * c, 1, w * c, c}}
	}
	kernel := func(bf16 bool, h, w, i, o int) array {
		return array{bf16, [4]int{o, i, h, w}, [4]int{1, o, w * i * o, i * o}}
	}
	matrix := func(bf16 bool, rows, columns, stride0, stride1 int) array {
		return array{bf16, [4]int{rows, columns}, [4]int{stride0, stride1}}
	}
	x, k, y, two := image(false, 8, 23, 21, 6), kernel(false, 3, 3, 6, 10), image(false, 8, 12, 11, 10), [2]int{2, 2}
	none := [2]int{}
	want := []operation{
		{forward, false, "", x, k, y, two, one, one, one},
		{inputGradient, false, "", x, k, y, two, one, one, one},
		{kernelGradient, false, "", x, k, y, two, one, one, one},
		{kind: product, source: matrix(false, 8, 60, 60, 1), weights: matrix(false, 60, 10, 10, 1),
			result: matrix(false, 8, 10, 10, 1)},
		{kind: product, source: matrix(true, 60, 8, 1, 60), weights: matrix(true, 8, 10, 10, 1),
			result: matrix(false, 60, 10, 10, 1)},
		{forward, false, "", image(true, 8, 9, 9, 4), kernel(true, 3, 3, 4, 5), image(false, 8, 7, 7, 5),
			one, one, none, none},
		{inputGradient, false, "", image(false, 8, 9, 9, 4), kernel(true, 3, 3, 4, 5), image(true, 8, 7, 7, 5),
			one, one, none, none},
		{forward, false, "", image(true, 8, 7, 7, 5), kernel(true, 3, 3, 5, 5), image(true, 8, 5, 5, 5),
			one, one, none, none},
	}
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			t.Errorf("operation %d is\n%+v, want\n%+v", i, got[i], want[i])
		}
	}
	if len(got) != len(want) || count != len(want) {
		t.Errorf("%d operations, %d rewritten, want %d", len(got), count, len(want))
	}
	wantLine := `    %9 = "stablehlo.custom_call"(%dy16, %k16) {call_target_name = "ferlab_onednn", ` +
		`api_version = 4 : i32, backend_config = {plan = 47 : i64}} ` +
		`: (tensor<8x7x7x5xbf16>, tensor<3x3x4x5xbf16>) -> tensor<8x9x9x4xf32>`
	if lines := strings.Split(program, "\n"); !slices.Contains(lines, wantLine) {
		t.Errorf("no line\n%s\nin\n%s", wantLine, program)
	}
	for _, left := range []string{"feature_group_count = 2", "lhs_batching_dimensions = [0]",
		"rhs_dilation = array<i64: 7, 7>", "xf64"} {
		if !strings.Contains(program, left) {
			t.Errorf("an operation with %q is gone", left)
		}
	}
}

// A program stays as it is if no operation gets a plan, and if several devices share it.
func TestRewriteNothing(t *testing.T) {
	text, err := os.ReadFile("testdata/program.mlir")
	if err != nil {
		t.Fatal(err)
	}
	never := func(operation) (int64, bool) { return 0, false }
	if program, count := rewrite(string(text), never); program != string(text) || count != 0 {
		t.Errorf("%d operations without a plan are rewritten", count)
	}
	always := func(operation) (int64, bool) { return 0, true }
	shared := strings.Replace(string(text), "module @test {",
		"module @test attributes {stablehlo.num_replicas = 1,  stablehlo.num_partitions = 2} {", 1)
	if program, count := rewrite(shared, always); program != shared || count != 0 || shared == string(text) {
		t.Errorf("%d operations for two devices are rewritten", count)
	}
}
