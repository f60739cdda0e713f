#include "projections/store.h"

#include <fmt/format.h>
#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <random>

#include "base/bytes.h"
#include "base/ensure.h"
#include "base/fail_point.h"
#include "projections/store_settings.h"

namespace boxoffice::projections {

namespace {

// RocksDB aborts the process when it cannot finish opening on a full disk, so it is not let try.
constexpr std::uintmax_t free_bytes_min = 64U << 20;

/// What a column family holds, by its name: "seat_map@2", or "seat_map@2+7" once it was rebuilt.
struct FamilyName {
  std::string_view name;
  std::uint32_t version = 0;
  std::uint32_t generation = 1;
};

/// Empty for a name of another form.
std::optional<FamilyName> parse_family(std::string_view family) {
  const std::size_t at = family.rfind('@');
  if (at == std::string_view::npos) return std::nullopt;
  FamilyName out{.name = family.substr(0, at)};
  const char* const end = family.data() + family.size();
  auto parsed = std::from_chars(family.data() + at + 1, end, out.version);
  if (parsed.ec == std::errc() && parsed.ptr != end && *parsed.ptr == '+') {
    parsed = std::from_chars(parsed.ptr + 1, end, out.generation);
  }
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return out;
}

/// The table of this build that `family` holds rows of, whatever their version.
const TableId* table_of_name(std::span<const TableId> tables, std::string_view name) {
  const auto found = std::ranges::find(tables, name, &TableId::name);
  return found == tables.end() ? nullptr : &*found;
}

Result<void> refuse_newer(const std::vector<std::string>& families,
                          std::span<const TableId> tables) {
  for (const std::string& family : families) {
    const auto parsed = parse_family(family);
    if (!parsed) continue;
    const TableId* const table = table_of_name(tables, parsed->name);
    if (table != nullptr && parsed->version > table->version) {
      return fault(FaultKind::newer_format,
                   fmt::format("read models: '{}' was written by a newer version of the program "
                               "(this one knows version {}); use that one, or delete the directory",
                               family, table->version));
    }
  }
  return success();
}

std::string edition_key(std::string_view column_family) {
  return fmt::format("edition of {}", column_family);
}

Result<std::vector<std::string>> families_in(const std::string& directory) {
  std::vector<std::string> families;
  if (!std::filesystem::exists(std::filesystem::path(directory) / "CURRENT")) {
    families.push_back(rocksdb::kDefaultColumnFamilyName);
    return families;
  }
  const auto status = rocksdb::DB::ListColumnFamilies(database_options(), directory, &families);
  if (!status.ok()) return store_fault("open " + directory, status);
  return families;
}

Result<void> prepare_directory(const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) {
    return fault(FaultKind::io,
                 fmt::format("read models: cannot create {}: {}", directory, error.message()));
  }
  const auto space = std::filesystem::space(directory, error);
  if (!error && space.available < free_bytes_min) {
    return fault(FaultKind::no_space,
                 fmt::format("read models: {} has {} MB left; {} MB are needed", directory,
                             space.available >> 20, free_bytes_min >> 20));
  }
  return success();
}
}  // namespace

std::string TableId::column_family(std::uint32_t generation) const {
  if (generation == 1) return fmt::format("{}@{}", name, version);
  return fmt::format("{}@{}+{}", name, version, generation);
}

Fault malformed_row(const TableId& table, std::string_view key) {
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(key.data());
  return fault(FaultKind::corrupt,
               fmt::format("read models: malformed row {} of {} (delete the directory; it is "
                           "rebuilt from the log)",
                           to_hex({bytes, key.size()}), table.column_family()));
}

// ---- Table --------------------------------------------------------------------------------------

Result<std::optional<std::string>> Table::get(std::string_view key) const {
  if (auto waits = behind_.find(key)) return *std::move(waits);
  std::optional<std::string> value(std::in_place);
  const auto status = db_.Get(rocksdb::ReadOptions(), &family_, slice(key), &*value);
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return store_fault("read a row", status);
  return value;
}

Result<void> Table::scan(std::string_view prefix, const Visit& visit) const {
  return scan_from(prefix, prefix,
                   [&](std::string_view key, std::string_view value) -> Result<bool> {
                     TRY(visit(key, value));
                     return true;
                   });
}

Result<void> Table::scan_from(std::string_view from, std::string_view prefix,
                              const VisitWhile& visit) const {
  TRY(write_what_waits());
  const std::unique_ptr<rocksdb::Iterator> rows(db_.NewIterator(rocksdb::ReadOptions(), &family_));
  for (rows->Seek(slice(from)); rows->Valid() && rows->key().starts_with(slice(prefix));
       rows->Next()) {
    TRY(const bool more, visit(view(rows->key()), view(rows->value())));
    if (!more) break;
  }
  // A damaged file ends the iteration as if the rows were over.
  if (!rows->status().ok()) return store_fault("read rows", rows->status());
  return success();
}

