// What the domain's object files ask of the world: the check that no wording can evade.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/architecture/source_file.h"

namespace boxoffice::tests::architecture {

/// `nm_output` is what `nm -C -u` prints for the domain's library. Finds symbols of clocks,
/// randomness, threads, files, streams, the environment and locales.
Findings check_domain_symbols(std::string_view nm_output);

}  // namespace boxoffice::tests::architecture
