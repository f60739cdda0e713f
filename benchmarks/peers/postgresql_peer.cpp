// PostgreSQL's row locks, through libpq: one prepared statement, one round trip, one transaction.

#include <fmt/format.h>
#include <libpq-fe.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "benchmarks/peers/peers.h"

namespace boxoffice::benchmarks::peers {
namespace {

class PostgresqlConnection : public Connection {
 public:
  explicit PostgresqlConnection(const std::string& conninfo) : pq_(PQconnectdb(conninfo.c_str())) {
    demand(PQstatus(pq_) == CONNECTION_OK);
    PGresult* prepared = PQprepare(
        pq_, "lock", "SELECT lock_seats($1::integer, $2::integer[], $3::text)", 3, nullptr);
    demand(PQresultStatus(prepared) == PGRES_COMMAND_OK);
    PQclear(prepared);
  }
  ~PostgresqlConnection() override { PQfinish(pq_); }

  int socket() const override { return PQsocket(pq_); }

  void ask(const SeatRequest& request) override {
    const auto& seats = request.seats;
    const std::string show = std::to_string(request.show);
    const std::string ids = fmt::format("{{{},{},{}}}", seats[0], seats[1], seats[2]);
    const std::array<const char*, 3> values = {show.c_str(), ids.c_str(), request.owner.c_str()};
    demand(PQsendQueryPrepared(pq_, "lock", 3, values.data(), nullptr, nullptr, 0) == 1);
    demand(PQflush(pq_) == 0);
  }

  Answer take() override {
    demand(PQconsumeInput(pq_) == 1);
    while (PQisBusy(pq_) == 0) {
      PGresult* result = PQgetResult(pq_);
      if (result == nullptr) return answer_;
      demand(PQresultStatus(result) == PGRES_TUPLES_OK);
      answer_ = *PQgetvalue(result, 0, 0) == 't' ? Answer::locked : Answer::refused;
      PQclear(result);
    }
    return Answer::pending;
  }

 private:
  void demand(bool done) {
    if (done) return;
    std::fprintf(stderr, "PostgreSQL: %s\n", PQerrorMessage(pq_));
    std::exit(1);
  }

  PGconn* pq_;
  Answer answer_ = Answer::pending;
};

}  // namespace

const bool has_postgresql = true;

std::unique_ptr<Connection> connect_postgresql(const std::string& conninfo) {
  return std::make_unique<PostgresqlConnection>(conninfo);
}

}  // namespace boxoffice::benchmarks::peers
