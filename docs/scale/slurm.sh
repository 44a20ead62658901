#!/bin/sh
# A batch in 100 shards: sbatch docs/scale/slurm.sh
#SBATCH --job-name=dinoseg
#SBATCH --array=1-100
#SBATCH --cpus-per-task=4
#SBATCH --mem=4G
#SBATCH --time=12:00:00
#SBATCH --requeue

# Slurm tells each task which shard it is. A task that is killed goes on where it was when it is queued again.
srun npx dinoseg batch photos -o results -m dinov2-base --dtype int8
code=$?
# 3: all is done but what is in quarantine. To run it again would change nothing.
[ "$code" -eq 3 ] && exit 0
exit "$code"
