#include "base/background.h"

#include <sys/resource.h>

namespace boxoffice {

void become_background() {
  constexpr int nice = 10;
  // On Linux, of the calling thread alone.
  static_cast<void>(::setpriority(PRIO_PROCESS, 0, nice));
}

}  // namespace boxoffice
