#include "tests/architecture/domain_symbols.h"

#include <array>

namespace boxoffice::tests::architecture {
namespace {

constexpr std::array<std::string_view, 40> forbidden_symbols = {
    // Clocks
    "clock_gettime",
    "gettimeofday",
    "time",
    "clock",
    "system_clock::now",
    "steady_clock::now",
    "nanosleep",
    // Chance
    "rand",
    "srand",
    "random",
    "getrandom",
    "getentropy",
    "std::random_device",
    // Threads
    "pthread_create",
    "pthread_mutex_lock",
    "std::thread",
    "std::mutex",
    "std::condition_variable",
    "std::this_thread",
    // Files, streams, the environment
    "fopen",
    "fopen64",
    "open",
    "open64",
    "read",
    "write",
    "fread",
    "fwrite",
    "printf",
    "puts",
    "std::cout",
    "std::cerr",
    "std::basic_filebuf",
    "std::basic_fstream",
    "std::basic_ofstream",
    "std::basic_ifstream",
    "std::filesystem",
    "getenv",
    // Text that depends on where the process runs
    "setlocale",
    "std::locale",
    "snprintf",
};

}  // namespace

Findings check_domain_symbols(std::string_view nm_output) {
  Findings findings;
  while (!nm_output.empty()) {
    const auto end = nm_output.find('\n');
    const auto line = nm_output.substr(0, end);
    nm_output.remove_prefix(end == std::string_view::npos ? nm_output.size() : end + 1);
    const auto mark = line.find(" U ");
    if (mark == std::string_view::npos) continue;
    const auto symbol = line.substr(mark + 3);
    for (const auto forbidden : forbidden_symbols) {
      // A C function is the whole symbol; C++ names are qualified and followed by more.
      const bool qualified = forbidden.find("::") != std::string_view::npos;
      const bool found =
          qualified ? find_word(symbol, forbidden) != std::string_view::npos : symbol == forbidden;
      if (!found) continue;
      findings.push_back({"engine_domain", "needs `" + std::string(symbol) +
                                               "`. The domain is a pure function of state, command "
                                               "and context: take it as a value instead."});
    }
  }
  return findings;
}

}  // namespace boxoffice::tests::architecture
