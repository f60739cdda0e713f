// What RocksDB is told about read models, and what its errors become. Private to the store.
#pragma once

#include <rocksdb/cache.h>
#include <rocksdb/db.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace boxoffice::projections {

/// The row that says how far its column family is folded. Sorts before every other: kinds of rows
/// are letters.
inline constexpr std::string_view cursor_key("\0", 1);

inline constexpr std::size_t block_cache_bytes = 64U << 20;

inline rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view view(const rocksdb::Slice& s) { return {s.data(), s.size()}; }

/// `action`: "open /var/lib/boxoffice/read".
Fault store_fault(std::string_view action, const rocksdb::Status& status);

/// `cache` is shared by all column families.
rocksdb::ColumnFamilyOptions family_options(const std::shared_ptr<rocksdb::Cache>& cache);
rocksdb::DBOptions database_options();
rocksdb::WriteOptions without_wal();

/// Where a file is made before it is loaded, and what a process that ended meanwhile left there.
std::string bulk_file(const std::string& directory, std::uint64_t number);
void remove_bulk_files(const std::string& directory);

}  // namespace boxoffice::projections
