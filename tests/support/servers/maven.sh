# Java servers come as Maven artifacts: a pom.xml names them, the cache keeps their jars.
maven_fetch() {
  local what=$1 pom=$2 libs=$3 new
  [ -d "$libs" ] && return
  need mvn maven
  mkdir -p "$cache"
  new=$(mktemp -d "$libs.XXXXXX")
  echo "downloading $what (once)" >&2
  if ! mvn -B -q -f "$pom" dependency:copy-dependencies "-DoutputDirectory=$new" >"$new.log" 2>&1; then
    tail -5 "$new.log" >&2
    rm -rf "$new"
    die "$what: Maven failed (log: $new.log)"
  fi
  mv -T "$new" "$libs" 2>/dev/null || rm -rf "$new"
  rm -f "$new.log"
}
