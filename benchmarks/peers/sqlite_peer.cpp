// SQLite within the program. All clients share one connection and take turns: SQLite has one writer
// at a time anyway, lets the others sleep meanwhile, and with a connection for each a commit makes
// every other's page cache useless.

#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <mutex>

#include "benchmarks/peers/peers.h"

namespace boxoffice::benchmarks::peers {
namespace {

constexpr std::int64_t lock_ttl_s = 300;

}  // namespace

struct Sqlite::Impl {
  std::mutex turn;
  sqlite3* database = nullptr;
  sqlite3_stmt* begin = nullptr;
  sqlite3_stmt* count_free = nullptr;
  sqlite3_stmt* update = nullptr;
  sqlite3_stmt* commit = nullptr;
  sqlite3_stmt* rollback = nullptr;

  void demand(bool done) {
    if (done) return;
    std::fprintf(stderr, "SQLite: %s\n", sqlite3_errmsg(database));
    std::exit(1);
  }

  sqlite3_stmt* prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    demand(sqlite3_prepare_v2(database, sql, -1, &statement, nullptr) == SQLITE_OK);
    return statement;
  }

  void run(sqlite3_stmt* statement) {
    demand(sqlite3_step(statement) == SQLITE_DONE);
    sqlite3_reset(statement);
  }
};

Sqlite::Sqlite(const std::string& file) : impl_(std::make_unique<Impl>()) {
  impl_->demand(sqlite3_open(file.c_str(), &impl_->database) == SQLITE_OK);
  impl_->demand(sqlite3_busy_timeout(impl_->database, 60'000) == SQLITE_OK);
  impl_->demand(sqlite3_exec(impl_->database,
                             "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL", nullptr,
                             nullptr, nullptr) == SQLITE_OK);
  impl_->begin = impl_->prepare("BEGIN IMMEDIATE");
  impl_->count_free = impl_->prepare(
      "SELECT count(*) FROM seats WHERE id IN (?1, ?2, ?3) AND show_id = ?4 AND "
      "(status = 'free' OR (status = 'locked' AND locked_until < ?5))");
  impl_->update = impl_->prepare(
      "UPDATE seats SET status = 'locked', locked_by = ?4, locked_until = ?5 "
      "WHERE id IN (?1, ?2, ?3)");
  impl_->commit = impl_->prepare("COMMIT");
  impl_->rollback = impl_->prepare("ROLLBACK");
}

Sqlite::~Sqlite() {
  for (sqlite3_stmt* statement :
       {impl_->begin, impl_->count_free, impl_->update, impl_->commit, impl_->rollback}) {
    sqlite3_finalize(statement);
  }
  sqlite3_close(impl_->database);
}

Answer Sqlite::lock(const SeatRequest& request) {
  const std::lock_guard guard(impl_->turn);
  const auto now = static_cast<std::int64_t>(std::time(nullptr));
  for (int i = 0; i < 3; ++i) {
    const std::int64_t seat = request.seats[static_cast<std::size_t>(i)];
    sqlite3_bind_int64(impl_->count_free, i + 1, seat);
    sqlite3_bind_int64(impl_->update, i + 1, seat);
  }
  impl_->run(impl_->begin);
  sqlite3_bind_int64(impl_->count_free, 4, request.show);
  sqlite3_bind_int64(impl_->count_free, 5, now);
  impl_->demand(sqlite3_step(impl_->count_free) == SQLITE_ROW);
  const bool all_free = sqlite3_column_int(impl_->count_free, 0) == 3;
  sqlite3_reset(impl_->count_free);
  if (!all_free) {
    impl_->run(impl_->rollback);
    return Answer::refused;
  }
  sqlite3_bind_text(impl_->update, 4, request.owner.data(), static_cast<int>(request.owner.size()),
                    SQLITE_STATIC);
  sqlite3_bind_int64(impl_->update, 5, now + lock_ttl_s);
  impl_->run(impl_->update);
  impl_->run(impl_->commit);
  return Answer::locked;
}

}  // namespace boxoffice::benchmarks::peers
