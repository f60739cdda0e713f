// Hall: the seats of one show as customers see them, who choose by what they have heard of it.
//
// A seat is known to be taken when an answer says so, so that customers who choose at the same time
// want the same seats, as people do.
//
// Threads: one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <vector>

#include "base/ids.h"

namespace boxoffice::tools::bench {

using Random = std::mt19937_64;

class Hall {
 public:
  /// `seats`: in the order of the hall, which is that of their ids.
  Hall(ShowId show, std::vector<SeatId> seats);

  ShowId show() const { return show_; }
  std::size_t seats() const { return seats_.size(); }
  std::size_t free() const { return free_; }

  // Adjacent seats; empty when there are none that are not known to be taken.

  /// The next ones that nobody has been given here.
  std::vector<SeatId> choose_next(std::size_t count);
  /// Anywhere.
  std::vector<SeatId> choose_anywhere(std::size_t count, Random& random) const;
  /// Among the best, that is the first, that are free.
  std::vector<SeatId> choose_best(std::size_t count, Random& random);

  /// One that is known to be taken; empty when a few tries find none.
  std::vector<SeatId> choose_taken(Random& random) const;

  /// What choose_next() gave was not asked for in the end.
  void give_back(std::span<const SeatId> seats);

  void taken(std::span<const SeatId> seats);
  void freed(std::span<const SeatId> seats);

 private:
  bool is_free(std::size_t at, std::size_t count) const;
  std::vector<SeatId> at(std::size_t at, std::size_t count) const;
  std::size_t index_of(SeatId seat) const;  // seats() when it is another hall's

  ShowId show_;
  std::vector<SeatId> seats_;
  std::vector<bool> taken_;
  std::size_t free_;
  std::size_t next_ = 0;
  std::size_t best_ = 0;  // every seat before it is taken
};

}  // namespace boxoffice::tools::bench
