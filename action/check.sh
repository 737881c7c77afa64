#!/usr/bin/env bash
# Runs the check: annotations to the log, a job summary, files for other steps, and the outputs. Ends with privgate's exit code. A step of
# action.yml runs it; see there for the inputs.
set -uo pipefail

reports=$RUNNER_TEMP/privgate/reports
mkdir -p "$reports"
if [ -n "$BASE" ]; then set -- --base "$BASE"; else set -- --ci; fi
if [ "$FETCH" = 'true' ]; then set -- "$@" --fetch; fi
# what the step before was told, where it asked
if [ -z "$APPROVALS" ] && [ -s "$RUNNER_TEMP/privgate/approvals.json" ]; then APPROVALS=$RUNNER_TEMP/privgate/approvals.json; fi
if [ -n "$APPROVALS" ]; then set -- "$@" --approvals "$APPROVALS"; fi
if [ "$REQUIRE_COVERAGE" = 'true' ]; then set -- "$@" --require-coverage; fi

"$RUNNER_TEMP/privgate/bin/privgate" check --repo "$REPOSITORY" "$@" --fail-on "$FAIL_ON" --explain-base --format github \
  --report "sarif=$reports/privgate.sarif" --report "json=$reports/privgate.json" --report "markdown=$reports/privgate.md"
code=$?

case $code in
  0) verdict=pass ;;
  1) verdict=weakened ;;
  2) verdict=error ;;
  3) verdict=undecided ;;
  # killed, or not there: no answer is no pass
  *) echo "::error title=privgate::privgate ended with $code"; verdict=undecided code=3 ;;
esac
{
  echo "verdict=$verdict"
  echo "exit-code=$code"
  # a file that was not written is not promised
  for kind in sarif json md; do
    if [ -s "$reports/privgate.$kind" ]; then echo "${kind/md/markdown}=$reports/privgate.$kind"; fi
  done
} >> "$GITHUB_OUTPUT"
# the runner drops a summary of more than 1 MiB as a whole
if [ "$SUMMARY" = 'true' ] && [ -s "$reports/privgate.md" ] && [ "$(wc -c < "$reports/privgate.md")" -le 1048576 ]; then
  cat -- "$reports/privgate.md" >> "$GITHUB_STEP_SUMMARY"
fi
exit "$code"
