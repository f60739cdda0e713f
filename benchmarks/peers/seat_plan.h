// Which seats are asked for next. Every request is for three seats of one show, and by an owner of
// its own: what is found under an owner's name afterwards is the work of one request.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace boxoffice::benchmarks::peers {

struct SeatRequest {
  std::uint32_t show = 0;
  std::array<std::uint32_t, 3> seats{};
  std::string owner;
};

/// Seats first_seat to first_seat + seats - 1.
struct Hall {
  std::uint32_t show = 0;
  std::uint32_t first_seat = 0;
  std::uint32_t seats = 0;
};

enum class Order {
  spread,    // the next request is for the next show: nobody meets anybody
  one_show,  // all are for one show until it is full
  overlap    // as one_show, but each is for two seats of the one before it: most are to be refused
};

class SeatPlan {
 public:
  /// REQUIRES: halls of one size. `owners`: what the names of owners begin with.
  SeatPlan(std::vector<Hall> halls, Order order, std::string owners);

  /// False: there are no more. Not for several threads at once.
  bool next(SeatRequest& request);

 private:
  std::vector<Hall> halls_;
  Order order_;
  std::string owners_;
  std::uint32_t per_hall_;
  std::uint32_t given_ = 0;
};

/// Of "show:first_seat:seats,...".
std::vector<Hall> halls_of(const std::string& text);

}  // namespace boxoffice::benchmarks::peers
