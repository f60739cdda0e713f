// What documents say about tests is true: the tests that they name exist.
#pragma once

#include <filesystem>

#include "tests/architecture/source_file.h"

namespace boxoffice::tests::architecture {

/// Checks every `Suite.name_of_a_test` and every `tests/…` path, both in backquotes, that `markdown`
/// names. `files` is the whole tree; paths are looked up below `root`.
Findings check_named_tests(std::string_view document, std::string_view markdown,
                           const std::vector<SourceFile>& files, const std::filesystem::path& root);

}  // namespace boxoffice::tests::architecture
