#include "events/events.h"

#include <array>

namespace boxoffice::events {

namespace {

// In the order of EventBody.
constexpr std::array<std::string_view, std::variant_size_v<EventBody>> type_names{
    "MovieCreated",     "MovieChanged",     "MovieDeleted",     "TheatreCreated",
    "TheatreChanged",   "TheatreDeleted",   "ShowCreated",      "ShowChanged",
    "ShowDeleted",      "UserRegistered",   "UserChanged",      "UserRoleChanged",
    "UserLoggedIn",     "SeatsLocked",      "SeatsReleased",    "LockExpired",
    "BookingCreated",   "BookingConfirmed", "BookingCancelled", "BookingExpired",
    "PaymentInitiated", "PaymentSucceeded", "PaymentFailed",    "RefundRequested",
    "CommandRepeated",  "CommandRefused",   "UserErased"};

}  // namespace

std::string_view type_name(const EventBody& body) { return type_names[body.index()]; }

}  // namespace boxoffice::events
