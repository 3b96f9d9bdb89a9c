// Exit codes of `reprise`. Scripts depend on them: never renumber.
#ifndef REPRISE_CLIENT_EXIT_CODE_H_
#define REPRISE_CLIENT_EXIT_CODE_H_

#include "base/status.h"

namespace reprise::client {

inline constexpr int kExitOk = 0;           // done; an import that refused units says so and is done as well
inline constexpr int kExitFailed = 1;       // the work, or a part of it, was not done; stderr says why
inline constexpr int kExitUsage = 2;        // the command line is wrong; nothing was done
inline constexpr int kExitUnreachable = 3;  // no server answers at the address

// Marks a status as "no server there" (kExitUnreachable), whatever its code.
absl::Status Unreachable(const std::string& message);

// The exit code that stands for `status`.
int ExitCodeOf(const absl::Status& status);

// The text of --help on exit codes.
extern const char kExitCodeHelp[];

}  // namespace reprise::client

#endif  // REPRISE_CLIENT_EXIT_CODE_H_
