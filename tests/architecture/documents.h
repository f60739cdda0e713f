// What documents say about tests is true: the tests that they name exist.
#pragma once

#include <filesystem>

#include "tests/architecture/source_file.h"

namespace boxoffice::tests::architecture {

/// Checks each `Suite.name_of_a_test` and each `tests/…` path that `markdown` names in backquotes.
/// `files` is the whole tree; paths are looked up below `root`.
Findings check_named_tests(std::string_view document, std::string_view markdown,
                           const std::vector<SourceFile>& files, const std::filesystem::path& root);

}  // namespace boxoffice::tests::architecture
