// The rules about what is written in one file: its size, its words, and what the domain must not
// know.
#pragma once

#include "tests/architecture/source_file.h"

namespace boxoffice::tests::architecture {

inline constexpr std::size_t columns_max = 100;
inline constexpr std::size_t file_lines_max = 500;
inline constexpr std::size_t function_lines_max = 70;

/// `#pragma once` in each header, and no other guard.
Findings check_pragma_once(const SourceFile& file);

/// Lines up to `columns_max` characters, without tabs or trailing space. Tables between
/// "clang-format off" and "on" may be wider.
Findings check_lines(const SourceFile& file);

/// Files up to `file_lines_max` lines; a longer one gives its reason at its top, in the words
/// "Longer than 500 lines because …".
Findings check_file_length(const SourceFile& file);

/// Function bodies up to `function_lines_max` lines.
Findings check_function_length(const SourceFile& file);

/// No notes to do something later: what is not done is an issue.
Findings check_no_todo(const SourceFile& file);

/// No macros but ENSURE and TRY.
Findings check_macros(const SourceFile& file);

/// `catch` only where exceptions are turned into answers. Tests and benchmarks are free.
Findings check_catch_sites(const SourceFile& file);

/// No clock, randomness, thread, input or output, locale, or floating point in engine/domain.
Findings check_domain_words(const SourceFile& file);

/// No iteration over a hash container in engine/domain: its order is not part of the state. Only
/// the invariants may, which look at every entry and decide nothing. Takes the whole tree, since a
/// member is declared in one file and used in another.
Findings check_domain_iteration(const std::vector<SourceFile>& files);

}  // namespace boxoffice::tests::architecture
