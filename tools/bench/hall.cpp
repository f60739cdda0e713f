#include "tools/bench/hall.h"

#include <algorithm>
#include <utility>

namespace boxoffice::tools::bench {

namespace {

constexpr std::size_t best_blocks = 32;  // that people choose from

}  // namespace

Hall::Hall(ShowId show, std::vector<SeatId> seats)
    : show_(show), seats_(std::move(seats)), taken_(seats_.size()), free_(seats_.size()) {}

bool Hall::is_free(std::size_t at, std::size_t count) const {
  if (at + count > seats_.size()) return false;
  const auto first = taken_.begin() + static_cast<std::ptrdiff_t>(at);
  return std::none_of(first, first + static_cast<std::ptrdiff_t>(count),
                      [](bool taken) { return taken; });
}

std::vector<SeatId> Hall::at(std::size_t at, std::size_t count) const {
  const auto first = seats_.begin() + static_cast<std::ptrdiff_t>(at);
  return {first, first + static_cast<std::ptrdiff_t>(count)};
}

std::vector<SeatId> Hall::choose_next(std::size_t count) {
  while (next_ + count <= seats_.size()) {
    const std::size_t here = next_;
    next_ += count;
    if (is_free(here, count)) return at(here, count);
  }
  return {};
}

std::vector<SeatId> Hall::choose_anywhere(std::size_t count, Random& random) const {
  if (free_ < count) return {};
  const std::size_t from = random() % seats_.size();
  for (std::size_t step = 0; step < seats_.size(); ++step) {
    const std::size_t here = (from + step) % seats_.size();
    if (is_free(here, count)) return at(here, count);
  }
  return {};
}

std::vector<SeatId> Hall::choose_best(std::size_t count, Random& random) {
  while (best_ < seats_.size() && taken_[best_]) ++best_;
  std::array<std::size_t, best_blocks> found{};
  std::size_t blocks = 0;
  for (std::size_t here = best_; here < seats_.size() && blocks < best_blocks;) {
    const bool fits = is_free(here, count);
    if (fits) found[blocks++] = here;
    here += fits ? count : 1;
  }
  if (blocks == 0) return {};
  return at(found[random() % blocks], count);
}

std::vector<SeatId> Hall::choose_taken(Random& random) const {
  constexpr int tries = 8;
  for (int i = 0; i < tries; ++i) {
    const std::size_t here = random() % seats_.size();
    if (taken_[here]) return at(here, 1);
  }
  return {};
}

void Hall::give_back(std::span<const SeatId> seats) {
  for (const SeatId seat : seats) next_ = std::min(next_, index_of(seat));
}

std::size_t Hall::index_of(SeatId seat) const {
  const auto found = std::lower_bound(seats_.begin(), seats_.end(), seat);
  if (found == seats_.end() || *found != seat) return seats_.size();
  return static_cast<std::size_t>(found - seats_.begin());
}

void Hall::taken(std::span<const SeatId> seats) {
  for (const SeatId seat : seats) {
    const std::size_t here = index_of(seat);
    if (here >= taken_.size() || taken_[here]) continue;
    taken_[here] = true;
    --free_;
  }
}

void Hall::freed(std::span<const SeatId> seats) {
  for (const SeatId seat : seats) {
    const std::size_t here = index_of(seat);
    if (here >= taken_.size() || !taken_[here]) continue;
    taken_[here] = false;
    ++free_;
    best_ = std::min(best_, here);
    next_ = std::min(next_, here);
  }
}

}  // namespace boxoffice::tools::bench
