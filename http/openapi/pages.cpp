#include "http/openapi/pages.h"

#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "http/server/entity_tag.h"

namespace boxoffice::http::openapi {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view asset_prefix = "/assets/docs/";

// Nothing from anywhere else; scripts and styles from our own files alone. (Swagger UI's icons are
// data in its style sheet.)
constexpr std::string_view docs_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

// ReDoc fills style elements of its own by script, which the policy asks about while they are empty
// (the first hash is that of nothing), but for the style of its scroll bars (the second; it changes
// with ReDoc, and tests/browser says to what). It searches in a worker made of a blob.
constexpr std::string_view redoc_policy =
    "default-src 'none'; script-src 'self'; "
    "style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' "
    "'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='; "
    "img-src 'self' data:; connect-src 'self'; worker-src blob:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

constexpr std::string_view not_built = R"(<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Movie Booking API</title></head>
<body>
<h1>Movie Booking API</h1>
<p>The interactive documentation was not built, because Node.js was missing at build time.
To get it, install Node.js 18 or newer with npm, run <code>make build</code> again and restart the
server.</p>
<p>The description itself is here: <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1).</p>
</body>
</html>
)";

std::string content_type(const fs::path& file) {
  const std::string extension = file.extension().string();
  if (extension == ".html") return "text/html; charset=utf-8";
  if (extension == ".js") return "text/javascript; charset=utf-8";
  if (extension == ".css") return "text/css; charset=utf-8";
  if (extension == ".png") return "image/png";
  if (extension == ".svg") return "image/svg+xml";
  if (extension == ".txt") return "text/plain; charset=utf-8";
  return "application/octet-stream";
}

std::string path_of(const fs::path& file) {
  const std::string name = file.filename().string();
  if (name == "docs.html") return "/docs";
  if (name == "redoc.html") return "/redoc";
  return std::string(asset_prefix) + name;
}

}  // namespace

Pages::Pages(const fs::path& directory) {
  std::error_code missing;
  for (const fs::directory_entry& file : fs::directory_iterator(directory, missing)) {
    std::error_code unreadable;
    if (!file.is_regular_file(unreadable)) continue;
    std::ifstream in(file.path(), std::ios::binary);
    if (!in) continue;
    auto bytes = std::make_shared<const std::string>(std::istreambuf_iterator<char>(in),
                                                     std::istreambuf_iterator<char>());
    std::string etag = entity_tag(*bytes);
    pages_[path_of(file.path())] = {content_type(file.path()), std::move(bytes), std::move(etag)};
  }
  built_ = pages_.contains("/docs") && pages_.contains("/redoc");
  for (const char* path : {"/docs", "/redoc"}) {
    pages_.try_emplace(
        path, Page{"text/html; charset=utf-8", std::make_shared<const std::string>(not_built),
                   entity_tag(not_built)});
  }
}

std::optional<http::Response> Pages::find(std::string_view path) const {
  const auto found = pages_.find(path);
  if (found == pages_.end()) return std::nullopt;
  http::Response response;
  response.content_type = found->second.content_type;
  response.shared_body = found->second.bytes;
  response.headers.add("ETag", found->second.etag);
  response.headers.add("X-Content-Type-Options", "nosniff");
  response.headers.add("Referrer-Policy", "no-referrer");
  response.headers.add("Content-Security-Policy",
                       std::string(path == "/redoc" ? redoc_policy : docs_policy));
  response.headers.add("Cache-Control",
                       path.starts_with(asset_prefix) ? "max-age=3600" : "no-cache");
  return response;
}

}  // namespace boxoffice::http::openapi
