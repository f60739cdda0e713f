// Writes the golden file of every event type that has none yet: `write_golden_events DIRECTORY`.
// What is there is never overwritten: those bytes are what earlier versions left on disk.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/support/event_samples.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: write_golden_events DIRECTORY\n", stderr);
    return 2;
  }
  for (const boxoffice::events::Event& event : boxoffice::tests::sample_events()) {
    const std::string name = std::string(boxoffice::events::type_name(event.body)) + ".bin";
    const std::filesystem::path path = std::filesystem::path(argv[1]) / name;
    if (std::filesystem::exists(path)) continue;
    const auto bytes = boxoffice::tests::encode({event});
    std::ofstream out(path, std::ios::binary);
    out.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
    if (!out.flush()) {
      std::fprintf(stderr, "cannot write %s\n", path.c_str());
      return 1;
    }
    std::printf("%s\n", path.c_str());
  }
  return 0;
}
