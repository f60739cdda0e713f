#include "base/this_thread.h"

#include <pthread.h>
#include <sys/resource.h>

#include "base/ensure.h"

namespace boxoffice {

void name_this_thread(const std::string& name) {
  ENSURE(::pthread_setname_np(::pthread_self(), name.c_str()) == 0, "the name is short enough");
}

void become_background() {
  constexpr int nice = 10;
  // On Linux, of the calling thread alone.
  static_cast<void>(::setpriority(PRIO_PROCESS, 0, nice));
}

}  // namespace boxoffice
