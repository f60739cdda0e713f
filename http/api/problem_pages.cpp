#include "http/api/problem_pages.h"

#include <fmt/format.h>

#include <algorithm>

namespace boxoffice::http::api {

namespace {

std::string_view text_of(Repeat repeat) {
  switch (repeat) {
    case Repeat::useless: return "No. Nothing was done, and it would get the same answer.";
    case Repeat::safe: return "Yes. Nothing was done.";
    case Repeat::with_key:
      return "With the same Idempotency-Key, yes: it is done once in all. Without one it may be "
             "done twice.";
    case Repeat::harmful: return "No. It was done already.";
  }
  return {};
}

constexpr std::string_view html_head = R"(<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">)";

// What is written into pages is our own text, but it may name a header "so".
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string wrapped(std::string_view text) {
  constexpr std::size_t columns = 80;
  std::string out = " ";
  std::size_t used = 1;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (used + 1 + word.size() > columns) {
      out += "\n ";
      used = 1;
    }
    (out += ' ') += word;
    used += 1 + word.size();
  }
  return out + '\n';
}

}  // namespace

ProblemPage page_of(const ProblemKind& kind) {
  return {.type = problem_type(kind.code),
          .code = std::string(kind.name),
          .title = std::string(kind.title),
          .status = kind.status,
          .meaning = std::string(kind.meaning),
          .advice = std::string(kind.advice),
          .repeat = std::string(text_of(kind.repeat))};
}

ProblemPages all_problem_pages() {
  ProblemPages all;
  for (const ProblemKind& kind : problem_kinds()) all.problems.push_back(page_of(kind));
  return all;
}

std::string to_html(const ProblemPage& page) {
  return fmt::format(R"({}<title>{}</title></head>
<body>
<h1>{}</h1>
<p>Code <code>{}</code>, status {}.</p>
<h2>What has happened</h2>
<p>{}</p>
<h2>What to do</h2>
<p>{}</p>
<h2>May the same request be sent again?</h2>
<p>{}</p>
<p><a href="/problems">All codes</a></p>
</body>
</html>
)",
                     html_head, escaped(page.title), escaped(page.title), page.code, page.status,
                     escaped(page.meaning), escaped(page.advice), escaped(page.repeat));
}

std::string problem_list_html() {
  std::string out(html_head);
  out += "<title>Problems</title></head>\n<body>\n<h1>Problems</h1>\n<ul>\n";
  for (const ProblemKind& kind : problem_kinds()) {
    out += fmt::format("<li>{} <a href=\"{}\">{}</a>: {}</li>\n", kind.status,
                       problem_type(kind.code), kind.name, escaped(kind.title));
  }
  return out + "</ul>\n</body>\n</html>\n";
}

std::string to_text(const ProblemPage& page) {
  return fmt::format(
      "{} (status {})\n{}\nWhat has happened:\n{}\nWhat to do:\n{}\n"
      "May the same request be sent again?\n{}",
      page.code, page.status, wrapped(page.title), wrapped(page.meaning), wrapped(page.advice),
      wrapped(page.repeat));
}

}  // namespace boxoffice::http::api
