// The changes of one table that the store was not given yet: rows are written behind.
//
// Writing a row costs RocksDB more than all else that a fold does. So the rows of several frames
// wait here until they are worth a batch: a row that changes again meanwhile is written once, and
// rows in the order of their keys find their places sooner.
//
// Who asks for a row finds it here as it would in the store: the changes of a frame show all at
// once, when they are added. Who needs the store itself (to scan it, to compare it, to put it on
// disk) has what waits written first.
//
// Invariants: what waits is whole frames, with the table's cursor among its rows, and so is what is
// written; it is the later one of what waits and what the store has.
// Threads: add() belongs to one; the rest is for any. No lock is held while another writes, but by
// others that write.
// Limits: as long as every add() that says so is followed by a write(), rows_max rows and those of
// one frame, or bytes_max bytes and one frame.
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"

namespace boxoffice::projections {

/// So that rows are found by a view of their key.
struct RowKeyHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view key) const { return std::hash<std::string_view>()(key); }
};

/// Rows by their keys; none: erased.
using RowChanges =
    std::unordered_map<std::string, std::optional<std::string>, RowKeyHash, std::equal_to<>>;

/// The changes in the order of their keys.
std::vector<const RowChanges::value_type*> by_key(const RowChanges& changes);

class WriteBehind {
 public:
  static constexpr std::size_t bytes_max = 4U << 20;

  explicit WriteBehind(std::size_t rows_max) : rows_max_(rows_max) {}

  /// What waits of the row under `key`: its bytes, or that it is erased. Nothing: ask the store.
  std::optional<std::optional<std::string>> find(std::string_view key) const;

  /// Takes the changes of a frame, which are empty again. True: there is enough to write().
  [[nodiscard]] bool add(RowChanges& changes);

  /// Gives everything that waits to `write`, once. When that fails it goes on waiting, and the next
  /// write() gives it again.
  using Write = std::function<Result<void>(const RowChanges&)>;
  Result<void> write(const Write& write);

 private:
  const std::size_t rows_max_;
  std::mutex write_mutex_;    // held by who writes, before mutex_
  mutable std::mutex mutex_;  // guards what follows
  RowChanges waiting_;
  RowChanges being_written_;  // changed by who writes only
  std::size_t bytes_ = 0;     // of waiting_, and of rows that were changed again
};

}  // namespace boxoffice::projections
