// The rules about #include: who may include whom, and how.
#pragma once

#include <span>

#include "tests/architecture/include_table.h"
#include "tests/architecture/source_file.h"

namespace boxoffice::tests::architecture {

/// Arrows between folders that the table does not have.
Findings check_folders(const std::vector<SourceFile>& files, std::span<const FolderRule> rules);

/// Third-party headers outside the files that may include them, or in no row of the table.
/// Tests and benchmarks are free.
Findings check_libraries(const std::vector<SourceFile>& files, std::span<const LibraryRule> rules);

/// Includes of another folder's header that reaches a library which should not leave that folder.
Findings check_library_reach(const std::vector<SourceFile>& files,
                             std::span<const LibraryRule> rules);

/// Quoted includes that are not a file of the project named from its root.
Findings check_paths(const std::vector<SourceFile>& files);

/// x.cpp includes x.h first, which proves that x.h stands alone.
Findings check_own_header_first(const std::vector<SourceFile>& files);

/// Headers that include each other.
Findings check_cycles(const std::vector<SourceFile>& files);

/// Rows that name a folder which has no row above them: the table itself could have a cycle.
Findings check_table_order(std::span<const FolderRule> rules);

}  // namespace boxoffice::tests::architecture
