// Where rows live: a RocksDB with one column family `name@version` per projection.
//
// A projection can be made anew beside the rows that answer: in a column family of the next
// generation, `name@version+2`, which nobody sees until it takes the place of the old one. The
// default column family says which generation counts; whatever else an interrupted rebuild left is
// dropped at the next start.
//
// Each table has the rows of whole frames and, among them, the cursor that says "folded up to
// here"; the two are written in one batch, some frames late (write_behind.h). There is no
// write-ahead log: the event log is one already. So after a crash each table is that of some
// earlier frame, and the events after its cursor are folded again. Nothing is synced on the way.
//
// Threads: Rows, Store::write and Store::replace belong to the folding thread, bulk loading to the
// thread that rebuilds; a Table may be read from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/packed.h"
#include "base/result.h"
#include "projections/read_models.h"
#include "projections/row_key.h"
#include "projections/write_behind.h"

namespace rocksdb {
class Cache;
class ColumnFamilyHandle;
class DB;
class Snapshot;
}  // namespace rocksdb

namespace boxoffice::projections {

/// Which rows a column family holds. The version goes up whenever the fold or the rows change.
struct TableId {
  std::string_view name;
  std::uint32_t version = 0;
  /// So many changed rows may wait to be written. More are cheaper to write; but whoever scans the
  /// table waits until they are, some microseconds for ten.
  std::size_t waiting_max = 2'048;

  std::string column_family(std::uint32_t generation = 1) const;
};

/// The fault of bytes that are not a row; the remedy is in its text.
Fault malformed_row(const TableId& table, std::string_view key);

/// The value, or StoreError: for questions, which have no other way to say it.
template <class T>
T value_or_throw(Result<T> result) {
  if (!result) throw StoreError(result.error());
  return std::move(result).value();
}

/// The rows of one projection, in one generation.
class Table {
 public:
  Table(TableId id, std::uint32_t generation, std::uint32_t edition, rocksdb::DB& db,
        rocksdb::ColumnFamilyHandle& family)
      : id_(id),
        generation_(generation),
        edition_(edition),
        db_(db),
        family_(family),
        behind_(id.waiting_max) {}
  /// Drops the rows if they are not to be kept.
  ~Table();
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  const TableId& id() const { return id_; }
  /// Drawn when the table was created, never 0: rows of two editions, in this store or in one that
  /// was deleted, were folded apart from each other.
  std::uint32_t edition() const { return edition_; }

  /// The bytes under `key`, if any.
  Result<std::optional<std::string>> get(std::string_view key) const;

  /// The row under `key`, if any. A row that does not decode is a fault.
  template <class Row>
  Result<std::optional<Row>> find(std::string_view key) const {
    TRY(auto bytes, get(key));
    return decode<Row>(key, bytes);
  }

  /// Decodes what get() found under `key`.
  template <class Row>
  Result<std::optional<Row>> decode(std::string_view key,
                                    const std::optional<std::string>& bytes) const {
    std::optional<Row> row;
    if (!bytes) return row;
    row = unpack<Row>(*bytes);
    if (!row) return malformed_row(id_, key);
    return row;
  }

  /// Visits every row whose key starts with `prefix`, in the order of keys; stops at a fault.
  using Visit = std::function<Result<void>(std::string_view key, std::string_view value)>;
  Result<void> scan(std::string_view prefix, const Visit& visit) const;

  /// As scan(), with the rows decoded.
  template <class Row, class VisitRow>
  Result<void> scan_rows(std::string_view prefix, VisitRow&& visit) const {
    return scan(prefix, [&](std::string_view key, std::string_view value) -> Result<void> {
      auto row = unpack<Row>(value);
      if (!row) return malformed_row(id_, key);
      visit(key, std::move(*row));
      return success();
    });
  }

  /// As scan(), from the key `from` on, until `visit` gives false.
  using VisitWhile = std::function<Result<bool>(std::string_view key, std::string_view value)>;
  Result<void> scan_from(std::string_view from, std::string_view prefix,
                         const VisitWhile& visit) const;

  /// As scan_from(), with the rows decoded.
  template <class Row, class VisitRow>
  Result<void> scan_rows_from(std::string_view from, std::string_view prefix,
                              VisitRow&& visit) const {
    return scan_from(from, prefix,
                     [&](std::string_view key, std::string_view value) -> Result<bool> {
                       auto row = unpack<Row>(value);
                       if (!row) return malformed_row(id_, key);
                       return visit(key, std::move(*row));
                     });
  }

  /// Up to where the rows are folded; 0 for a new column family.
  Result<Position> cursor() const;

 private:
  friend class Store;

