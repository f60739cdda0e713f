// Where values come from, and the checks across settings.
#include "tools/config/config.h"

#include <cstdlib>

#include "tests/unit/tools/config/config_fixture.h"

namespace boxoffice::tools::config {
namespace {

using std::chrono::seconds;

TEST_F(ConfigTest, the_defaults_are_the_documented_ones) {
  const Config config = load({}).value();
  EXPECT_EQ(config.host, "127.0.0.1");
  EXPECT_EQ(config.port, 8000);
  EXPECT_EQ(config.data_directory, "./boxoffice-data");
  EXPECT_EQ(config.profile, Profile::demo);
  EXPECT_EQ(config.secret_key, "");
  EXPECT_EQ(config.access_token_ttl, std::chrono::minutes(30));
  EXPECT_EQ(config.lock_ttl, seconds(300));
  EXPECT_EQ(config.lock_ttl_max, seconds(900));
  EXPECT_EQ(config.payment_deadline, seconds(600));
  EXPECT_EQ(config.payment_grace, seconds(120));
  EXPECT_EQ(config.lock_proof, LockProof::optional);
  EXPECT_EQ(config.seats_per_owner_max, 10);
  EXPECT_EQ(config.cors_origins,
            (std::vector<std::string>{"http://localhost:5173", "http://localhost:3000"}));
  EXPECT_EQ(config.io_threads, 0u);
  EXPECT_EQ(config.read_wait, std::chrono::milliseconds(250));
  EXPECT_EQ(config.queue_depth_max, 4096u);
  EXPECT_EQ(config.snapshot_every_events, 1'000'000u);
  EXPECT_EQ(config.log_write_buffer_mib, 64u);
  EXPECT_EQ(config.webhook_secret, "");
  EXPECT_EQ(config.web_directory, "build/web");
  EXPECT_EQ(config.log_level, LogLevel::info);
}

TEST_F(ConfigTest, the_command_line_comes_before_the_environment_before_the_file) {
  Sources sources = {.command_line = {{"port", "1001"}},
                     .environment = {{"PORT", "1002"}},
                     .env_file = "# a comment\nPORT=1003\n"};
  EXPECT_EQ(load(sources).value().port, 1001);
  sources.command_line.clear();
  EXPECT_EQ(load(sources).value().port, 1002);
  sources.environment.clear();
  EXPECT_EQ(load(sources).value().port, 1003);
  sources.env_file.clear();
  EXPECT_EQ(load(sources).value().port, 8000);
}

TEST_F(ConfigTest, every_value_remembers_where_it_came_from) {
  const Config config = load({.command_line = {{"port", "1001"}},
                              .environment = {{"HOST", "::1"}},
                              .env_file = "\nLOCK_PROOF=required\nSECRET_KEY=" + good_secret})
                            .value();
  ASSERT_EQ(config.values.size(), settings().size());
  std::map<std::string, std::string> shown;
  for (std::size_t i = 0; i < settings().size(); ++i) {
    const SettingValue& value = config.values[i];
    EXPECT_EQ(value.setting, &settings()[i]);
    shown[value.setting->name] = value.text + " from " + without_folder(value.source_text);
  }
  EXPECT_EQ(shown["PORT"], "1001 from command line");
  EXPECT_EQ(shown["HOST"], "::1 from environment");
  EXPECT_EQ(shown["LOCK_PROOF"], "required from .env line 2");
  EXPECT_EQ(shown["SECRET_KEY"], "[hidden] from .env line 3");
  EXPECT_EQ(shown["WEBHOOK_SECRET"], " from default");
  EXPECT_EQ(shown["LOG_LEVEL"], "info from default");
}

TEST_F(ConfigTest, an_unknown_or_secret_option_of_the_command_line_is_refused) {
  EXPECT_EQ(error_of({.command_line = {{"prot", "1"}}}), "--prot: there is no such option");
  EXPECT_EQ(error_of({.command_line = {{"PORT", "1"}}}), "--PORT: there is no such option");
  EXPECT_EQ(error_of({.command_line = {{"secret-key", good_secret}}}),
            "--secret-key: there is no such option");
}

TEST_F(ConfigTest, an_error_names_setting_value_source_and_what_is_accepted) {
  EXPECT_EQ(error_of({.command_line = {{"port", "70000"}}}),
            "PORT=70000 (command line): expected a whole number from 0 to 65535");
  EXPECT_EQ(error_of({.environment = {{"PROFILE", "prod"}}}),
            "PROFILE=prod (environment): expected demo or production");
  EXPECT_EQ(error_of({.env_file = "HOST=::1\nPORT=http\n"}),
            "PORT=http (.env line 2): expected a whole number from 0 to 65535");
}

TEST_F(ConfigTest, an_error_is_one_short_line_whatever_the_value_holds) {
  EXPECT_EQ(error_with("PORT", "80\n00\x1b[31m\x7f"),
            "PORT=80\\x0a00\\x1b[31m\\x7f (environment): expected a whole number from 0 to 65535");
  EXPECT_LT(error_with("PORT", std::string(100'000, '8')).size(), 400u);
}

TEST_F(ConfigTest, a_mistake_in_the_file_is_an_error_with_its_line) {
  EXPECT_EQ(error_of({.env_file = "PORT=1\nSECRET_KEY " + good_secret}),
            ".env line 2: expected KEY=value");
}

TEST_F(ConfigTest, a_missing_file_is_an_empty_one_and_a_folder_is_an_error) {
  const auto nothing = [](const std::string&) -> std::optional<std::string> { return {}; };
  const tests::TempDir folder;
  EXPECT_TRUE(load_config({}, nothing, folder.path() / "none"));
  EXPECT_FALSE(load_config({}, nothing, folder.path()));
}

TEST_F(ConfigTest, a_name_in_the_file_that_is_no_setting_is_a_warning) {
  const Config config = load({.env_file = "LOCK_TTL_SECOND=5\nSECRET_KEY=" + good_secret}).value();
  ASSERT_EQ(config.warnings.size(), 1u);
  EXPECT_EQ(without_folder(config.warnings[0]),
            ".env line 1: LOCK_TTL_SECOND is not a setting and is ignored");
}

TEST_F(ConfigTest, a_lock_cannot_last_longer_than_its_renewals) {
  EXPECT_EQ(error_of({.environment = {{"LOCK_TTL_SECONDS", "901"}}}),
            "LOCK_TTL_SECONDS=901 (environment): is more than LOCK_TTL_MAX_SECONDS=900 (default)");
  EXPECT_EQ(error_of({.environment = {{"LOCK_TTL_SECONDS", "900"}}}), "");
}

TEST_F(ConfigTest, production_refuses_a_missing_known_short_or_obvious_secret) {
  const std::vector<std::pair<std::string, std::string>> weak = {
      {"", "is not set"},
      {"your-secret-key-here", "is a placeholder that everybody knows"},
      {"Your-Secret-Key-Here", "is a placeholder that everybody knows"},
      {"your-secret-key-here-change-in-production", "is a placeholder that everybody knows"},
      {"change-me", "is a placeholder that everybody knows"},
      {"changeme", "is a placeholder that everybody knows"},
      {"secret", "is a placeholder that everybody knows"},
      {good_secret.substr(0, 31), "is shorter than 32 bytes"},
      {std::string(64, 'a'), "is easy to guess"},
      {"12341234123412341234123412341234", "is easy to guess"},
  };
  for (const auto& [secret, weakness] : weak) {
    const Values environment = {{"PROFILE", "production"}, {"SECRET_KEY", secret}};
    EXPECT_EQ(error_of({.environment = environment}),
              "SECRET_KEY (environment): " + weakness +
                  "; the production profile needs a random one, for example from "
                  "`head -c 32 /dev/urandom | base64`");
  }
  EXPECT_EQ(error_of({.environment = {{"PROFILE", "production"}}}),
            "SECRET_KEY (default): is not set; the production profile needs a random one, for "
            "example from `head -c 32 /dev/urandom | base64`");
  EXPECT_EQ(error_of({.environment = {{"PROFILE", "production"},
                                      {"SECRET_KEY", good_secret.substr(0, 32)}}}),
            "");
}

TEST_F(ConfigTest, the_demo_warns_of_a_weak_secret_and_goes_on) {
  const Config config = load({.env_file = "SECRET_KEY=your-secret-key-here\n"}).value();
  EXPECT_EQ(config.secret_key, "your-secret-key-here");
  ASSERT_EQ(config.warnings.size(), 1u);
  EXPECT_EQ(without_folder(config.warnings[0]),
            "SECRET_KEY (.env line 1): is a placeholder that everybody knows; the demo profile "
            "goes on, production would not");
  EXPECT_TRUE(load({.env_file = "SECRET_KEY=" + good_secret}).value().warnings.empty());
}

TEST_F(ConfigTest, the_previous_secret_is_held_to_the_same) {
  const std::string other = std::string(good_secret.rbegin(), good_secret.rend());
  const auto both = [&](const std::string& profile, const std::string& previous) {
    return Sources{.environment = {{"PROFILE", profile},
                                   {"SECRET_KEY", good_secret},
                                   {"SECRET_KEY_PREVIOUS", previous}}};
  };
  EXPECT_EQ(load(both("production", other)).value().secret_key_previous, other);
  EXPECT_EQ(error_of(both("production", "")), "");
  EXPECT_EQ(error_of(both("production", "short but random 1")),
            "SECRET_KEY_PREVIOUS (environment): is shorter than 32 bytes; the production profile "
            "needs a random one, for example from `head -c 32 /dev/urandom | base64`");
  EXPECT_EQ(load(both("demo", "short but random 1")).value().warnings.size(), 1u);
  for (const char* profile : {"demo", "production"}) {
    EXPECT_EQ(error_of(both(profile, good_secret)),
              "SECRET_KEY_PREVIOUS (environment): is the same as SECRET_KEY; set SECRET_KEY to a "
              "new one, or leave SECRET_KEY_PREVIOUS out");
  }
}

TEST_F(ConfigTest, a_secret_is_never_shown) {
  const std::string webhook = "whsec_notBase64NotBase64!";
  const std::string error =
      error_of({.environment = {{"SECRET_KEY", good_secret}, {"WEBHOOK_SECRET", webhook}}});
  EXPECT_EQ(error,
            "WEBHOOK_SECRET (environment): expected whsec_ and the base64 of 24 to 64 bytes");
  const Config config = load({.environment = {{"SECRET_KEY", good_secret}}}).value();
  EXPECT_EQ(config.secret_key, good_secret);
  for (const SettingValue& value : config.values) {
    EXPECT_EQ(value.text.find(good_secret), std::string::npos);
  }
}

TEST_F(ConfigTest, a_password_in_a_database_url_is_never_shown) {
  EXPECT_EQ(error_with("DATABASE_URL", "postgresql://username:password@localhost/movie_booking"),
            "DATABASE_URL=postgresql:[hidden] (environment): expected rocksdb:FOLDER (sqlite: and "
            "postgresql: are not supported)");
}

TEST_F(ConfigTest, the_example_file_of_the_existing_program_is_read_but_its_database_refused) {
  EXPECT_EQ(error_of({.env_file = "DATABASE_URL=sqlite:///./movies.db\n"
                                  "SECRET_KEY=your-secret-key-here\n"
                                  "ALGORITHM=HS256\n"
                                  "ACCESS_TOKEN_EXPIRE_MINUTES=30\n"}),
            "DATABASE_URL=sqlite:///./movies.db (.env line 1): expected rocksdb:FOLDER (sqlite: "
            "and postgresql: are not supported)");
}

TEST(ProcessEnvironment, tells_empty_and_missing_apart) {
  ::setenv("BOXOFFICE_CONFIG_TEST", "", 1);
  EXPECT_EQ(process_environment()("BOXOFFICE_CONFIG_TEST"), "");
  ::unsetenv("BOXOFFICE_CONFIG_TEST");
  EXPECT_FALSE(process_environment()("BOXOFFICE_CONFIG_TEST"));
}

}  // namespace
}  // namespace boxoffice::tools::config
