#include "tests/support/temp_dir.h"

#include <stdlib.h>

#include <cstdlib>
#include <string>
#include <system_error>

#include "base/ensure.h"

namespace boxoffice::tests {

TempDir::TempDir() {
  std::string pattern = (std::filesystem::temp_directory_path() / "boxoffice-XXXXXX").string();
  ENSURE(::mkdtemp(pattern.data()) != nullptr, "a temporary directory can be made");
  path_ = pattern;
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace boxoffice::tests
