#include "projections/write_behind.h"

#include <algorithm>
#include <utility>

namespace boxoffice::projections {

namespace {

/// Moves all of `from` over what is in `to`.
void move_over(RowChanges& from, RowChanges& to) {
  while (!from.empty()) {
    auto placed = to.insert(from.extract(from.begin()));
    if (!placed.inserted) placed.position->second = std::move(placed.node.mapped());
  }
}

}  // namespace

std::vector<const RowChanges::value_type*> by_key(const RowChanges& changes) {
  std::vector<const RowChanges::value_type*> sorted;
  sorted.reserve(changes.size());
  for (const auto& change : changes) sorted.push_back(&change);
  std::ranges::sort(
      sorted, {}, [](const auto* change) -> const auto& { return change->first; });
  return sorted;
}

std::optional<std::optional<std::string>> WriteBehind::find(std::string_view key) const {
  const std::lock_guard lock(mutex_);
  for (const RowChanges* const rows : {&waiting_, &being_written_}) {
    if (const auto found = rows->find(key); found != rows->end()) return found->second;
  }
  return std::nullopt;
}

bool WriteBehind::add(RowChanges& changes) {
  std::size_t bytes = 0;
  for (const auto& [key, value] : changes) bytes += key.size() + (value ? value->size() : 0);
  const std::lock_guard lock(mutex_);
  move_over(changes, waiting_);
  bytes_ += bytes;
  return waiting_.size() >= rows_max_ || bytes_ >= bytes_max;
}

Result<void> WriteBehind::write(const Write& write) {
  const std::lock_guard writing(write_mutex_);
  {
    const std::lock_guard lock(mutex_);
    if (being_written_.empty()) {
      being_written_.swap(waiting_);
    } else {
      move_over(waiting_, being_written_);  // the last write failed
    }
    bytes_ = 0;
    if (being_written_.empty()) return success();
  }
  TRY(write(being_written_));
  RowChanges written;
  const std::lock_guard lock(mutex_);
  written.swap(being_written_);
  return success();
}

}  // namespace boxoffice::projections
