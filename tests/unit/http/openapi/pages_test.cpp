#include "http/openapi/pages.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace boxoffice::http::openapi {
namespace {

namespace fs = std::filesystem;

class PagesTest : public testing::Test {
 protected:
  PagesTest() {
    fs::remove_all(directory_);
    fs::create_directories(directory_ / "docs");
  }
  ~PagesTest() override { fs::remove_all(directory_); }

  void write(const std::string& name, const std::string& text) {
    std::ofstream(directory_ / name, std::ios::binary) << text;
  }

  fs::path directory_ =
      fs::path(testing::TempDir()) /
      ("pages_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
};

TEST_F(PagesTest, serve_what_the_directory_holds) {
  write("docs/docs.html", "<docs>");
  write("docs/redoc.html", "<redoc>");
  write("docs/app.js", std::string("a\0b", 3));
  write("docs/app.css", "css");
  const Pages pages(directory_ / "docs");
  EXPECT_TRUE(pages.built());
  const auto docs = pages.find("/docs");
  ASSERT_TRUE(docs);
  EXPECT_EQ(docs->status, 200);
  EXPECT_EQ(docs->content_type, "text/html; charset=utf-8");
  EXPECT_EQ(docs->payload(), "<docs>");
  EXPECT_EQ(pages.find("/redoc")->payload(), "<redoc>");
  EXPECT_EQ(pages.find("/assets/docs/app.js")->payload(), std::string("a\0b", 3));
  EXPECT_EQ(pages.find("/assets/docs/app.js")->content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(pages.find("/assets/docs/app.css")->content_type, "text/css; charset=utf-8");
}

TEST_F(PagesTest, know_no_path_outside_it) {
  write("secret.txt", "secret");
  write("docs/docs.html", "<docs>");
  write("docs/redoc.html", "<redoc>");
  const Pages pages(directory_ / "docs");
  for (const char* path :
       {"/assets/docs/../secret.txt", "/assets/docs/../../secret.txt",
        "/assets/docs/%2e%2e/secret.txt", "/assets/docs/", "/assets/docs",
        "/assets/docs//etc/passwd", "/assets/docs/docs.html", "/", "", "/docs/", "/openapi.json"}) {
    EXPECT_FALSE(pages.find(path)) << path;
  }
}

TEST_F(PagesTest, are_not_built_when_one_is_missing) {
  write("docs/redoc.html", "<redoc>");
  const Pages pages(directory_ / "docs");
  EXPECT_FALSE(pages.built());
  EXPECT_EQ(pages.find("/redoc")->payload(), "<redoc>");
  EXPECT_NE(pages.find("/docs")->payload().find("Node.js 18"), std::string::npos);
}

TEST_F(PagesTest, say_how_to_get_them_when_they_were_not_built) {
  const Pages pages(directory_ / "absent");
  EXPECT_FALSE(pages.built());
  for (const char* path : {"/docs", "/redoc"}) {
    const auto page = pages.find(path);
    ASSERT_TRUE(page) << path;
    EXPECT_NE(page->payload().find("Node.js 18"), std::string::npos);
    EXPECT_NE(page->payload().find("href=\"/openapi.json\""), std::string::npos);
  }
  EXPECT_FALSE(pages.find("/assets/docs/app.js"));
}

}  // namespace
}  // namespace boxoffice::http::openapi
