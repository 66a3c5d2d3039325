#!/bin/sh
# A sweep as a Slurm array: 8 tasks divide the trials among themselves. From the repository's folder, on a file system that the
# nodes share and that supports flock:
#
#   mkdir -p build && go build -o build/sweep ./experiments/sweep
#   sbatch experiments/sweep/slurm.sh -vary 'learning_rate=1e-3|3e-3' -set epochs=8 -out runs/sweep
#
# Slurm sends SIGTERM two minutes before the time limit, and when a task is cancelled or requeued; the sweep then saves its trial.
# Whichever task comes by next resumes it: one of the array, the requeued one, or one of the same sweep submitted again.
#SBATCH --job-name=ferlab-sweep
#SBATCH --array=0-7
#SBATCH --cpus-per-task=4
#SBATCH --mem=4G
#SBATCH --time=04:00:00
#SBATCH --signal=TERM@120
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=sweep-%A_%a.log
set -eu
exec srun build/sweep "$@"
