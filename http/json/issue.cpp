#include "http/json/issue.h"

#include "http/json/write.h"

namespace boxoffice::http::json {

namespace {

void write_loc(std::string& out, const std::vector<Step>& loc) {
  char separator = '[';
  for (const Step& step : loc) {
    out += separator;
    separator = ',';
    std::visit([&](const auto& s) { write(out, s); }, step);
  }
  out += ']';
}

void write_issue(std::string& out, const Issue& issue) {
  ObjectWriter object(out);
  object.member("type", issue.type);
  write_loc(object.begin("loc"), issue.loc);
  object.member("msg", issue.msg).raw_member("input", issue.input);
  if (!issue.ctx.empty()) object.raw_member("ctx", issue.ctx);
  object.end();
}

}  // namespace

std::string to_json(const Issues& issues) {
  std::string out;
  char separator = '[';
  for (const Issue& issue : issues) {
    out += separator;
    separator = ',';
    write_issue(out, issue);
  }
  return out + (issues.empty() ? "[]" : "]");
}

}  // namespace boxoffice::http::json
