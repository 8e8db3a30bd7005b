# One authority for all servers, whose certificate names 127.0.0.1 and localhost, and a second authority that signed nothing.
tls_authority() {
  openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj "/CN=$2" -keyout "$1.key" -out "$1.pem" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign
}

tls_create() {
  need openssl openssl
  local folder=$dir/tls
  mkdir -p "$folder"
  {
    tls_authority "$folder/ca" "outbox-relay test authority"
    tls_authority "$folder/other-ca" "outbox-relay foreign authority"
    openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout "$folder/server.new" -out "$folder/server.csr"
    openssl x509 -req -in "$folder/server.csr" -CA "$folder/ca.pem" -CAkey "$folder/ca.key" -CAcreateserial -days 30 \
      -extfile <(printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n') -out "$folder/server.pem"
  } >"$dir/tls.log" 2>&1 || die "the TLS certificates could not be made (log: $dir/tls.log)"
  mv "$folder/server.new" "$folder/server.key"
}
