#include "relay/domain/table_pages.hpp"

#include <utility>

namespace relay {

TablePage& TablePages::open(bool of_pass) {
  return pages_.emplace_back(TablePage{.of_pass = of_pass});
}

TablePage* TablePages::find(Number number) noexcept {
  const auto place = (number - first_) % numbers;
  return place >= pages_.size() ? nullptr : &pages_[place];
}

// Pages behind a held row stay until their pass ends, and may be the whole table.
void TablePages::acknowledged(Number number) {
  auto* page = find(number);
  if (page == nullptr || --page->on_their_way > 0 || !page->taken) return;
  std::vector<SentVersion>().swap(page->sent);  // an assignment would keep the memory
}

std::optional<TablePage> TablePages::take_done() {
  if (pages_.empty()) return std::nullopt;
  const auto& page = pages_.front();
  if (!page.taken || (page.of_pass && page.held) || page.on_their_way > 0) return std::nullopt;
  auto done = std::move(pages_.front());
  pages_.pop_front();
  ++first_;
  return done;
}

bool TablePages::landed(Number through) const noexcept {
  for (std::size_t i = 0; i < pages_.size() && first_ + i <= through; ++i) {
    if (pages_[i].on_their_way > 0) return false;
  }
  return true;
}

void TablePages::drop(Number through) {
  while (!pages_.empty() && first_ <= through) {
    pages_.pop_front();
    ++first_;
  }
}

std::size_t TablePages::rows_on_their_way() const noexcept {
  std::size_t rows = 0;
  for (const auto& page : pages_) rows += page.on_their_way;
  return rows;
}

std::size_t TablePages::bytes_on_their_way() const noexcept {
  std::size_t bytes = 0;
  for (const auto& page : pages_) bytes += page.on_their_way > 0 ? page.bytes : 0;
  return bytes;
}

}  // namespace relay
