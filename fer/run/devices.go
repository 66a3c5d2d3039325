package run

import (
	"errors"
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/distributed"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/core/tensors/dtensor"
	gomlx "github.com/gomlx/gomlx/ml/model"
)

// devices divides the images of a batch among devices; everything else is on each of them. XLA's partitioner (Shardy)
// divides the step's graph accordingly: it computes what one device would, batch normalisation and dropout included, up
// to rounding.
type devices struct {
	mesh      *distributed.DeviceMesh
	part, all *distributed.ShardingSpec
	told      bool // The graph knows how its inputs are divided.
}

// divide lets a training step run on the first n devices of a backend; 0 and 1 leave it on one.
func divide(step *gomlx.Exec, b compute.Backend, n int) (*devices, error) {
	if n <= 1 {
		return nil, nil
	}
	if n > b.NumDevices() {
		return nil, fmt.Errorf("%d devices asked for, and backend %s shows %d", n, b.Name(), b.NumDevices())
	}
	mesh, err := distributed.NewDeviceMesh([]int{n}, []string{"batch"})
	if err != nil {
		return nil, err
	}
	d := &devices{mesh: mesh, all: distributed.NewReplicatedShardingSpec(mesh)}
	if d.part, err = distributed.BuildSpec(mesh).S("batch").Done(); err != nil {
		return nil, err
	}
	// GoMLX v0.28.2 gives the random generator's variable no link to its store, and looks for the store's default
	// there.
	return d, step.Store().GetVariable("/" + gomlx.RNGStateVariableName).SetShardingSpec(d.all)
}

// split divides a step's arguments in place: tensors by their first axis, the batch; scalars go to all. nil devices
// leave them as they are.
func (d *devices) split(step *gomlx.Exec, args []any) error {
	if d == nil {
		return nil
	}
	specs := make([]*distributed.ShardingSpec, len(args))
	for i, arg := range args {
		specs[i] = d.all
		t, ok := arg.(*tensors.Tensor)
		if ok {
			specs[i] = d.part
		} else {
			t = tensors.FromScalar(arg.(float32))
		}
		shards, err := dtensor.ShardTensor(specs[i], t)
		if err = errors.Join(err, t.FinalizeAll()); err != nil {
			return fmt.Errorf("dividing a batch among devices: %w", err)
		}
		args[i] = shards
	}
	if !d.told {
		step.AutoSharding(d.mesh).WithInputShardingSpecs(specs...).WithOutputShardingSpecs(d.all)
		d.told = true
	}
	return nil
}
