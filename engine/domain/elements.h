// The elements of the state's digest (digest.h): one overload for each kind of fact.
#pragma once

#include "engine/domain/digest.h"
#include "engine/domain/state.h"

namespace boxoffice::engine::domain {

ElementHash element_of(MovieId id, const Movie& movie);
ElementHash element_of(TheatreId id, const Theatre& theatre);
/// Without its seats, each of which is an element.
ElementHash element_of(ShowId id, const Show& show);
/// REQUIRES: its word is not 0; a free seat that did not lapse is no element. Inline: locking three
/// seats computes three of them.
inline ElementHash element_of(SeatId id, const Seat& seat) {
  ElementHash hash(ElementKind::seat);
  hash.add(id.value);
  hash.add(seat.word());
  return hash;
}
ElementHash element_of(UserId id, const User& user);
/// Of a user that was erased.
ElementHash element_of(UserId id, const UserKeyName& key);
/// Without its seats, which name it.
ElementHash element_of(LockId id, const Lock& lock);
ElementHash element_of(const Lapse& lapse);
ElementHash element_of(BookingId id, const Booking& booking);
ElementHash element_of(PaymentId id, const Payment& payment);
ElementHash element_of(const Uuid& transaction, PaymentId id);
ElementHash element_of(const Fingerprint& key, const KeptOutcome& outcome);

/// While it lives, a fact of the state may be changed: its element is taken out of the sum before
/// and put back after.
template <class Id, class Fact>
class ElementChange {
 public:
  ElementChange(ElementSum& sum, const Id& id, const Fact& fact) : sum_(sum), id_(id), fact_(fact) {
    sum_.remove(element_of(id_, fact_));
  }
  ~ElementChange() { sum_.add(element_of(id_, fact_)); }
  ElementChange(const ElementChange&) = delete;
  ElementChange& operator=(const ElementChange&) = delete;

 private:
  ElementSum& sum_;
  const Id& id_;
  const Fact& fact_;
};

}  // namespace boxoffice::engine::domain
