// What many open gaps cost a claim: gaps GAPS [CLAIMS] prints the milliseconds that the claim window spends on ordering and on
// taking in one claim, while a long transaction holds the gaps open and short ones come and go.
#include "relay/domain/claim_window.hpp"
#include "relay/domain/gap_reading.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace {

using relay::Position;
using Clock = std::chrono::steady_clock;

constexpr std::size_t rows_a_claim = 5000;
constexpr std::size_t intervals_a_statement = 500;

/// One claim that brings a late row, and two rows ahead with a gap between.
void claim(relay::ClaimWindow& window, std::size_t number, Position late) {
  const auto order = window.order(relay::Scan::gaps, rows_a_claim, true);
  relay::GapReading reading(order.gaps, rows_a_claim, intervals_a_statement);
  std::vector<Position> positions;
  if (reading.wants(late)) positions.push_back(late);
  reading.take(positions, false);
  while (!reading.asked().empty()) reading.take({}, false);
  for (const Position ahead : {1, 3}) positions.push_back(window.last() + ahead);
  const relay::ClaimFindings findings{.number = order.number,
                                      .kind = order.kind,
                                      .positions = positions,
                                      .gaps_read_through = reading.read_through(),
                                      .writers = std::set<relay::WriterToken>{"long", "short " + std::to_string(number)}};
  static_cast<void>(window.take(findings, Clock::now()));
}

relay::ClaimWindow with_gaps(std::size_t gaps) {
  relay::ClaimWindow window;
  const auto order = window.order(relay::Scan::gaps, gaps, false);
  std::vector<Position> rows;
  for (std::size_t i = 0; i < gaps; ++i) rows.push_back(static_cast<Position>(2 * i));
  static_cast<void>(window.take({.number = order.number, .kind = order.kind, .positions = rows, .writers = {}}, Clock::now()));
  return window;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv, argv + argc);
  const std::size_t gaps = argc > 1 ? std::stoul(arguments[1]) : 100'000;
  const std::size_t claims = argc > 2 ? std::stoul(arguments[2]) : 500;
  auto window = with_gaps(gaps);
  std::vector<double> milliseconds;
  for (std::size_t i = 0; i < claims; ++i) {
    const auto begin = Clock::now();
    claim(window, i, static_cast<Position>(2 * (i * 7919 % gaps) - 1));
    milliseconds.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
  }
  std::ranges::sort(milliseconds);
  std::cout << gaps << " gaps, " << claims << " claims: median " << milliseconds[claims / 2] << " ms, worst " << milliseconds.back()
            << " ms a claim; " << window.gaps().size() << " gaps open at the end\n";
  return 0;
}
