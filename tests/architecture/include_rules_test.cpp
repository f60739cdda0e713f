// Each include rule bites: a small sample of what it forbids, and its neighbour that is fine.

#include "tests/architecture/include_rules.h"

#include <gtest/gtest.h>

namespace boxoffice::tests::architecture {
namespace {

std::vector<SourceFile> files(
    std::initializer_list<std::pair<std::string_view, std::string_view>> texts) {
  std::vector<SourceFile> parsed;
  for (const auto& [path, text] : texts) parsed.push_back(parse_source(std::string(path), text));
  return parsed;
}

Findings folders(std::string_view path, std::string_view text) {
  return check_folders(files({{path, text}}), folder_rules());
}

Findings libraries(std::string_view path, std::string_view text) {
  return check_libraries(files({{path, text}}), library_rules());
}

TEST(IncludeTable, base_includes_nothing_but_itself) {
  EXPECT_TRUE(folders("base/a.h", "#include \"base/b.h\"\n").empty());
  EXPECT_EQ(folders("base/a.h", "#include \"events/events.h\"\n").size(), 1U);
}

TEST(IncludeTable, the_domain_sees_event_structs_but_not_the_codec_or_the_log) {
  EXPECT_TRUE(folders("engine/domain/a.cpp", "#include \"events/events.h\"\n").empty());
  EXPECT_EQ(folders("engine/domain/a.cpp", "#include \"events/codec.h\"\n").size(), 1U);
  EXPECT_EQ(folders("engine/domain/a.cpp", "#include \"engine/log/event_log.h\"\n").size(), 1U);
}

TEST(IncludeTable, the_sequencer_sees_the_logs_interface_only) {
  const auto* path = "engine/sequencer/a.cpp";
  EXPECT_TRUE(folders(path, "#include \"engine/log/event_log.h\"\n").empty());
  EXPECT_EQ(folders(path, "#include \"engine/log/rocksdb_log.h\"\n").size(), 1U);
}

TEST(IncludeTable, http_sees_commands_and_refusals_but_no_state) {
  EXPECT_TRUE(folders("http/api/a.cpp", "#include \"engine/domain/commands.h\"\n").empty());
  EXPECT_TRUE(folders("http/api/a.cpp", "#include \"engine/engine.h\"\n").empty());
  EXPECT_EQ(folders("http/api/a.cpp", "#include \"engine/domain/state.h\"\n").size(), 1U);
  EXPECT_EQ(folders("http/server/a.cpp", "#include \"engine/engine.h\"\n").size(), 1U);
}

TEST(IncludeTable, a_folder_below_is_not_meant_by_its_parent) {
  EXPECT_EQ(folders("projections/a.cpp", "#include \"events/schema/a.h\"\n").size(), 1U);
}

TEST(IncludeTable, a_folder_without_a_row_is_found) {
  EXPECT_EQ(folders("engine/extras/a.h", "").size(), 1U);
}

TEST(IncludeTable, the_failure_names_the_line_and_what_is_allowed) {
  const auto findings = folders("events/a.h", "\n#include \"engine/engine.h\"\n");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].where, "events/a.h:2");
  EXPECT_NE(findings[0].what.find("events may include: itself, base/"), std::string::npos);
}

TEST(IncludeTable, an_include_in_a_comment_does_not_count) {
  EXPECT_TRUE(folders("base/a.h", "// #include \"events/events.h\"\n").empty());
  EXPECT_TRUE(folders("base/a.h", "/*\n#include \"events/events.h\"\n*/\n").empty());
}

TEST(IncludeTable, an_arrow_that_points_down_is_found) {
  const std::vector<FolderRule> rules = {{"base", {"events/"}}, {"events", {"base/"}}};
  EXPECT_EQ(check_table_order(rules).size(), 1U);
}

