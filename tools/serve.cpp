#include "tools/serve.h"

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <string>
#include <utility>

#include "tools/demo_data.h"
#include "tools/front_door.h"
#include "tools/house.h"
#include "tools/logging.h"

namespace boxoffice::tools {

namespace {

// Blocked in every thread (threads inherit the mask), so that wait() is where they arrive.
class StopSignals {
 public:
  StopSignals() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGTERM);
    sigaddset(&signals_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
  }
  int wait() const {
    int signal = 0;
    sigwait(&signals_, &signal);
    return signal;
  }

 private:
  sigset_t signals_;
};

std::string url_of(const std::string& host, std::uint16_t port) {
  return host.find(':') == std::string::npos ? fmt::format("http://{}:{}", host, port)
                                             : fmt::format("http://[{}]:{}", host, port);
}

void greet(const config::Config& config, std::uint16_t port, bool docs_built) {
  const bool any = config.host == "0.0.0.0" || config.host == "::";
  const std::string url = url_of(any ? "localhost" : config.host, port);
  std::puts(("listening on " + url_of(config.host, port)).c_str());
  std::puts(fmt::format("  API              {}/api/movies", url).c_str());
  std::puts(fmt::format("  Documentation    {}/docs  {}/redoc{}", url, url,
                        docs_built ? "" : "  (not built: see the warnings of make build)")
                .c_str());
  if (config.profile == config::Profile::demo) {
    std::puts(fmt::format("  Demo login       {} / {}", demo_email, demo_password).c_str());
  }
  std::fflush(stdout);
}

}  // namespace

Result<void> serve(const config::Config& config, const ServeOptions& options) {
  if (options.demo_data && config.profile == config::Profile::production) {
    return fault(FaultKind::invalid, "--demo-data: not in production, its password is public");
  }
  if (config::lacks_proxies(config)) {
    log(LogLevel::warning,
        "TRUSTED_PROXIES is empty: all who come through a proxy on this machine share the limits "
        "of one address");
  }
  const StopSignals stop_signals;
  TRY(const auto front_door, FrontDoor::bind(config));
  TRY(auto house, House::open(config));
  if (options.demo_data && !house->engine().positions().durable) {
    TRY(write_demo_data(*house, false));
  }
  if (config.profile == config::Profile::production && !house->engine().positions().durable) {
    log(LogLevel::warning, "no events in " + config.data_directory.string() +
                               ": a new house begins; when there was one, is its disk mounted?");
  }
  front_door->open(std::move(house));
  greet(config, front_door->port(), front_door->has_docs());

  const int signal = stop_signals.wait();
  log(LogLevel::info, fmt::format("stopping ({})", signal == SIGTERM ? "SIGTERM" : "SIGINT"));
  front_door->close();
  log(LogLevel::info, fmt::format("stopped at position {}",
                                  front_door->house().engine().positions().durable.value));
  return success();
}

}  // namespace boxoffice::tools
