// For a build without hiredis.

#include "base/ensure.h"
#include "benchmarks/peers/peers.h"

namespace boxoffice::benchmarks::peers {

const bool has_redis = false;

std::unique_ptr<Connection> connect_redis(const std::string&) {
  ENSURE(false, "nobody connects without hiredis");
}

}  // namespace boxoffice::benchmarks::peers