TEST(Libraries, each_is_refused_outside_its_place) {
  const std::vector<std::array<std::string_view, 3>> rows = {
      {"<flatbuffers/flatbuffers.h>", "events/codec.cpp", "events/print.cpp"},
      {"<rocksdb/db.h>", "engine/log/rocksdb_log.cpp", "engine/sequencer/sequencer.cpp"},
      {"<boost/asio.hpp>", "http/server/session.h", "http/auth/jwt.cpp"},
      {"<boost/beast/http.hpp>", "http/server/session.cpp", "http/api/api.cpp"},
      {"<simdjson.h>", "http/json/parse.cpp", "http/json/parse.h"},
      {"<sodium.h>", "http/auth/jwt.cpp", "http/server/server.cpp"},
      {"<CLI/CLI.hpp>", "tools/main.cpp", "tools/seed.cpp"},
      {"<prometheus/registry.h>", "http/api/metrics.cpp", "engine/engine.cpp"},
      {"<fmt/format.h>", "projections/catalog.cpp", "engine/domain/decide.cpp"},
      {"<boost/describe.hpp>", "base/describe.h", "events/events.h"},
  };
  for (const auto& [header, good, bad] : rows) {
    const auto text = "#include " + std::string(header) + "\n";
    EXPECT_TRUE(libraries(good, text).empty()) << header << " in " << good;
    EXPECT_EQ(libraries(bad, text).size(), 1U) << header << " in " << bad;
  }
}

TEST(Libraries, do_not_leave_their_folder_through_headers) {
  const std::pair<std::string_view, std::string_view> session{"http/server/session.h",
                                                              "#include <boost/asio.hpp>\n"};
  const std::pair<std::string_view, std::string_view> open{"http/server/server.h",
                                                           "#include \"http/server/session.h\"\n"};
  const std::pair<std::string_view, std::string_view> plain{"http/server/server.h", ""};
  const std::pair<std::string_view, std::string_view> api{"http/api/api.cpp",
                                                          "#include \"http/server/server.h\"\n"};
  EXPECT_EQ(check_library_reach(files({session, open, api}), library_rules()).size(), 1U);
  EXPECT_TRUE(check_library_reach(files({session, plain, api}), library_rules()).empty());
}

TEST(Libraries, one_that_is_in_no_row_is_found) {
  EXPECT_EQ(libraries("base/a.h", "#include <boost/spirit.hpp>\n").size(), 1U);
  EXPECT_EQ(libraries("base/a.h", "#include <curl/curl.h>\n").size(), 1U);
}

TEST(Libraries, standard_and_system_headers_are_fine) {
  EXPECT_TRUE(libraries("base/a.h", "#include <vector>\n#include <sys/stat.h>\n").empty());
}

TEST(Includes, a_path_that_is_not_from_the_root_is_found) {
  EXPECT_EQ(check_paths(files({{"base/a.h", ""}, {"base/b.h", "#include \"a.h\"\n"}})).size(), 1U);
  EXPECT_TRUE(
      check_paths(files({{"base/a.h", ""}, {"base/b.h", "#include \"base/a.h\"\n"}})).empty());
}

TEST(Includes, generated_code_is_for_the_codec_only) {
  const auto* text = "#include \"events_generated.h\"\n";
  EXPECT_TRUE(check_paths(files({{"events/codec.cpp", text}})).empty());
  EXPECT_EQ(check_paths(files({{"events/print.cpp", text}})).size(), 1U);
}

TEST(Includes, the_own_header_comes_first) {
  const std::pair<std::string_view, std::string_view> header{"base/a.h", ""};
  EXPECT_TRUE(check_own_header_first(
                  files({header, {"base/a.cpp", "#include \"base/a.h\"\n#include <vector>\n"}}))
                  .empty());
  EXPECT_EQ(check_own_header_first(
                files({header, {"base/a.cpp", "#include <vector>\n#include \"base/a.h\"\n"}}))
                .size(),
            1U);
  EXPECT_EQ(check_own_header_first(files({header, {"base/a.cpp", ""}})).size(), 1U);
  EXPECT_TRUE(check_own_header_first(files({{"base/main.cpp", "#include <vector>\n"}})).empty());
}

TEST(Includes, a_cycle_is_found_and_spelled_out) {
  const auto findings = check_cycles(files({{"base/a.h", "#include \"base/b.h\"\n"},
                                            {"base/b.h", "#include \"base/c.h\"\n"},
                                            {"base/c.h", "#include \"base/a.h\"\n"}}));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_NE(findings[0].what.find("base/a.h -> base/b.h -> base/c.h -> base/a.h"),
            std::string::npos);
}

TEST(Includes, two_ways_to_one_header_are_no_cycle) {
  EXPECT_TRUE(check_cycles(files({{"base/a.h", "#include \"base/b.h\"\n#include \"base/c.h\"\n"},
                                  {"base/b.h", "#include \"base/c.h\"\n"},
                                  {"base/c.h", ""}}))
                  .empty());
}

}  // namespace
}  // namespace boxoffice::tests::architecture
