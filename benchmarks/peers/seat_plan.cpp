#include "benchmarks/peers/seat_plan.h"

#include <cstdio>
#include <sstream>
#include <utility>

#include "base/ensure.h"

namespace boxoffice::benchmarks::peers {

SeatPlan::SeatPlan(std::vector<Hall> halls, Order order, std::string owners)
    : halls_(std::move(halls)), order_(order), owners_(std::move(owners)) {
  ENSURE(!halls_.empty(), "there are seats to ask for");
  const std::uint32_t seats = halls_.front().seats;
  for (const Hall& hall : halls_) ENSURE(hall.seats == seats, "the halls are of one size");
  ENSURE(seats >= 3, "a request is for three seats");
  per_hall_ = order == Order::overlap ? seats - 2 : seats / 3;
}

bool SeatPlan::next(SeatRequest& request) {
  const auto halls = static_cast<std::uint32_t>(halls_.size());
  if (given_ == per_hall_ * halls) return false;
  const bool spread = order_ == Order::spread;
  const Hall& hall = halls_[spread ? given_ % halls : given_ / per_hall_];
  const std::uint32_t place = spread ? given_ / halls : given_ % per_hall_;
  const std::uint32_t seat = hall.first_seat + place * (order_ == Order::overlap ? 1U : 3U);
  request.show = hall.show;
  request.seats = {seat, seat + 1, seat + 2};
  request.owner = owners_ + "-" + std::to_string(given_);
  ++given_;
  return true;
}

std::vector<Hall> halls_of(const std::string& text) {
  std::vector<Hall> halls;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');) {
    Hall hall;
    ENSURE(std::sscanf(part.c_str(), "%u:%u:%u", &hall.show, &hall.first_seat, &hall.seats) == 3,
           "a hall is show:first_seat:seats");
    halls.push_back(hall);
  }
  return halls;
}

}  // namespace boxoffice::benchmarks::peers