Result<Position> Table::cursor() const {
  TRY(auto cursor, find<Position>(cursor_key));
  return cursor.value_or(Position());
}

Result<void> Table::write_what_waits() const {
  return behind_.write([this](const RowChanges& changes) -> Result<void> {
    rocksdb::WriteBatch batch;
    for (const auto* const change : by_key(changes)) {
      const auto& [key, value] = *change;
      const auto taken = value ? batch.Put(&family_, key, *value) : batch.Delete(&family_, key);
      ENSURE(taken.ok(), "a batch in memory takes every row");
    }
    const auto status = db_.Write(without_wal(), &batch);
    if (!status.ok()) return store_fault("write rows", status);
    return success();
  });
}

Table::~Table() {
  // One that could not be dropped is dropped at the next start: it does not count.
  if (!kept_) static_cast<void>(db_.DropColumnFamily(&family_));
  static_cast<void>(db_.DestroyColumnFamilyHandle(&family_));
}

// ---- Store --------------------------------------------------------------------------------------

Result<std::unique_ptr<Store>> Store::open(const std::string& directory,
                                           std::span<const TableId> tables) {
  TRY(prepare_directory(directory));
  TRY(auto families, families_in(directory));
  TRY(refuse_newer(families, tables));

  std::unique_ptr<Store> store(new Store());
  store->directory_ = directory;
  store->cache_ = rocksdb::NewLRUCache(block_cache_bytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  const auto options = family_options(store->cache_);
  for (const std::string& family : families) descriptors.emplace_back(family, options);
  rocksdb::DB* db = nullptr;
  const auto status =
      rocksdb::DB::Open(database_options(), directory, descriptors, &store->families_, &db);
  store->db_.reset(db);
  if (!status.ok()) return store_fault("open " + directory, status);
  store->default_family_ = db->DefaultColumnFamily();

  TRY(store->drop_what_does_not_count(tables));
  TRY(store->open_tables(tables));
  return store;
}

Result<std::vector<ReadModels::Status>> Store::look(const std::string& directory) {
  std::error_code error;
  if (!std::filesystem::exists(std::filesystem::path(directory) / "CURRENT", error)) {
    if (!error) return std::vector<ReadModels::Status>();
    return fault(FaultKind::io,
                 fmt::format("read models: cannot look at {}: {}", directory, error.message()));
  }
  TRY(const auto families, families_in(directory));
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  Store store;
  store.cache_ = rocksdb::NewLRUCache(block_cache_bytes);
  for (const auto& family : families)
    descriptors.emplace_back(family, family_options(store.cache_));
  rocksdb::DB* db = nullptr;
  const auto status = rocksdb::DB::OpenForReadOnly(database_options(), directory, descriptors,
                                                   &store.families_, &db);
  store.db_.reset(db);
  if (!status.ok()) return store_fault("look at " + directory, status);
  store.default_family_ = db->DefaultColumnFamily();
  return store.status_of_families();
}

Result<std::vector<ReadModels::Status>> Store::status_of_families() const {
  std::vector<ReadModels::Status> all;
  for (auto* const family : families_) {
    const std::string family_name = family->GetName();
    const auto parsed = parse_family(family_name);
    if (!parsed) continue;
    const TableId id{parsed->name, parsed->version};
    TRY(const std::uint32_t counts, generation_that_counts(id.column_family()));
    if (parsed->generation != counts) continue;
    std::string value;
    const auto status = db_->Get(rocksdb::ReadOptions(), family, slice(cursor_key), &value);
    if (!status.ok() && !status.IsNotFound()) return store_fault("read a cursor", status);
    all.push_back({.name = std::string(parsed->name),
                   .version = parsed->version,
                   .position = unpack<Position>(value).value_or(Position()),
                   .stopped = {}});
  }
  return all;
}

Result<std::uint32_t> Store::generation_that_counts(std::string_view column_family) const {
  std::string value;
  const auto status =
      db_->Get(rocksdb::ReadOptions(), default_family_, slice(column_family), &value);
  if (status.IsNotFound()) return 1U;
  if (!status.ok()) return store_fault("read which rows count", status);
  const auto generation = unpack<std::uint32_t>(value);
  if (!generation) return store_fault("read which rows count", rocksdb::Status::Corruption());
  return *generation;
}

// Older versions, and what an interrupted rebuild left.
Result<void> Store::drop_what_does_not_count(std::span<const TableId> tables) {
  remove_bulk_files(directory_);
  for (auto*& family : families_) {
    const auto parsed = parse_family(family->GetName());
    if (!parsed) continue;
    const TableId* const table = table_of_name(tables, parsed->name);
    if (table == nullptr) continue;
    TRY(const std::uint32_t counts, generation_that_counts(table->column_family()));
    newest_generation_ = std::max({newest_generation_, parsed->generation, counts});
    if (parsed->version == table->version && parsed->generation == counts) continue;
    const auto dropped = db_->DropColumnFamily(family);
    if (!dropped.ok()) return store_fault("drop old rows", dropped);
    static_cast<void>(db_->DestroyColumnFamilyHandle(family));
    family = nullptr;
  }
  std::erase(families_, nullptr);
  return success();
}

Result<void> Store::open_tables(std::span<const TableId> tables) {
  for (const TableId& id : tables) {
    TRY(const std::uint32_t generation, generation_that_counts(id.column_family()));
    newest_generation_ = std::max(newest_generation_, generation);
    const std::string name = id.column_family(generation);
    const auto is_it = [&](const auto* family) { return family->GetName() == name; };
    if (std::ranges::none_of(families_, is_it)) {
      TRY(auto* const created, create_family(name));
      families_.push_back(created);
      TRY(draw_edition(name));
    }
    TRY(const std::uint32_t edition, edition_of(name));
    const auto family = std::ranges::find_if(families_, is_it);
    tables_.push_back(std::make_shared<Table>(id, generation, edition, *db_, **family));
    families_.erase(family);
  }
  return success();
}

Result<rocksdb::ColumnFamilyHandle*> Store::create_family(const std::string& name) {
  rocksdb::ColumnFamilyHandle* created = nullptr;
  const auto status = db_->CreateColumnFamily(family_options(cache_), name, &created);
  if (!status.ok()) return store_fault("create " + name, status);
  return created;
}

// A store that was made before there were editions has none yet.
Result<std::uint32_t> Store::edition_of(const std::string& column_family) {
  std::string value;
  const auto status =
      db_->Get(rocksdb::ReadOptions(), default_family_, edition_key(column_family), &value);
  if (!status.ok() && !status.IsNotFound()) return store_fault("read an edition", status);
  if (const auto edition = unpack<std::uint32_t>(value)) return *edition;
  return draw_edition(column_family);
}

Result<std::uint32_t> Store::draw_edition(const std::string& column_family) {
  std::random_device random;
  std::uint32_t edition = 0;
  while (edition == 0) edition = random();
  const auto status =
      db_->Put(without_wal(), default_family_, edition_key(column_family), pack(edition));
  if (!status.ok()) return store_fault("write an edition", status);
  return edition;
}

Store::~Store() {
  tables_.clear();
  replaced_.clear();
  for (auto* family : families_) static_cast<void>(db_->DestroyColumnFamilyHandle(family));
}

std::shared_ptr<const Table> Store::table(const TableId& id) const {
  const std::lock_guard lock(mutex_);
  return tables_[place_of(id)];
}

// REQUIRES: mutex_ is held.
std::size_t Store::place_of(const TableId& id) const {
  const auto found =
      std::ranges::find(tables_, id.name, [](const auto& table) { return table->id().name; });
  ENSURE(found != tables_.end(), "the table was opened");
  return static_cast<std::size_t>(found - tables_.begin());
}

Result<void> Store::write(std::span<const Change> changes) {
  fail_point(FailPoint::before_projection_write);
  for (const auto& [rows, cursor] : changes) {
    rows->put(std::string(cursor_key), cursor);
    if (rows->table_.behind_.add(rows->changes_)) {
      TRY(rows->table_.write_what_waits());
    }
  }
  fail_point(FailPoint::after_projection_write);
  return success();
}

Result<void> Store::flush() {
  std::vector<rocksdb::ColumnFamilyHandle*> families{default_family_};
  std::vector<std::shared_ptr<const Table>> tables;
  std::vector<std::shared_ptr<const Table>> replaced;
  {
    const std::lock_guard lock(mutex_);
    tables = tables_;
    replaced.swap(replaced_);
  }
  for (const auto& table : tables) {
    TRY(table->write_what_waits());
    families.push_back(&table->family_);
  }
  const auto status = db_->Flush(rocksdb::FlushOptions(), families);
  if (!status.ok()) return store_fault("flush rows", status);
  for (const auto& table : replaced) table->kept_ = false;
  return success();
}

}  // namespace boxoffice::projections
