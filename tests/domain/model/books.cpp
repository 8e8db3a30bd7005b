#include "tests/domain/model/books.hpp"

#include <algorithm>
#include <utility>

namespace model {
namespace {

std::string shown(const Event& event) {
  return "row " + std::to_string(event.id) + " (number " + std::to_string(event.number) + ", key " + std::to_string(event.key) +
         ")";
}

}  // namespace

void Books::breach(Breach what, std::string how) {
  if (broken_) return;
  broken_ = what;
  how_ = std::move(how);
}

void Books::append(const Event& event) {
  if (!committed_.contains(event.number)) breach(Breach::phantom, shown(event) + " was published and never committed");
  if (!arrived_.insert(event.number).second) {
    if (!excused_.contains(event.number)) breach(Breach::twice, shown(event) + " was published twice");
    return;
  }
  if (vanished_.contains(event.number)) return;
  auto& last = last_[event.key];
  if (event.number < last) breach(Breach::disorder, shown(event) + " was published after number " + std::to_string(last));
  last = event.number;
}

bool Books::complete() const {
  return std::ranges::all_of(committed_, [this](auto number) { return arrived_.contains(number) || vanished_.contains(number); });
}

void Books::deleted(const Event& event) {
  if (!arrived_.contains(event.number)) breach(Breach::lost, shown(event) + " was deleted and never published");
}

}  // namespace model
