// What operators see of a running house, and the rebuilds that they ask for, one at a time.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "http/api/operations.h"
#include "tools/house.h"

namespace boxoffice::tools {

class HouseOperations final : public http::api::Operations {
 public:
  /// `house` outlives it.
  explicit HouseOperations(House& house);
  ~HouseOperations() override;

  std::vector<http::api::ReadModelStatus> read_models() override;
  Asked begin_rebuild(std::string_view name, bool replaces) override;

  /// Gives up what is being worked on; nothing begins any more.
  void stop();

 private:
  void work();
  void rebuild_one(const std::string& name, bool replaces);

  House& house_;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::condition_variable asked_;
  std::optional<std::string> name_;  // being worked on, or next
  std::map<std::string, http::api::RebuildStatus, std::less<>> rebuilds_;
  std::thread thread_;
};

}  // namespace boxoffice::tools
