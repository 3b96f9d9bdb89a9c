#include "client/exit_code.h"

namespace reprise::client {
namespace {

constexpr char kUnreachableReason[] = "SERVER_UNREACHABLE";

}  // namespace

const char kExitCodeHelp[] =
    "Exit codes: 0 done (an import that refused units is done too, and names them); 1 failed, at least in part; "
    "2 wrong usage; 3 no server at the address.";

absl::Status Unreachable(const std::string& message) { return WithReason(Unavailable(message), kUnreachableReason); }

int ExitCodeOf(const absl::Status& status) {
  if (status.ok()) return kExitOk;
  return ReasonOf(status) == kUnreachableReason ? kExitUnreachable : kExitFailed;
}

}  // namespace reprise::client
