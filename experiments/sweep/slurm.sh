#!/bin/sh
# A sweep as a Slurm array: 8 tasks divide the trials among themselves. From the repository's folder, on a file system that the
# nodes share and that supports flock:
#
#   mkdir -p build && go build -o build/sweep ./experiments/sweep
#   sbatch experiments/sweep/slurm.sh -vary 'learning_rate=1e-3|3e-3' -set epochs=8 -out runs/sweep
#
# Slurm sends SIGTERM two minutes before the time limit; the sweep then saves its trial, and submitting it again resumes it.
#SBATCH --job-name=ferlab-sweep
#SBATCH --array=0-7
#SBATCH --cpus-per-task=4
#SBATCH --mem=4G
#SBATCH --time=04:00:00
#SBATCH --signal=TERM@120
#SBATCH --output=sweep-%A_%a.log
set -eu
exec srun build/sweep "$@"
