#pragma once

#include "tests/e2e/books.hpp"
#include "tests/faults/words.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace faults {

/// How the application behaves.
struct Habits {
  int writers = 8;
  int keys = 200;
  std::chrono::milliseconds hold{300};         ///< the longest that an ordinary transaction stays open after its last INSERT
  std::chrono::milliseconds long_hold{10000};  ///< one in 150 stays open that long at most
  std::chrono::milliseconds think{0};          ///< the longest pause between two transactions of a writer
};

/// Writers that keep P3's premise: they lock the rows of their aggregates first, let the INSERT draw the id, and insert last.
///
/// The books are kept by the database itself: each event is also a row of a ledger, written in the same transaction, so that
/// a COMMIT whose reply was lost leaves no doubt. An event's number is drawn while its aggregate is locked: per aggregate the
/// numbers grow in the order of the commits, and the number of an event that was rolled back is never used again.
class Application {
 public:
  Application(e2e::Shop& shop, std::string topic, Habits habits, std::uint32_t seed);
  ~Application();
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;

  void start();
  /// Lets open transactions end and begins none. Call once.
  void finish();
  /// Ends the session of the n-th writer under it.
  void end_writer(db::Session& admin, std::size_t n);

  /// What the ledger says; after `finish`.
  [[nodiscard]] e2e::Committed committed() const;

  struct Figures {
    std::atomic<std::size_t> committed{0};  ///< transactions
    std::atomic<std::size_t> rolled_back{0};
    std::atomic<std::size_t> prepared{0};
    std::atomic<std::size_t> held_long{0};
    std::atomic<std::size_t> failed{0};  ///< killed, or given up by the database
  };
  [[nodiscard]] const Figures& figures() const { return figures_; }

 private:
  class Writer;

  e2e::Shop& shop_;
  std::string topic_;
  Habits habits_;
  std::string aggregates_;
  std::string ledger_;
  std::atomic<int> number_{0};
  std::vector<std::unique_ptr<Writer>> writers_;
  std::vector<std::jthread> threads_;
  Figures figures_;
};

}  // namespace faults
