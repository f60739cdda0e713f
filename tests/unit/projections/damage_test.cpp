// Read models whose files were damaged: opening them, folding on and asking them everything gives a
// fault or the right answers. Never, without a word, others.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/whole_file.h"
#include "tests/unit/projections/random_history.h"

namespace boxoffice::projections {
namespace {

namespace fs = std::filesystem;

class Damage : public testing::Test {
 protected:
  void SetUp() override {
    std::vector<std::uint32_t> choices;
    std::uint32_t x = 11;
    for (int i = 0; i < 60; ++i) choices.push_back((x = x * 1664525 + 1013904223) >> 1);
    history_ = random_history(choices).history;
    const auto models = open_models(original_.path());
    unwrap(models->apply(history_.frame(Position(1), history_.last())));
    unwrap(models->flush());
    expected_ = answers(*models);
  }

  std::string answers(const ReadModels& models) const {
    return answers_at(models, history_.last(), random_ids_max) +
           answers_now(models, random_ids_max);
  }

  // Of the files as `damage` leaves them. Whether the damage was noticed.
  template <class Change>
  bool is_noticed(const std::string& what, const Change& change) {
    tests::TempDir directory;
    fs::copy(original_.path(), directory.path(),
             fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    change(fs::path(directory.path()));
    const auto opened = ReadModels::open(directory.path());
    if (!opened) return true;
    ReadModels& models = *opened.value();
    try {
      if (models.position() < history_.last() &&
          !models.apply(history_.frame(models.position().next(), history_.last()))) {
        return true;
      }
      const auto status = models.status();
      const bool all_run = std::all_of(status.begin(), status.end(),
                                       [](const auto& one) { return one.stopped.empty(); });
      if (!all_run) return true;
      EXPECT_EQ(answers(models), expected_) << what;
    } catch (const std::runtime_error&) {  // a row could not be read
      return true;
    }
    return false;
  }

  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const auto& file : fs::directory_iterator(original_.path())) {
      out.push_back(file.path().filename().string());
    }
    std::sort(out.begin(), out.end());
    return out;
  }

  tests::TempDir original_;
  History history_;
  std::string expected_;
};

TEST_F(Damage, of_a_byte_is_noticed_or_harmless) {
  std::size_t noticed = 0;
  for (const std::string& name : names()) {
    const std::string bytes = read_file(fs::path(original_.path()) / name);
    const std::size_t step = std::max<std::size_t>(1, bytes.size() / 24);
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      noticed += is_noticed(name + " at " + std::to_string(at), [&](const fs::path& folder) {
        std::string changed = bytes;
        changed[at] = static_cast<char>(changed[at] ^ 0x20);
        write_file(folder / name, changed);
      });
    }
  }
  EXPECT_GT(noticed, 100U) << "otherwise this test damages nothing that matters";
}

TEST_F(Damage, of_a_whole_file_is_noticed_or_harmless) {
  std::size_t noticed = 0;
  for (const std::string& name : names()) {
    const std::string bytes = read_file(fs::path(original_.path()) / name);
    noticed +=
        is_noticed("without " + name, [&](const fs::path& folder) { fs::remove(folder / name); });
    for (const std::size_t size : {std::size_t{0}, bytes.size() / 2, bytes.size() - 1}) {
      if (size >= bytes.size()) continue;
      noticed += is_noticed(name + " cut off", [&](const fs::path& folder) {
        write_file(folder / name, bytes.substr(0, size));
      });
    }
    for (const std::string& other : names()) {
      if (other <= name) continue;
      noticed += is_noticed(name + " and " + other + " exchanged", [&](const fs::path& folder) {
        write_file(folder / name, read_file(fs::path(original_.path()) / other));
        write_file(folder / other, bytes);
      });
    }
  }
  EXPECT_GT(noticed, 20U);
}

}  // namespace
}  // namespace boxoffice::projections
