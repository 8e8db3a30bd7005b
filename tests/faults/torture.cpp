#include "tests/faults/torture.hpp"

#include "tests/kafka/topics.hpp"

#include <algorithm>
#include <iterator>
#include <sstream>

namespace faults {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr int partitions = 6;
constexpr std::size_t shown = 10;             // of what is lost, invented, or out of order
constexpr std::chrono::seconds patience{90};  // whoever has not sent all rows by then is stuck
constexpr std::chrono::seconds slow{10};      // whoever takes longer has something to tell

Habits habits_on(const e2e::Server& server) {
  if (server.name != "sqlite") return {};
  // One writer at a time, and whoever waits is not served in turn: with longer ones nobody would get anywhere.
  return {.writers = 8, .keys = 200, .hold = 30ms, .long_hold = 1000ms, .think = 500ms};
}

/// A role for the relays, so that their sessions can be ended; it goes with this value.
class Guest {
 public:
  explicit Guest(e2e::Shop& shop) : shop_(shop), login_{shop.table() + "_r", "guest"} {
    if (login_.name.size() > 32) login_.name.erase(0, login_.name.size() - 32);  // MySQL's limit
    std::ranges::replace_if(
        login_.name.begin(), login_.name.begin() + 1, [](char c) { return c >= '0' && c <= '9'; }, 'r');
    create_login(shop_, login_);
  }
  ~Guest() {
    try {
      drop_login(shop_, login_);
    } catch (const db::DbError&) {  // the shop's own session was lost with its server
      left_ = true;
    }
  }
  Guest(const Guest&) = delete;
  Guest& operator=(const Guest&) = delete;
  [[nodiscard]] const Login& login() const { return login_; }

 private:
  e2e::Shop& shop_;
  Login login_;
  bool left_ = false;
};

class Torture {
 public:
  explicit Torture(const TortureSettings& settings)
      : settings_(settings),
        shop_(settings.server, settings.mark),
        topic_(relay::kafka::tests::fresh_name("torture")),
        application_(shop_, topic_, habits_on(settings.server), settings.seed) {
    relay::kafka::tests::create_topic(e2e::kafka(), topic_, partitions);
  }

  Verdict run() {
    application_.start();
    settings_.broken == Broken::no ? relay_under_faults() : relay_broken();
    check_books();
    verdict_.figures = figures();
    return std::move(verdict_);
  }

 private:
  void relay_under_faults() {
    const Guest guest(shop_);
    auto words = e2e::relaying("run", shop_, settings_.options);
    words.emplace_back("--lease.ttl=2s");  // relays are killed every few seconds
    std::ranges::replace(words, "--source.url=" + shop_.url(), "--source.url=" + url_for(shop_, guest.login()));
    Fleet fleet(words);
    Storm storm(shop_, guest.login().name, application_, fleet, settings_.faults, settings_.seed);
    storm.rage(settings_.time, settings_.relays);
    application_.finish();
    const auto begin = Clock::now();
    bool empty = false;
    while (!(empty = unsent() == 0) && Clock::now() < begin + patience) {
      fleet.tend();
      std::this_thread::sleep_for(50ms);
    }
    emptied_in_ = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
    if (!empty) complain("stuck: " + std::to_string(unsent()) + " rows are left after " + std::to_string(patience.count()) + " s");
    if (emptied_in_ > slow) verdict_.logs += fleet.logs();
    fleet.dismiss();
    for (const auto& complaint : fleet.complaints()) complain(complaint);
    for (const auto& [fault, count] : storm.counts()) {
      struck_ += (struck_.empty() ? "" : ", ") + std::to_string(count) + " " + std::string(name_of(fault));
    }
  }

  void relay_broken() {
    BrokenRelay relay(shop_, settings_.broken);
    std::this_thread::sleep_for(settings_.time);
    application_.finish();
  }

  void check_books() {
    const auto committed = application_.committed();
    for (const auto& [key, numbers] : committed) committed_ += numbers.size();
    verdict_.left = unsent();
    if (verdict_.left > 0) complain(std::to_string(verdict_.left) + " rows are left in the table");
    const auto kept = rows();
    const auto expected = settings_.mark ? committed_ : 0;
    if (kept != expected) complain("the table has " + std::to_string(kept) + " rows instead of " + std::to_string(expected));
    verdict_.audit = e2e::audit(topic_, committed);
    list("lost", verdict_.audit.lost);
    list("rolled back and sent", verdict_.audit.invented);
    list("out of order", verdict_.audit.disordered);
    if (committed_ == 0) complain("nobody wrote anything");
  }

  void complain(const std::string& what) { verdict_.complaints.push_back(what); }

  void list(const std::string& what, const std::vector<std::string>& events) {
    if (events.empty()) return;
    auto line = std::to_string(events.size()) + " " + what + ":";
    for (std::size_t i = 0; i < std::min(shown, events.size()); ++i) line += " [" + events[i] + "]";
    complain(line);
  }

  /// On a session of its own: the shop's may have gone with its server.
  std::uint64_t count(const std::string& where) {
    const auto rows = shop_.connect()->run({"torture", "SELECT count(*) FROM " + shop_.table() + where}, {});
    return std::stoull(std::string(rows[0][0].bytes()));
  }
  std::uint64_t unsent() { return count(settings_.mark ? " WHERE sent_at IS NULL" : ""); }
  std::uint64_t rows() { return count(""); }

  [[nodiscard]] std::string figures() const {
    const auto& app = application_.figures();
    const auto& audit = verdict_.audit;
    std::ostringstream line;
    line << settings_.server.name << (settings_.mark ? " mark" : "") << ", seed " << settings_.seed << ", "
         << settings_.time.count() << " s, 1 and " << settings_.relays << " relays: " << committed_ << " rows of " << app.committed
         << " transactions (" << app.rolled_back << " rolled back, " << app.prepared << " prepared, " << app.held_long
         << " held long, " << app.failed << " failed); struck: " << (struck_.empty() ? "nothing" : struck_) << "; messages "
         << audit.messages << ", duplicates " << audit.duplicates << ", lost " << audit.lost.size() << ", invented "
         << audit.invented.size() << ", out of order " << audit.disordered.size() << ", left " << verdict_.left << "; emptied in "
         << emptied_in_.count() << " ms";
    return line.str();
  }

  TortureSettings settings_;
  e2e::Shop shop_;
  std::string topic_;
  Application application_;
  Verdict verdict_;
  std::size_t committed_ = 0;
  std::chrono::milliseconds emptied_in_{0};
  std::string struck_;
};

}  // namespace

Verdict torture(const TortureSettings& settings) {
  return Torture(settings).run();
}

}  // namespace faults
