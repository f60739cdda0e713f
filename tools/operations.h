// What operators see of a running house, all of its figures in one place, and the rebuilds that
// they ask for, one at a time.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "http/api/operations.h"
#include "http/api/traffic.h"
#include "http/server/server.h"
#include "tools/house.h"

namespace boxoffice::tools {

class HouseOperations final : public http::api::Operations {
 public:
  struct Of {
    House& house;
    const http::Server& server;
    const http::api::Traffic& traffic;
    std::filesystem::path data_directory;
    std::size_t connections_max = 0;
    Instant started;  ///< the process
  };
  /// House and server outlive it.
  explicit HouseOperations(Of of);
  ~HouseOperations() override;

  std::vector<http::api::ReadModelStatus> read_models() override;
  http::api::HouseStatus status() override;
  Asked begin_rebuild(std::string_view name, bool replaces) override;

  /// Gives up what is being worked on; nothing begins any more.
  void stop();

 private:
  http::api::EngineFigures engine_figures() const;
  http::api::ServerFigures server_figures() const;
  http::api::DiskFigures disk_figures();
  void work();
  void measure_folders();
  void rebuild_one(const std::string& name, bool replaces);

  House& house_;
  const http::Server& server_;
  const http::api::Traffic& traffic_;
  const std::filesystem::path data_directory_;
  const std::size_t connections_max_;
  const Instant started_;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::condition_variable asked_;
  std::optional<std::string> name_;  // being worked on, or next
  std::map<std::string, http::api::RebuildStatus, std::less<>> rebuilds_;

  std::mutex folders_mutex_;  // guards what follows; never held for long
  http::api::DiskFigures folders_;

  std::thread rebuilding_;
  std::thread measuring_;
};

}  // namespace boxoffice::tools
