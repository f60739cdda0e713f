// The events as a table of an SQLite database, written in one transaction.
#include <sqlite3.h>

#include <string>
#include <string_view>

#include "events/print.h"
#include "tools/audit/export_writer.h"

namespace boxoffice::tools::audit {

namespace {

constexpr const char* begin_sql =
    "PRAGMA journal_mode=OFF;"  // a broken export is thrown away, never rolled back
    "PRAGMA synchronous=OFF;"
    "BEGIN;"
    "CREATE TABLE events(seq INTEGER PRIMARY KEY, type TEXT NOT NULL, time TEXT NOT NULL,"
    " command INTEGER NOT NULL, actor_kind TEXT NOT NULL, actor_user_id INTEGER,"
    " cause TEXT NOT NULL, data TEXT NOT NULL, trace TEXT);";
constexpr const char* end_sql =
    "CREATE INDEX events_by_type ON events(type, seq);"
    "CREATE INDEX events_by_cause ON events(cause, seq);"
    "COMMIT;";
constexpr const char* insert_sql = "INSERT INTO events VALUES(?,?,?,?,?,?,?,?,?)";

class SqliteWriter : public ExportWriter {
 public:
  SqliteWriter() = default;
  SqliteWriter(const SqliteWriter&) = delete;
  SqliteWriter& operator=(const SqliteWriter&) = delete;
  ~SqliteWriter() override { release(); }

  Result<void> open(const std::filesystem::path& path) {
    path_ = path.string();
    constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    TRY(check(sqlite3_open_v2(path_.c_str(), &database_, flags, nullptr)));
    TRY(execute(begin_sql));
    return check(sqlite3_prepare_v2(database_, insert_sql, -1, &insert_, nullptr));
  }

  Result<void> add(const events::Event& event) override {
    bind(1, event.position.value);
    bind(2, events::type_name(event.body));
    bind(3, to_string(event.time));
    bind(4, event.command.value);
    bind(5, enum_name(event.actor.kind));
    if (event.actor.user_id) {
      bind(6, event.actor.user_id.value);
    } else {
      sqlite3_bind_null(insert_, 6);
    }
    bind(7, event.cause);
    bind(8, events::print_data_json(event.body));
    if (event.trace) {
      bind(9, to_hex(event.trace->bytes));
    } else {
      sqlite3_bind_null(insert_, 9);
    }
    if (sqlite3_step(insert_) != SQLITE_DONE) return failed();
    return check(sqlite3_reset(insert_));
  }

  Result<void> close() override {
    TRY(execute(end_sql));
    sqlite3_finalize(insert_);
    insert_ = nullptr;
    TRY(check(sqlite3_close(database_)));
    database_ = nullptr;
    return success();
  }

 private:
  void bind(int column, std::uint64_t number) {
    sqlite3_bind_int64(insert_, column, static_cast<sqlite3_int64>(number));
  }
  void bind(int column, std::string_view text) {
    sqlite3_bind_text64(insert_, column, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  }
  Result<void> execute(const char* sql) {
    return check(sqlite3_exec(database_, sql, nullptr, nullptr, nullptr));
  }
  Result<void> check(int code) const {
    if (code != SQLITE_OK) return failed();
    return success();
  }
  Fault failed() const {
    return fault(FaultKind::io, "cannot write " + path_ + ": " + sqlite3_errmsg(database_));
  }
  void release() {
    sqlite3_finalize(insert_);
    sqlite3_close(database_);
  }

  std::string path_;
  sqlite3* database_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
};

}  // namespace

Result<std::unique_ptr<ExportWriter>> open_sqlite_writer(const std::filesystem::path& path) {
  auto writer = std::make_unique<SqliteWriter>();
  TRY(writer->open(path));
  return writer;
}

}  // namespace boxoffice::tools::audit
