#!/usr/bin/env bash
# Four parts as a job array: kconform finds its part in SLURM_ARRAY_TASK_ID. From a clone of kconform on a shared file system, on
# whose nodes ci/setup has run:
#   job=$(sbatch --parsable ci/workflows/slurm-array.sh 6.12)
#   sbatch --dependency="afterany:$job" --wrap "npx kconform merge out-$job/part-* --out out-$job/whole --report html=report.html"
#SBATCH --job-name=kconform
#SBATCH --array=1-4
#SBATCH --cpus-per-task=2
#SBATCH --mem=4G
#SBATCH --time=01:00:00
#SBATCH --output=kconform-%A_%a.log
set -uo pipefail
out=out-$SLURM_ARRAY_JOB_ID/part-$SLURM_ARRAY_TASK_ID
npx kconform run --kernel "${1:-6.12}" --jobs "${SLURM_CPUS_PER_TASK:-2}" --out "$out"
status=$?
# 1 with results says that verdicts are not as expected, which the merged whole is judged by; without them, that nothing ran.
[ "$status" = 1 ] && [ -e "$out/results.json" ] || exit "$status"
