// What engine/domain must not know: time, chance, threads, the outside world, floating point, and
// the order of a hash table. Each of them would make two replays of one log differ.

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "tests/architecture/text_rules.h"

namespace boxoffice::tests::architecture {
namespace {

constexpr auto npos = std::string_view::npos;

struct Forbidden {
  std::string_view word;
  std::string_view instead;
};

constexpr std::string_view clock_instead = "Time comes in Context::now.";
constexpr std::string_view chance_instead = "Draw at the edge and carry the result in the command.";
constexpr std::string_view thread_instead = "The domain runs on one thread and owns none.";
constexpr std::string_view outside_instead = "Return values; whoever calls does the talking.";
constexpr std::string_view float_instead = "Count cents (base/money.h) or microseconds.";

// <chrono> is fine for its durations; its clocks are among the words.
constexpr std::array forbidden_includes = {
    Forbidden{"ctime", clock_instead},         Forbidden{"time.h", clock_instead},
    Forbidden{"sys/time.h", clock_instead},    Forbidden{"random", chance_instead},
    Forbidden{"thread", thread_instead},       Forbidden{"mutex", thread_instead},
    Forbidden{"shared_mutex", thread_instead}, Forbidden{"condition_variable", thread_instead},
    Forbidden{"atomic", thread_instead},       Forbidden{"future", thread_instead},
    Forbidden{"iostream", outside_instead},    Forbidden{"fstream", outside_instead},
    Forbidden{"sstream", outside_instead},     Forbidden{"ostream", outside_instead},
    Forbidden{"istream", outside_instead},     Forbidden{"iomanip", outside_instead},
    Forbidden{"cstdio", outside_instead},      Forbidden{"stdio.h", outside_instead},
    Forbidden{"filesystem", outside_instead},  Forbidden{"unistd.h", outside_instead},
    Forbidden{"cstdlib", outside_instead},     Forbidden{"locale", outside_instead},
    Forbidden{"cmath", float_instead},         Forbidden{"math.h", float_instead},
};

constexpr std::array forbidden_words = {
    Forbidden{"::now(", clock_instead},         Forbidden{"system_clock", clock_instead},
    Forbidden{"steady_clock", clock_instead},   Forbidden{"Clock", clock_instead},
    Forbidden{"clock_gettime", clock_instead},  Forbidden{"rand", chance_instead},
    Forbidden{"random_device", chance_instead}, Forbidden{"mt19937", chance_instead},
    Forbidden{"thread_local", thread_instead},  Forbidden{"mutex", thread_instead},
    Forbidden{"atomic", thread_instead},        Forbidden{"getenv", outside_instead},
    Forbidden{"printf", outside_instead},       Forbidden{"cout", outside_instead},
    Forbidden{"cerr", outside_instead},         Forbidden{"float", float_instead},
    Forbidden{"double", float_instead},
};

// Looks at every entry and decides nothing: its order shows nowhere.
constexpr std::string_view iterates_freely = "engine/domain/invariants.cpp";

std::string place(const SourceFile& file, std::size_t line) {
  return file.path + ":" + std::to_string(line);
}

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

/// 1.5, but not 1..5 or a.b.
bool has_decimal_literal(std::string_view code) {
  for (std::size_t i = 1; i + 1 < code.size(); ++i) {
    if (code[i] == '.' && is_digit(code[i - 1]) && is_digit(code[i + 1])) return true;
  }
  return false;
}

/// The name that stands at the beginning, after what a type can end with; empty when none.
std::string name_at(std::string_view rest) {
  const auto first = rest.find_first_not_of(" &");
  if (first == npos) return {};
  rest = rest.substr(first);
  const auto end = std::find_if(rest.begin(), rest.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_';
  });
  return std::string(rest.begin(), end);
}

/// The name that a declaration `unordered_…<…> name` on this line introduces, or one by the alias
/// of such a type; empty when none.
std::string hash_container_name(std::string_view code) {
  constexpr std::string_view alias = "SeatsByOwner";
  if (const auto at = find_word(code, alias); at != npos) {
    return name_at(code.substr(at + alias.size()));
  }
  const auto type = code.find("unordered_");
  if (type == npos) return {};
  auto i = code.find('<', type);
  std::size_t depth = 0;
  for (; i < code.size(); ++i) {
    if (code[i] == '<') ++depth;
    if (code[i] == '>' && --depth == 0) break;
  }
  return i < code.size() ? name_at(code.substr(i + 1)) : std::string();
}

bool iterates(std::string_view code, std::string_view name) {
  const auto at = find_word(code, name);
  if (at == npos) return false;
  const auto after = code.substr(at + name.size());
  if (after.starts_with(".begin(") || after.starts_with(".cbegin(")) return true;
  const auto loop = find_word(code, "for");
  if (loop == npos) return false;
  const auto colon = code.find(" : ", loop);
  return colon != npos && colon < at;
}

}  // namespace

Findings check_domain_words(const SourceFile& file) {
  if (file.folder() != "engine/domain") return {};
  Findings findings;
  for (const auto& include : file.includes) {
    for (const auto& [name, instead] : forbidden_includes) {
      if (include.quoted || include.target != name) continue;
      findings.push_back({place(file, include.line),
                          "<" + std::string(name) + "> in the domain. " + std::string(instead)});
    }
  }
  for (std::size_t i = 0; i < file.code.size(); ++i) {
    if (file.code[i].starts_with("#include")) continue;
    for (const auto& [word, instead] : forbidden_words) {
      if (find_word(file.code[i], word) == npos) continue;
      findings.push_back({place(file, i + 1),
                          "`" + std::string(word) + "` in the domain. " + std::string(instead)});
    }
    if (has_decimal_literal(file.code[i])) {
      findings.push_back(
          {place(file, i + 1), "a decimal literal in the domain. " + std::string(float_instead)});
    }
  }
  return findings;
}

Findings check_domain_iteration(const std::vector<SourceFile>& files) {
  std::set<std::string> names;
  for (const auto& file : files) {
    if (file.folder() != "engine/domain") continue;
    for (const auto& line : file.code) {
      if (auto name = hash_container_name(line); !name.empty()) names.insert(std::move(name));
    }
  }
  Findings findings;
  for (const auto& file : files) {
    if (file.folder() != "engine/domain" || file.path == iterates_freely) continue;
    for (std::size_t i = 0; i < file.code.size(); ++i) {
      for (const auto& name : names) {
        if (!iterates(file.code[i], name)) continue;
        findings.push_back(
            {place(file, i + 1), "walks the hash container `" + name +
                                     "`. Its order differs from build "
                                     "to build; keep an ordered index for the walk."});
      }
    }
  }
  return findings;
}

}  // namespace boxoffice::tests::architecture
