# Counts test cases in ctest's LastTest.log: one line "SUITE PASSED FAILED SKIPPED" for each suite, whichever Catch2 (2.13 or 3) wrote its totals.
function column(word,    at) {
  for (at = 1; at < NF; at++) if ($(at + 1) == word) return $at
  return 0
}
/^[0-9]+\/[0-9]+ Testing: / { suite = $3; total = passed = failed = skipped = native = 0; delete seen; inside = 0; next }
/^Output:$/ { inside = 1; next }
/^<end of output>$/ { inside = 0; next }
inside { gsub(/\033\[[0-9;]*m/, "") }
inside && /^skipped: / && !($0 in seen) { seen[$0]; skipped++ }
inside && /^All tests passed \(/ {
  match($0, /in [0-9]+ test case/)
  total = passed = substr($0, RSTART + 3) + 0
}
inside && /^test cases: / { total = $3; passed = column("passed"); failed = column("failed"); native = column("skipped") }
!inside && /^Test (Passed|Failed|timed out|Timeout|Not Run)/ {
  if (native) skipped = native
  else passed -= skipped
  if ($0 !~ /^Test Passed/ && failed == 0 && (skipped == 0 || skipped != total)) failed = 1
  if (total == 0) { passed = skipped = 0; failed = 1 }
  print suite, passed, failed, skipped
}
