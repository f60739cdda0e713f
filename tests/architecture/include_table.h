// Who may include whom: the picture of the house, as data.
//
// A folder stands in one row, the most specific one. An arrow that is not here does not exist; to
// add one, change the row and say in an ADR why the house needs it.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace boxoffice::tests::architecture {

/// What the files of one folder may include of this project: files, or folders (ending in '/', and
/// without the folders below them). Their own folder always.
struct FolderRule {
  std::string_view folder;
  std::vector<std::string_view> may_include;
};

/// How far a library may be seen through the headers that include it.
enum class Reach {
  own_folder,  ///< such headers are private: no other folder reaches them
  everywhere,
};

/// A third-party library, by how its includes start, and the files that may include it (globs in
/// which `*` does not match '/').
struct LibraryRule {
  std::string_view name;
  std::vector<std::string_view> include_prefixes;
  std::vector<std::string_view> places;
  Reach reach = Reach::own_folder;
};

/// In dependency order: a row only names folders above it. `tools`, `tests` and `benchmarks`, which
/// may include everything, have none.
std::span<const FolderRule> folder_rules();

std::span<const LibraryRule> library_rules();

}  // namespace boxoffice::tests::architecture
