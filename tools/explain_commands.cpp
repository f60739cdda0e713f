#include "tools/explain_commands.h"

#include <fmt/format.h>

#include <string>

#include "http/api/problem_pages.h"

namespace boxoffice::tools {

namespace {

using http::api::ProblemKind;

std::string list_of_codes() {
  std::string out;
  for (const ProblemKind& kind : http::api::problem_kinds()) {
    out += fmt::format("{} {:<27} {}\n", kind.status, kind.name, kind.title);
  }
  return out;
}

Result<void> run_explain(const CommandLine& line) {
  if (line.what.empty()) return put(list_of_codes());
  const auto code = http::api::find_problem(line.what);
  if (!code) {
    return fault(FaultKind::not_found, line.what + " is no code; see boxoffice explain");
  }
  return put(http::api::to_text(page_of(http::api::kind_of(*code))));
}

}  // namespace

void add_explain_command(CLI::App& app, CommandLine& line, Run& chosen) {
  auto* command =
      add_command(app, "explain", "Say what the code of an error means", run_explain, chosen);
  command->add_option("code", line.what,
                      "The code, or its /problems/CODE; without it, all of them");
}

}  // namespace boxoffice::tools
