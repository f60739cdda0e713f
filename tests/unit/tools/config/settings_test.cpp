// The table itself, and what each row accepts.
#include <set>

#include "tests/unit/tools/config/config_fixture.h"
#include "tools/config/env_file.h"

namespace boxoffice::tools::config {
namespace {

TEST(Settings, every_row_has_a_unique_name_an_explanation_and_a_default_it_accepts) {
  std::set<std::string> names;
  for (const Setting& setting : settings()) {
    EXPECT_TRUE(names.insert(setting.name).second) << setting.name;
    EXPECT_FALSE(setting.about.empty()) << setting.name;
    EXPECT_EQ(setting.about.back(), '.') << setting.name;
    EXPECT_FALSE(setting.parser.accepts.empty()) << setting.name;
    Config config;
    EXPECT_TRUE(setting.parser.assign(setting.default_text, config)) << setting.name;
  }
}

TEST(Settings, the_documented_options_exist) {
  std::set<std::string> options;
  for (const Setting& setting : settings()) options.insert(setting.option());
  for (const char* option : {"host", "port", "database-url", "profile", "io-threads"}) {
    EXPECT_EQ(options.count(option), 1u) << option;
  }
}

TEST(Settings, secrets_are_marked) {
  std::set<std::string> secrets;
  for (const Setting& setting : settings()) {
    if (setting.secret) secrets.insert(setting.name);
  }
  EXPECT_EQ(secrets, (std::set<std::string>{"METRICS_TOKEN", "SECRET_KEY", "SECRET_KEY_PREVIOUS",
                                            "WEBHOOK_SECRET"}));
}

using SettingsTest = ConfigTest;

/// The name, and the text of its smallest and largest value and of those just outside.
struct Bounds {
  const char* name;
  std::int64_t min;
  std::int64_t max;
};

TEST_F(SettingsTest, numbers_have_bounds) {
  constexpr Bounds all[] = {
      {"PORT", 0, 65'535},
      {"ACCESS_TOKEN_EXPIRE_MINUTES", 1, 525'600},
      {"PASSWORD_MEMORY_MIB", 19, 1'024},
      {"PASSWORD_PASSES", 2, 16},
      {"LOCK_TTL_SECONDS", 1, 900},  // no more than the default of LOCK_TTL_MAX_SECONDS
      {"LOCK_TTL_MAX_SECONDS", 300, 86'400},
      {"PAYMENT_DEADLINE_SECONDS", 1, 86'400},
      {"PAYMENT_GRACE_SECONDS", 0, 86'400},
      {"SEATS_PER_OWNER_MAX", 1, 1'000},
      {"IO_THREADS", 0, 64},
      {"CONNECTIONS_PER_ADDRESS_MAX", 0, 1'000'000},
      {"READ_WAIT_MS", 0, 5'000},
      {"STREAM_HEARTBEAT_MS", 250, 600'000},
      {"SNAPSHOT_EVERY_EVENTS", 0, 1'000'000'000},
      {"QUEUE_DEPTH_MAX", 1, 1'000'000},
      {"BALLAST_MIB", 0, 1'024},
  };
  for (const Bounds& bounds : all) {
    EXPECT_TRUE(accepts(bounds.name, std::to_string(bounds.min))) << bounds.name;
    EXPECT_TRUE(accepts(bounds.name, std::to_string(bounds.max))) << bounds.name;
    EXPECT_FALSE(accepts(bounds.name, std::to_string(bounds.min - 1))) << bounds.name;
    EXPECT_FALSE(accepts(bounds.name, std::to_string(bounds.max + 1))) << bounds.name;
    for (const char* text : {"", " ", " 400", "400 ", "+400", "-", "400.0", "4e2", "0x190", "four",
                             "400s", "99999999999999999999", "400\n"}) {
      EXPECT_FALSE(accepts(bounds.name, text)) << bounds.name << "=\"" << text << "\"";
    }
  }
}

TEST_F(SettingsTest, some_numbers_may_be_left_to_the_profile) {
  const auto with = [this](const char* name, const char* text) {
    return load({.environment = {{name, text}}}).value();
  };
  EXPECT_FALSE(with("LOCK_COOLDOWN_SECONDS", "profile").lock_cooldown);
  EXPECT_EQ(with("LOCK_COOLDOWN_SECONDS", "0").lock_cooldown, std::chrono::seconds(0));
  EXPECT_EQ(with("LOCK_COOLDOWN_SECONDS", "3600").lock_cooldown, std::chrono::seconds(3'600));
  EXPECT_EQ(with("LIVE_LOCKS_PER_OWNER_MAX", "1").live_locks_per_owner_max, 1);
  for (const char* text : {"", "Profile", "profile ", "-1", "3601", "1e2", "demo"}) {
    EXPECT_FALSE(accepts("LOCK_COOLDOWN_SECONDS", text)) << text;
  }
  for (const char* text : {"", "0", "100001", "production"}) {
    EXPECT_FALSE(accepts("LIVE_LOCKS_PER_OWNER_MAX", text)) << text;
  }
}

TEST_F(SettingsTest, names_are_exact) {
  EXPECT_TRUE(accepts("LOCK_PROOF", "required"));
  EXPECT_TRUE(accepts("LOG_LEVEL", "warning"));
  for (const char* text : {"", "Required", "required ", "unknown", "0", "1"}) {
    EXPECT_FALSE(accepts("LOCK_PROOF", text)) << text;
    EXPECT_FALSE(accepts("PROFILE", text)) << text;
    EXPECT_FALSE(accepts("LOG_LEVEL", text)) << text;
  }
}

TEST_F(SettingsTest, only_one_algorithm_is_supported) {
  EXPECT_TRUE(accepts("ALGORITHM", "HS256"));
  EXPECT_EQ(error_with("ALGORITHM", "HS512"),
            "ALGORITHM=HS512 (environment): expected HS256 (the only one supported)");
  for (const char* text : {"", "none", "hs256", "RS256"}) {
    EXPECT_FALSE(accepts("ALGORITHM", text)) << text;
  }
}

TEST_F(SettingsTest, a_host_is_an_address_or_a_name) {
  for (const char* text : {"0.0.0.0", "::", "::1", "localhost", "box-office.example.com"}) {
    EXPECT_TRUE(accepts("HOST", text)) << text;
  }
  for (const char* text : {"", "a b", "host/", "http://host", "[::1]", "*", "host\n"}) {
    EXPECT_FALSE(accepts("HOST", text)) << text;
  }
}

TEST_F(SettingsTest, a_database_is_a_rocksdb_folder) {
  EXPECT_EQ(load({.environment = {{"DATABASE_URL", "rocksdb:./x"}}}).value().data_directory, "./x");
  EXPECT_EQ(load({.environment = {{"DATABASE_URL", "rocksdb:/v/x y"}}}).value().data_directory,
            "/v/x y");
  for (const char* text : {"", "rocksdb:", "rocksdb", "./x", "rocksdb://host/x", "RocksDB:./x",
                           "sqlite:///./movies.db", "postgresql://localhost/x", "rocksdb:a\nb"}) {
    EXPECT_FALSE(accepts("DATABASE_URL", text)) << text;
  }
}

TEST_F(SettingsTest, origins_are_as_browsers_send_them) {
  EXPECT_EQ(load({.environment = {{"CORS_ORIGINS", ""}}}).value().cors_origins.size(), 0u);
  EXPECT_EQ(load({.environment = {{"CORS_ORIGINS", " https://a.example , http://[::1]:80"}}})
                .value()
                .cors_origins,
            (std::vector<std::string>{"https://a.example", "http://[::1]:80"}));
  for (const char* text : {"*", "null", "a.example", "https://", "https://a.example/", "ftp://a",
                           "https://A.example", "https://a,,https://b", "https://a https://b",
                           "https://a?x", "https://user@a", "https://a\r\nX: 1", ","}) {
    EXPECT_FALSE(accepts("CORS_ORIGINS", text)) << text;
  }
}

TEST_F(SettingsTest, a_webhook_secret_is_checked_at_start) {
  const std::string good = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  EXPECT_EQ(load({.environment = {{"WEBHOOK_SECRET", good}}}).value().webhook_secret, good);
  EXPECT_TRUE(accepts("WEBHOOK_SECRET", good + " " + good));
  EXPECT_FALSE(accepts("WEBHOOK_SECRET", "whsec_short"));
}

TEST_F(SettingsTest, a_metrics_token_cannot_be_guessed) {
  EXPECT_EQ(load({.environment = {{"METRICS_TOKEN", "0123456789abcdef"}}}).value().metrics_token,
            "0123456789abcdef");
  EXPECT_TRUE(accepts("METRICS_TOKEN", ""));
  EXPECT_FALSE(accepts("METRICS_TOKEN", "0123456789abcde"));
  EXPECT_FALSE(accepts("METRICS_TOKEN", "0123456789 abcdef"));
}

TEST(EnvExample, lists_every_setting_and_is_a_file_that_changes_nothing) {
  const std::string example = env_example();
  for (const Setting& setting : settings()) {
    EXPECT_NE(example.find("\n#" + setting.name + "=" + setting.default_text + "\n"),
              std::string::npos)
        << setting.name;
    EXPECT_NE(example.find(setting.about), std::string::npos) << setting.name;
  }
  EXPECT_TRUE(parse_env_file(example, ".env.example").value().empty());
}

// When it is not, replace it with what env_example() gives: the message shows where they part.
TEST(EnvExample, is_the_file_in_the_repository) {
  const std::filesystem::path file = std::filesystem::path(SOURCE_ROOT) / ".env.example";
  EXPECT_EQ(read_file(file), env_example());
}

TEST(EnvExample, with_every_line_uncommented_gives_the_defaults) {
  std::string example = env_example();
  for (const Setting& setting : settings()) {
    const std::string line = "\n#" + setting.name + "=";
    example.replace(example.find(line), 2, "\n");
  }
  const EnvFile file = parse_env_file(example, ".env.example").value();
  EXPECT_EQ(file.size(), settings().size());
  for (const Setting& setting : settings()) {
    EXPECT_EQ(file.at(setting.name).text, setting.default_text) << setting.name;
  }
}

}  // namespace
}  // namespace boxoffice::tools::config
