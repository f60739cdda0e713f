// A Lua script in Redis, through hiredis. A show is a hash of seat -> "locked_until owner".

#include <hiredis/hiredis.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

#include "benchmarks/peers/peers.h"

namespace boxoffice::benchmarks::peers {
namespace {

constexpr long lock_ttl_s = 300;

// KEYS: the show. ARGV: now, the new value, the three seats.
constexpr const char* script = R"(
local held = redis.call('HMGET', KEYS[1], ARGV[3], ARGV[4], ARGV[5])
local now = tonumber(ARGV[1])
for i = 1, 3 do
  if held[i] and tonumber(string.match(held[i], '^%d+')) >= now then return 0 end
end
redis.call('HSET', KEYS[1], ARGV[3], ARGV[2], ARGV[4], ARGV[2], ARGV[5], ARGV[2])
return 1
)";

class RedisConnection : public Connection {
 public:
  explicit RedisConnection(const std::string& address) : redis_(connect(address)) {
    demand(redis_ != nullptr && redis_->err == 0);
    auto* loaded = static_cast<redisReply*>(redisCommand(redis_, "SCRIPT LOAD %s", script));
    demand(loaded != nullptr && loaded->type == REDIS_REPLY_STRING);
    digest_ = loaded->str;
    freeReplyObject(loaded);
  }
  ~RedisConnection() override { redisFree(redis_); }

  int socket() const override { return redis_->fd; }

  void ask(const SeatRequest& request) override {
    const long now = static_cast<long>(std::time(nullptr));
    const auto& seats = request.seats;
    const std::string value = std::to_string(now + lock_ttl_s) + " " + request.owner;
    redisAppendCommand(redis_, "EVALSHA %s 1 show:%u %ld %s %u %u %u", digest_.c_str(),
                       request.show, now, value.c_str(), seats[0], seats[1], seats[2]);
    int done = 0;
    while (done == 0) demand(redisBufferWrite(redis_, &done) == REDIS_OK);
  }

  Answer take() override {
    demand(redisBufferRead(redis_) == REDIS_OK);
    void* found = nullptr;
    demand(redisGetReplyFromReader(redis_, &found) == REDIS_OK);
    if (found == nullptr) return Answer::pending;
    auto* reply = static_cast<redisReply*>(found);
    if (reply->type != REDIS_REPLY_INTEGER) {
      std::fprintf(stderr, "Redis: %s\n", reply->str);
      std::exit(1);
    }
    const Answer answer = reply->integer == 1 ? Answer::locked : Answer::refused;
    freeReplyObject(reply);
    return answer;
  }

 private:
  static redisContext* connect(const std::string& address) {
    const bool is_port = std::all_of(address.begin(), address.end(),
                                     [](unsigned char c) { return std::isdigit(c) != 0; });
    return is_port ? redisConnect("127.0.0.1", std::stoi(address))
                   : redisConnectUnix(address.c_str());
  }

  void demand(bool done) {
    if (done) return;
    std::fprintf(stderr, "Redis: %s\n", redis_ != nullptr ? redis_->errstr : "no memory");
    std::exit(1);
  }

  redisContext* redis_;
  std::string digest_;
};

}  // namespace

const bool has_redis = true;

std::unique_ptr<Connection> connect_redis(const std::string& address) {
  return std::make_unique<RedisConnection>(address);
}

}  // namespace boxoffice::benchmarks::peers
