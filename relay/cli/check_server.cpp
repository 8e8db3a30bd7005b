#include "relay/cli/check_server.hpp"

#include "db_adapters/port/url.hpp"
#include "relay/cli/relaying.hpp"

namespace relay::cli {
namespace {

void check_writer(const db::ServerFacts& facts, Findings& findings) {
  if (!facts.read_only) return findings.fine("writer", "the server takes writes");
  findings.fail("writer", "the server is read-only; name the writer's endpoint in source.url");
}

void check_encryption(const config::Settings& settings, const std::string& tls, Findings& findings) {
  const auto& target = settings.source.target;
  if (target.host.empty() && tls.empty()) return;  // a file, or a connect string's own matter
  if (tls.empty() && db::is_local(target)) return findings.fine("tls", "not encrypted; the traffic does not leave this machine");
  if (tls.empty()) return findings.warn("tls", "not encrypted; set source.tls=verify-full");
  const bool verified = target.tls == db::TlsMode::verify_full || target.tls == db::TlsMode::verify_ca;
  if (verified) return findings.fine("tls", tls + ", " + settings.values.text("source.tls"));
  findings.warn("tls", tls + ", but the server is not verified; set source.tls=verify-full");
}

}  // namespace

std::unique_ptr<db::Session> check_server(const config::Settings& settings, Findings& findings) {
  const auto [driver, target] = database(settings);
  try {
    auto session = driver->connect(target());
    findings.fine("database", session->facts().product + " at " + settings.source.shown_url);
    check_writer(session->facts(), findings);
    check_encryption(settings, session->facts().tls, findings);
    return session;
  } catch (const db::DbError& error) {
    findings.take("database", error);
    return nullptr;
  }
}

}  // namespace relay::cli
