#include "base/thread_priority.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace reprise {

void LowerThreadPriority() {
  // On Linux the "process" of setpriority is a thread. Ten steps leave about a tenth of a busy processor.
  constexpr int kNice = 10;
  (void)setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)), kNice);
}

}  // namespace reprise
