#include "tests/architecture/include_rules.h"

#include <fnmatch.h>

#include <algorithm>
#include <map>
#include <set>

namespace boxoffice::tests::architecture {
namespace {

// What flatc writes into the build folder from events/schema.
constexpr std::string_view generated_suffix = "_generated.h";

std::string place(const SourceFile& file, const Include& include) {
  return file.path + ":" + std::to_string(include.line);
}

std::string_view folder_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

const FolderRule* rule_of(std::string_view folder, std::span<const FolderRule> rules) {
  const auto found = std::find_if(rules.begin(), rules.end(),
                                  [&](const auto& rule) { return rule.folder == folder; });
  return found == rules.end() ? nullptr : &*found;
}

bool is_free(std::string_view path) {
  return path.starts_with("tests/") || path.starts_with("benchmarks/");
}

bool allows(const FolderRule& rule, std::string_view target) {
  if (folder_of(target) == rule.folder) return true;
  return std::any_of(rule.may_include.begin(), rule.may_include.end(), [&](std::string_view to) {
    return to.ends_with('/') ? folder_of(target) == to.substr(0, to.size() - 1) : target == to;
  });
}

/// A C++ or C standard header has neither a folder nor, in C++, a suffix. Headers of the system
/// have both or a bare `.h`; what they may do is checked where it matters (the domain's purity).
bool is_standard_or_system(std::string_view target) {
  static const std::set<std::string_view> system_folders = {"sys", "netinet", "arpa", "linux"};
  const auto folder = folder_of(target);
  return folder.empty() || system_folders.contains(folder);
}

const LibraryRule* library_of(std::string_view target, std::span<const LibraryRule> rules) {
  for (const auto& rule : rules) {
    for (const auto prefix : rule.include_prefixes) {
      if (target.starts_with(prefix)) return &rule;
    }
  }
  return nullptr;
}

/// "a, b, c", after `first` when there is one.
std::string joined(const std::vector<std::string_view>& words, std::string first = {}) {
  for (const auto word : words) first += (first.empty() ? "" : ", ") + std::string(word);
  return first;
}

using Files = std::map<std::string_view, const SourceFile*>;

Files by_path(const std::vector<SourceFile>& files) {
  Files found;
  for (const auto& file : files) found[file.path] = &file;
  return found;
}

/// The first library of limited reach that `path` includes, itself or by way of other headers.
const LibraryRule* reached_library(const Files& files, std::string_view path,
                                   std::span<const LibraryRule> rules,
                                   std::set<std::string_view>& seen) {
  const auto file = files.find(path);
  if (file == files.end() || !seen.insert(path).second) return nullptr;
  for (const auto& include : file->second->includes) {
    const auto* library = include.quoted ? reached_library(files, include.target, rules, seen)
                                         : library_of(include.target, rules);
    if (library != nullptr && library->reach == Reach::own_folder) return library;
  }
  return nullptr;
}

using IncludeGraph = std::map<std::string, std::vector<std::string>>;

/// Depth first; reports the path back to a file that is still open.
void find_cycle(const IncludeGraph& graph, const std::string& file, std::vector<std::string>& open,
                std::set<std::string>& done, Findings& findings) {
  const auto again = std::find(open.begin(), open.end(), file);
  if (again != open.end()) {
    std::string path;
    for (auto it = again; it != open.end(); ++it) path += *it + " -> ";
    findings.push_back(
        {file, "include cycle " + path + file + ". Move what both need into a header of its own."});
    return;
  }
  if (done.contains(file)) return;
  open.push_back(file);
  if (const auto found = graph.find(file); found != graph.end()) {
    for (const auto& next : found->second) find_cycle(graph, next, open, done, findings);
  }
  open.pop_back();
  done.insert(file);
}

}  // namespace

Findings check_folders(const std::vector<SourceFile>& files, std::span<const FolderRule> rules) {
  Findings findings;
  for (const auto& file : files) {
    if (is_free(file.path) || file.path.starts_with("tools/")) continue;
    const auto* rule = rule_of(file.folder(), rules);
    if (rule == nullptr) {
      findings.push_back({file.path,
                          "its folder has no row in tests/architecture/include_table.cpp."
                          " Move the file, or give the folder a row and an ADR."});
      continue;
    }
    for (const auto& include : file.includes) {
      if (!include.quoted || include.target.ends_with(generated_suffix)) continue;
      if (allows(*rule, include.target)) continue;
      findings.push_back({place(file, include),
                          "may not include " + include.target + ". " + std::string(rule->folder) +
                              " may include: " + joined(rule->may_include, "itself") +
                              ". Pass what it needs as a value or a function, or move the code."});
    }
  }
  return findings;
}

Findings check_libraries(const std::vector<SourceFile>& files, std::span<const LibraryRule> rules) {
  Findings findings;
  for (const auto& file : files) {
    if (is_free(file.path)) continue;
    for (const auto& include : file.includes) {
      if (include.quoted) continue;
      const auto* library = library_of(include.target, rules);
      if (library == nullptr) {
        if (is_standard_or_system(include.target)) continue;
        findings.push_back(
            {place(file, include),
             "<" + include.target +
                 "> is of no library in "
                 "tests/architecture/include_table.cpp. Add a row, or do without it."});
        continue;
      }
      const bool allowed =
          std::any_of(library->places.begin(), library->places.end(), [&](std::string_view glob) {
            return fnmatch(std::string(glob).c_str(), file.path.c_str(), FNM_PATHNAME) == 0;
          });
      if (allowed) continue;
      findings.push_back({place(file, include), std::string(library->name) + " is only for " +
                                                    joined(library->places) +
                                                    ". Put a plain interface between."});
    }
  }
  return findings;
}

Findings check_library_reach(const std::vector<SourceFile>& files,
                             std::span<const LibraryRule> rules) {
  const auto paths = by_path(files);
  Findings findings;
  for (const auto& file : files) {
    if (is_free(file.path)) continue;
    for (const auto& include : file.includes) {
      if (!include.quoted || folder_of(include.target) == file.folder()) continue;
      std::set<std::string_view> seen;
      const auto* library = reached_library(paths, include.target, rules, seen);
      if (library == nullptr) continue;
      findings.push_back({place(file, include), include.target + " brings " +
                                                    std::string(library->name) +
                                                    " along, which stays in its folder. Hide it "
                                                    "behind a plain header (an Impl, a factory)."});
    }
  }
  return findings;
}

Findings check_paths(const std::vector<SourceFile>& files) {
  const auto paths = by_path(files);
  Findings findings;
  for (const auto& file : files) {
    for (const auto& include : file.includes) {
      if (!include.quoted || paths.contains(include.target)) continue;
      if (include.target.ends_with(generated_suffix) && file.path.starts_with("events/codec")) {
        continue;
      }
      findings.push_back(
          {place(file, include), "\"" + include.target +
                                     "\" is no header of the project. Name it from the "
                                     "root (\"base/ids.h\"); write others as <…>."});
    }
  }
  return findings;
}

Findings check_own_header_first(const std::vector<SourceFile>& files) {
  const auto paths = by_path(files);
  Findings findings;
  for (const auto& file : files) {
    if (file.is_header()) continue;
    const auto own = file.path.substr(0, file.path.size() - std::string_view(".cpp").size()) + ".h";
    if (!paths.contains(own)) continue;
    if (!file.includes.empty() && file.includes.front().target == own) continue;
    findings.push_back({file.path, "include \"" + own +
                                       "\" first, so that compiling this file "
                                       "proves that the header stands alone."});
  }
  return findings;
}

Findings check_cycles(const std::vector<SourceFile>& files) {
  IncludeGraph graph;
  for (const auto& file : files) {
    for (const auto& include : file.includes) {
      if (include.quoted) graph[file.path].push_back(include.target);
    }
  }
  Findings findings;
  std::vector<std::string> open;
  std::set<std::string> done;
  for (const auto& [file, targets] : graph) find_cycle(graph, file, open, done, findings);
  return findings;
}

Findings check_table_order(std::span<const FolderRule> rules) {
  Findings findings;
  std::set<std::string_view> above;
  for (const auto& rule : rules) {
    for (const auto target : rule.may_include) {
      if (above.contains(folder_of(target))) continue;
      findings.push_back({std::string(rule.folder), "names " + std::string(target) +
                                                        ", which has no row above it. Arrows point "
                                                        "up the table only."});
    }
    above.insert(rule.folder);
  }
  return findings;
}

}  // namespace boxoffice::tests::architecture
