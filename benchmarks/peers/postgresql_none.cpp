// For a build without libpq.

#include "base/ensure.h"
#include "benchmarks/peers/peers.h"

namespace boxoffice::benchmarks::peers {

const bool has_postgresql = false;

std::unique_ptr<Connection> connect_postgresql(const std::string&) {
  ENSURE(false, "nobody connects without libpq");
}

}  // namespace boxoffice::benchmarks::peers