  /// Has the store what waits: what it has is then all that there is.
  Result<void> write_what_waits() const;

  TableId id_;
  std::uint32_t generation_;
  std::uint32_t edition_;
  rocksdb::DB& db_;
  rocksdb::ColumnFamilyHandle& family_;
  mutable std::atomic<bool> kept_{true};
  mutable WriteBehind behind_;
};

/// What a fold works on: the rows of its table, with the changes of the open frame on top.
class Rows {
 public:
  explicit Rows(const Table& table) : table_(table) {}

  template <class Row>
  Result<std::optional<Row>> find(const std::string& key) const {
    if (const auto changed = changes_.find(key); changed != changes_.end()) {
      return table_.decode<Row>(key, changed->second);
    }
    return table_.find<Row>(key);
  }

  template <class Row>
  void put(std::string key, const Row& row) {
    changes_.insert_or_assign(std::move(key), pack(row));
  }

  /// There is no row under `key` any more.
  void erase(std::string key) { changes_.insert_or_assign(std::move(key), std::nullopt); }

  /// How many rows have changed.
  std::size_t size() const { return changes_.size(); }

 private:
  friend class Store;

  const Table& table_;
  RowChanges changes_;
};

class Store {
 public:
  /// Opens or creates the store with these tables. Column families of the same names and older
  /// versions are dropped; a newer version is a fault and leaves everything as it is. Names that
  /// this build does not know are left alone.
  static Result<std::unique_ptr<Store>> open(const std::string& directory,
                                             std::span<const TableId> tables);
  /// What counts in the store in `directory`, which is only looked at.
  static Result<std::vector<ReadModels::Status>> look(const std::string& directory);

  /// Does not flush: what was not flushed is folded again.
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// The table that counts. REQUIRES: `id` is one of the tables opened.
  std::shared_ptr<const Table> table(const TableId& id) const;

  /// An empty table of the next generation. Unless it takes the place of the one that counts, its
  /// rows are dropped with it.
  Result<std::shared_ptr<const Table>> create_beside(const TableId& id);
  /// Writes the changes to a table that nobody reads yet, as a sorted file: `rows` are empty again.
  Result<void> bulk_load(Rows& rows, Position cursor);
  /// From now on `table` counts. Its predecessor's rows are dropped after the next flush(), with
  /// the last who holds it: until then a crash goes back to them.
  Result<void> replace(const std::shared_ptr<const Table>& table);

  /// A moment of the store, to read while it goes on.
  class Moment {
   public:
    explicit Moment(rocksdb::DB& db);
    ~Moment();
    Moment(const Moment&) = delete;
    Moment& operator=(const Moment&) = delete;

    /// Row by row, cursors included.
    Result<Comparison> compare(const Table& live, const Table& rebuilt,
                               const KeepOn& keep_on) const;

   private:
    rocksdb::DB& db_;
    const rocksdb::Snapshot* snapshot_;
  };
  /// With all that `tables` have.
  Result<std::unique_ptr<Moment>> moment(std::span<const Table* const> tables) const;

  /// The changes of one projection and the position that they lead to.
  struct Change {
    Rows* rows = nullptr;
    Position cursor;
  };
  /// Takes the changes; they are visible when it returns, those of a table all at once, and `rows`
  /// are empty again.
  Result<void> write(std::span<const Change> changes);

  /// Puts everything written so far on disk.
  Result<void> flush();

 private:
  Store() = default;
  Result<void> drop_what_does_not_count(std::span<const TableId> tables);
  Result<void> open_tables(std::span<const TableId> tables);
  Result<rocksdb::ColumnFamilyHandle*> create_family(const std::string& name);
  Result<std::uint32_t> edition_of(const std::string& column_family);
  Result<std::uint32_t> draw_edition(const std::string& column_family);
  std::size_t place_of(const TableId& id) const;
  Result<std::uint32_t> generation_that_counts(std::string_view column_family) const;
  Result<std::vector<ReadModels::Status>> status_of_families() const;

  std::string directory_;
  std::atomic<std::uint64_t> bulk_files_{0};  // so many were ever loaded
  std::shared_ptr<rocksdb::Cache> cache_;
  std::unique_ptr<rocksdb::DB> db_;
  rocksdb::ColumnFamilyHandle* default_family_ = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;  // without a table in this build
  mutable std::mutex mutex_;                            // guards what follows
  std::vector<std::shared_ptr<const Table>> tables_;    // that count
  std::vector<std::shared_ptr<const Table>> replaced_;  // since the last flush
  std::uint32_t newest_generation_ = 0;                 // of all tables
};

}  // namespace boxoffice::projections
