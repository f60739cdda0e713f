// The documentation pages, /docs (Swagger UI) and /redoc (ReDoc), and their assets.
//
// All files are read into memory at start, and a request is a look-up among them: no path from a
// request ever reaches the file system. Where the pages were not built (no Node.js), a plain page
// says how to get them.
//
// Threads: any, once constructed.
#pragma once

#include "http/server/message.h"

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace boxoffice::http::openapi {

class Pages {
 public:
  /// `directory`: what web/docs/build.mjs wrote; may be absent.
  explicit Pages(const std::filesystem::path& directory);

  /// Whether the directory had both pages.
  bool built() const { return built_; }

  /// The answer to GET `path` ("/docs", "/redoc", "/assets/docs/…"); nothing for any other path.
  std::optional<http::Response> find(std::string_view path) const;

 private:
  struct Page {
    std::string content_type;
    std::shared_ptr<const std::string> bytes;
    std::string etag;
  };

  bool built_ = false;
  std::map<std::string, Page, std::less<>> pages_;  ///< by path
};

}  // namespace boxoffice::http::openapi
